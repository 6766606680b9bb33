"""What stands around an essay on its page: made by the worker, else when the page is read.

The same function makes it in both cases, so that a page is the same byte for byte.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple
from urllib.parse import quote
from zlib import compress, decompress

from flask import current_app, g, render_template, request
from markupsafe import Markup

from app.contributions.labels import EXTRA_FIELDS, LICENCE_ADDRESSES, LICENCES, TRACKS
from app.library import citation
from app.library.queries import Essay
from app.web.language import absolute, below, current

_CUT: Final = "\0"
"""Between the parts of a frame; no text can hold it."""


class Frame(NamedTuple):
    """The parts of an essay's page, as HTML, in the order in which they stand there."""

    title: Markup
    head: Markup
    before: Markup
    after: Markup


def made_for() -> str:
    """What a page depends on besides its content: this release, and the site's address."""
    return f"{current_app.extensions['jsi_release']} {absolute(request.script_root)}"


def make(essay: Essay) -> str:
    """The frame of that essay's page in the language of the request, in one piece."""
    address = absolute(below(f"contributions/{quote(essay.number)}/"))
    return render_template(
        "library/essay.html",
        cut=_CUT,
        essay=essay,
        here=current(),
        address=address,
        names=citation.cited_names(essay.authors, text=essay.language, page=current()),
        highwire=citation.highwire(essay, address),
        linked_data=citation.linked_data(essay, address, LICENCE_ADDRESSES),
        licences=LICENCES,
        licence_addresses=LICENCE_ADDRESSES,
        extra_fields=EXTRA_FIELDS,
        tracks=TRACKS,
    )


def parts(frame: str) -> Frame:
    """The parts of what :func:`make` made."""
    return Frame(*map(Markup, frame.split(_CUT)))


def packed(frame: str) -> bytes:
    """As it is stored: a third of its size, ten of which are a third of the text's row."""
    return compress(frame.encode())


def unpacked(frame: bytes) -> str:
    """What was packed."""
    return decompress(frame).decode()


@contextmanager
def asked_in(code: str) -> Iterator[None]:
    """As if a reader of that language asked for a page at the site's own address."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # A context of its own, since what is known of a request (its language) is kept in it.
    with app.app_context(), app.test_request_context(base_url=app.config["JSI"].address):
        g.lang = code
        yield
