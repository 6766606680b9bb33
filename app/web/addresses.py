"""What addresses hold: numbers of rows, ways back to a page of this site, this machine's names."""

import re
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from werkzeug.routing import IntegerConverter, ValidationError

from app.config import LOOPBACK, Settings

LARGEST: Final = 2**31 - 1
"""Of the databases' integers: SQLite's driver and PostgreSQL break off at a larger one."""

_DIGITS: Final = re.compile(r"\d{1,10}")
# Printable ASCII, beginning with one slash: a browser reads "//" and "/\" as another host, and
# drops tabulators and line ends before it looks.
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]*")


class RowNumber(IntegerConverter):
    """``<int:…>`` in a route: only numbers that a row can have; others are no such page."""

    def to_python(self, value: str) -> int:
        try:
            return row_number(value)
        except ValueError:
            raise ValidationError from None


def init_app(app: Flask) -> None:
    """Let every route that is added from now on take such numbers only; guard the demonstration."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_guard_demonstration)


def _guard_demonstration() -> None:
    """Answer as this machine only: the demonstration's accounts are open.

    A page of another site could otherwise give its own name this machine's address, and read and
    write here from the browser of somebody who has the demonstration running.
    """
    settings: Settings = current_app.config["JSI"]
    if settings.demo and not (
        is_here(request.host) or request.host == urlsplit(settings.base_url).netloc
    ):
        abort(400)


def row_number(value: str) -> int:
    """The number of a row, for ``request.args.get(…, type=row_number)``. Raises ValueError."""
    if not _DIGITS.fullmatch(value) or int(value) > LARGEST:
        raise ValueError("no row has that number")
    return int(value)


def is_local(address: str) -> bool:
    """Whether a browser that is sent there stays on this site."""
    return _LOCAL.fullmatch(address) is not None


def is_here(host: str) -> bool:
    """Whether a request's host, which the browser names, is one of this machine's own names."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK
    except ValueError:
        return False


def splits(address: str) -> bool:
    """Whether that can be taken apart as an address at all."""
    try:
        # With backslashes as slashes too, as browsers read them.
        return all(urlsplit(each) for each in (address, address.replace("\\", "/")))
    except ValueError:
        return False
