"""The floor: Flask with nothing in it, under the same gunicorn as the site.

``python -m bench.bare essay=15000 list=40000`` answers ``/essay`` and ``/list`` with a page of that
many bytes that is ready in memory, and a POST to either with a redirect. With ``row=rows.db`` a
POST to ``/row`` writes its field ``body`` into a row of that SQLite file, with the site's own
settings of the database. ``PORT`` is the port.
"""

import sys
from collections.abc import Callable

from flask import Flask, redirect, request
from sqlalchemy import Column, Integer, MetaData, Table, Text
from werkzeug.wrappers import Response

from app.core.db import IMMEDIATE, make_engine
from app.serve import Address, Web


def make(sizes: dict[str, int], rows: str = "") -> Flask:
    """A page of each of those sizes; ``rows`` is a database to write to."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * 1024 * 1024
    app.add_url_rule("/healthz", "health", lambda: "ok")
    for name, size in sizes.items():
        app.add_url_rule(f"/{name}", name, _page(size), methods=["GET", "POST"])
    if rows:
        app.add_url_rule("/row", "row", _row(rows), methods=["POST"])
    return app


def _row(path: str) -> Callable[[], dict[str, int]]:
    engine = make_engine(f"sqlite:///{path}")
    table = Table("row", MetaData(), Column("id", Integer, primary_key=True), Column("body", Text))
    with engine.connect() as connection:
        table.create(connection, checkfirst=True)
        connection.commit()
    engine.dispose()  # each process opens its own

    def view() -> dict[str, int]:
        with engine.connect().execution_options(**IMMEDIATE) as connection:
            made = connection.execute(table.insert().values(body=request.form["body"]))
            connection.commit()
        return {"rows": made.rowcount}

    return view


def _page(size: int) -> Callable[[], str | Response]:
    html = "x" * size

    def view() -> str | Response:
        if request.method == "POST":
            return redirect(request.form["next"], 303)
        return html

    return view


class BareWeb(Web):
    """The site's gunicorn with that application in it."""

    def __init__(self, address: Address, sizes: dict[str, int], rows: str = "") -> None:
        self.sizes, self.rows = sizes, rows
        super().__init__(address)

    def load(self) -> Flask:
        return make(self.sizes, self.rows)


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM."""
    given = {name: value for name, _, value in (each.partition("=") for each in arguments)}
    rows = given.pop("row", "")
    sizes = {name: int(size) for name, size in given.items()}
    BareWeb(Address.from_environment(demo=False), sizes, rows).run()


if __name__ == "__main__":
    main(sys.argv[1:])
