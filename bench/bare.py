"""The floor: Flask with nothing in it, under the same gunicorn as the site.

``python -m bench.bare essay=15000 list=40000`` answers ``/essay`` and ``/list`` with a page of that
many bytes that is ready in memory, and a POST to either with a redirect. ``PORT`` is the port.
"""

import sys
from collections.abc import Callable

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from app.serve import Address, Web


def make(sizes: dict[str, int]) -> Flask:
    """A page of each of those sizes."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * 1024 * 1024
    app.add_url_rule("/healthz", "health", lambda: "ok")
    for name, size in sizes.items():
        app.add_url_rule(f"/{name}", name, _page(size), methods=["GET", "POST"])
    return app


def _page(size: int) -> Callable[[], str | Response]:
    html = "x" * size

    def view() -> str | Response:
        if request.method == "POST":
            return redirect(request.form["next"], 303)
        return html

    return view


class BareWeb(Web):
    """The site's gunicorn with that application in it."""

    def __init__(self, address: Address, sizes: dict[str, int]) -> None:
        self.sizes = sizes
        super().__init__(address)

    def load(self) -> Flask:
        return make(self.sizes)


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM."""
    pairs = (argument.partition("=") for argument in arguments)
    sizes = {name: int(size) for name, _, size in pairs}
    BareWeb(Address.from_environment(demo=False), sizes).run()


if __name__ == "__main__":
    main(sys.argv[1:])
