"""Error pages in the reader's language."""

from contextlib import suppress
from math import ceil
from typing import Final

from flask import Flask, abort, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.core.policy import NOBODY
from app.web import addresses, parking
from app.web.database import db
from app.web.forms import is_written
from app.web.messages import words

MOST_DROPPED: Final = 64 * 1024 * 1024
PIECE: Final = 64 * 1024
MOST_MINUTES: Final = 60
"""A wait of more is till the next day: what is limited is so by the minute, hour or day."""


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    addresses.init_app(app)
    app.before_request(_refuse_null)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(IntegrityError, _second)
    app.register_error_handler(DataError, _unfit)


def _refuse_null() -> None:
    # PostgreSQL takes this character in no text, so nothing can be found by it.
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(404)


def titles() -> dict[int, tuple[str, str]]:
    """By status: the title and what it means for the person."""
    return {
        400: (
            _("This request could not be understood"),
            _("Please go back, reload the page and try again. Nothing has been changed."),
        ),
        401: (_("Please sign in"), _("This page is for people who have signed in.")),
        403: (
            _("This page is not open to you"),
            _("Your account does not have the role this page needs."),
        ),
        404: (
            _("There is no such page"),
            _("It may have been moved, or the address may contain an error."),
        ),
        405: (
            _("This page can’t be used in that way"),
            _("Please go back, reload the page and try again. Nothing has been changed."),
        ),
        409: (
            _("Somebody else was first"),
            _("This has changed since you opened it. Please review it again."),
        ),
        410: (_("This has been removed"), _("It used to be here and was taken down.")),
        413: (
            _("That is too large"),
            _("What you sent is larger than this site accepts. Please go back and shorten it."),
        ),
        422: (
            _("Something needs your attention"),
            _("Please go back and correct what is marked."),
        ),
        429: (
            _("Too many attempts"),
            _("Please wait a few minutes before you try again."),
        ),
        500: (
            _("Something went wrong on our side"),
            _("The error has been recorded. Nothing you saved before has been lost."),
        ),
    }


def page(status: int, explanation: str = "", written: str = "") -> tuple[str, int]:
    """The error page of that status; ``written`` is what somebody may want to keep."""
    known = titles()
    title, usual = known.get(status, known[500 if status >= 500 else 400])
    html = render_template(
        "web/error.html",
        status=status,
        title=title,
        explanation=explanation or usual,
        written=written,
    )
    return html, status


def _http(error: HTTPException) -> Response | tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if request.path in {"/healthz", "/readyz"}:
        return error
    if error.code == RequestEntityTooLarge.code:
        take_what_is_sent()
    html, status = _page_without_database(error.code, _when(error), _not_taken(error))
    response = error.get_response()
    response.set_data(html)
    response.content_type = "text/html; charset=utf-8"
    response.status_code = status
    return response


def _page_without_database(status: int, explanation: str, written: str) -> tuple[str, int]:
    """The error page; a visitor's where nobody can be looked up, since the database is away."""
    try:
        return page(status, explanation, written)
    except SQLAlchemyError:
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        g.actor = NOBODY
        return page(status, explanation, written)


def _not_taken(error: HTTPException) -> str:
    """The words of a form that could not be taken.

    What another site sends in somebody's name is not theirs; what is entered to get to an account
    is soon entered again.
    """
    too_large = error.code == RequestEntityTooLarge.code
    if too_large or request.method != "POST" or request.blueprint == "security":
        return ""
    with suppress(HTTPException):
        return _written() if parking.is_from_here() else ""
    return ""  # what was sent can't be read


def _when(error: HTTPException) -> str:
    """How long to wait, where that is known."""
    seconds = getattr(error, "retry_after", None)
    if not isinstance(seconds, int):
        return ""
    minutes = ceil(seconds / 60)
    if minutes > MOST_MINUTES:
        return str(_("Please try again tomorrow."))
    words = ngettext(
        "Please wait %(num)s minute before you try again.",
        "Please wait %(num)s minutes before you try again.",
        minutes,
    )
    return str(words)


def take_what_is_sent() -> None:
    """Read and drop it: a browser that is cut off while it sends does not show the answer."""
    left = min(request.content_length or 0, MOST_DROPPED)
    source = request.environ["wsgi.input"]
    while left > 0 and (piece := source.read(min(left, PIECE))):
        left -= len(piece)


def _csrf(error: CSRFError) -> tuple[str, int]:
    return page(
        400,
        _(
            "This form was opened too long ago, or in another session. Please go back, reload the "
            "page and send it again. Nothing has been changed."
        ),
        _not_taken(error),
    )


def status_of(error: DomainError) -> int:
    """The status a rule's refusal is answered with."""
    match error:
        case NotFound():
            return 404
        case Forbidden():
            return 403
        case Conflict():
            return 409
        case Invalid():
            return 422
    return 500


def _domain(error: DomainError) -> tuple[str, int]:
    status = status_of(error)
    return page(status, words(error) if status in {403, 409, 422} else "", _written())


def _written() -> str:
    """The words of the form that was sent, so that they are not lost with it.

    Where the form was refused before it was read, what has a space or a letter beyond ASCII is a
    text, and no token; passwords are never shown.
    """
    texts = (
        value.strip()
        for name, value in request.form.items(multi=True)
        if "password" not in name
        and (is_written(name) or not value.isascii() or len(value.split()) > 1)
    )
    return "\n\n".join(dict.fromkeys(filter(None, texts)))


def _second(error: IntegrityError) -> tuple[str, int]:
    """Two made the same thing at the same moment, and the database took the other one's."""
    _let_go(error)
    return page(409, "", _written())


def _unfit(error: DataError) -> tuple[str, int]:
    """Something no page's form sends, a null character for example, which PostgreSQL can't hold."""
    _let_go(error)
    return page(400, "", _written())


def _let_go(error: DBAPIError) -> None:
    db.rollback()
    # The first line names the constraint; what follows it repeats what was entered.
    said = str(error.orig).partition("\n")[0]
    current_app.logger.warning("%s: the database refused: %s", request.endpoint, said)
