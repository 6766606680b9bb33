"""What somebody had written when their session turned out to have expired survives the sign-in.

The posted form is kept for a day under a random token, which only the browser that posted it knows
(in its session cookie). After the sign-in the page is opened again with the fields filled in
(``Form`` asks for them itself); nothing is saved until the person sends it.
"""

import secrets
from collections.abc import Container
from datetime import timedelta
from typing import Final

from flask import Flask, after_this_request, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from limits import parse
from sqlalchemy import delete, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.core import clock
from app.web.database import db, transaction
from app.web.language import current, same_page
from app.web.limits import limiter
from app.web.models import ParkedForm
from app.web.people import is_signed_in

SESSION_KEY: Final = "parked_form"
KEPT_FOR: Final = timedelta(days=1)
MOST_BYTES: Final = 2 * 1024 * 1024
MOST_FORMS: Final = 500
"""Kept at a time, for everybody together: whoever posts them need not have an account."""
HOW_OFTEN: Final = parse("30 per hour")
#: Where a browser says a post comes from (https://www.w3.org/TR/fetch-metadata/).
_OWN_PAGES: Final = frozenset({"same-origin", "none"})
#: Forms that ask for nothing one has written, and that nobody signs in for.
_NEVER: Final = frozenset({None, "security", "reminders"})
#: Forms that visitors send without an account.
_FOR_VISITORS: Final = frozenset({"moderation.report"})
_SECRETS: Final = frozenset({"csrf_token", "password", "new_password", "password_confirm"})


def init_app(app: Flask) -> None:
    """Look at every post before the forgery check, which an expired session would fail."""
    app.before_request(_park)


def _parkable() -> bool:
    return (
        request.method == "POST"
        and request.blueprint not in _NEVER
        and request.endpoint not in _FOR_VISITORS
        and 0 < (request.content_length or 0) <= MOST_BYTES
        and is_from_here()
        and not is_signed_in()
        and bool(request.form)
        and _can_be_opened(request.path)
        and (not limiter.enabled or limiter.limiter.hit(HOW_OFTEN, "parking", get_remote_address()))
    )


def is_from_here() -> bool:
    """Whether a post comes from a page of this site, as far as the browser says.

    Another site must not put its words into somebody's form, nor its session in their place.
    """
    return request.headers.get("Sec-Fetch-Site", "none") in _OWN_PAGES


def _can_be_opened(path: str) -> bool:
    """Whether the address a form was posted to also shows that form."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:
        return False


def _park() -> Response | None:
    if not _parkable():
        return None
    fields = {name: request.form.getlist(name) for name in request.form if name not in _SECRETS}
    if any("\x00" in value for values in fields.values() for value in values):
        return None
    token = secrets.token_urlsafe(24)
    with transaction() as work:
        work.execute(delete(ParkedForm).where(ParkedForm.created_at < clock.now() - KEPT_FOR))
        if (work.scalar(select(func.count()).select_from(ParkedForm)) or 0) >= MOST_FORMS:
            return None
        work.add(ParkedForm(token=token, path=request.path, fields=fields))
    session[SESSION_KEY] = token
    flash(
        _("You are no longer signed in. What you wrote has been kept: sign in, and it is there."),
        "warning",
    )
    return redirect(url_for("security.login", next=same_page(current().code)), 303)


def take(of: Container[str] | None = None) -> MultiDict[str, str] | None:
    """The fields that were kept for this page, once; None when there are none.

    ``of`` are the names of a form's fields: what has none of them is another form's.
    """
    token = session.get(SESSION_KEY)
    if token is None or request.method != "GET":
        return None
    kept = db.get(ParkedForm, token)
    if kept is None or kept.path != request.path:
        return None
    if of is not None and not any(name in of for name in kept.fields):
        return None
    session.pop(SESSION_KEY, None)
    fields = MultiDict([(name, value) for name, values in kept.fields.items() for value in values])

    @after_this_request
    def forget(answer: Response) -> Response:
        # Not before: what the page has read stays as it is until it is shown.
        with transaction() as work:
            work.execute(delete(ParkedForm).where(ParkedForm.token == token))
        return answer

    return fields
