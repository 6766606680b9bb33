"""Links in mails that prove an address: in whose browser they count, and where that one goes on.

Whoever opens an account with somebody else's address knows its password; the click of the address's
owner must not make that password good (``docs/decisions/008-whose-click-counts.md``).
"""

import secrets
from hashlib import sha256
from typing import Any, Final

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_security.change_email import _verify_token_status
from flask_security.confirmable import confirm_email_token_status
from flask_security.recoverable import generate_reset_password_token
from werkzeug.wrappers import Response

from app.accounts.models import Account
from app.web.addresses import is_local

REGISTERED_HERE: Final = "registered_here"
WANTED: Final = "wanted"
LONGEST_WISH: Final = 500
"""Characters of an address that is kept: a cookie has little room."""
MOST_MARKS: Final = 4


def note_registration(account: Account | None) -> None:
    """Remember, in this browser, that the account was opened in it, and what it was opened for.

    A cookie's owner can read it. So the entry tells nobody which account that is, nor that there
    was one with the address already (``account`` is None then).
    """
    mark = _mark(account.fs_uniquifier if account else secrets.token_hex())
    # The last few: whoever sends the form twice has not lost what the first time was good for.
    session[REGISTERED_HERE] = [*_marks()[1 - MOST_MARKS :], mark]
    wanted = request.values.get("next", "")
    if is_local(wanted) and len(wanted) <= LONGEST_WISH:
        session[WANTED] = wanted


def _marks() -> list[str]:
    kept = session.get(REGISTERED_HERE)
    return kept if isinstance(kept, list) else []


def _mark(uniquifier: str) -> str:
    return sha256(uniquifier.encode()).hexdigest()[:32]


def forget_wish() -> None:
    """Forget what an account was opened for: whoever signs in is on the way there."""
    session.pop(WANTED, None)


def onward() -> Response | None:
    """To the same page of sign-in, on the way to what the account was opened for."""
    wanted = session.get(WANTED, "")
    if request.endpoint != "security.login" or request.method != "GET" or not is_local(wanted):
        return None
    if "next" in request.args or current_user.is_authenticated:
        return None
    return redirect(url_for("security.login", next=wanted), 303)


def elsewhere() -> Response | None:
    """Where a link leads that was opened in another browser than it counts in; None where it is.

    The link that confirms a registration leads to setting a password, which confirms the address
    too; the one that confirms a new address leads to signing in.
    """
    token: Any = (request.view_args or {}).get("token", "")
    if request.endpoint == "security.confirm_email":
        return _confirmation(token)
    if request.endpoint == "security.change_email_confirm":
        return _new_address(token)
    return None


def _confirmation(token: str) -> Response | None:
    expired, invalid, account = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
    if expired or invalid or account is None or account.confirmed_at is not None:
        return None
    if _mark(account.fs_uniquifier) in _marks():
        return None
    flash(_("Please choose a password for your account. This also confirms your address."), "info")
    reset = generate_reset_password_token(account)  # type: ignore[no-untyped-call]
    return redirect(url_for("security.reset_password", token=reset), 303)


def _new_address(token: str) -> Response | None:
    expired, invalid, account, _email = _verify_token_status(token)  # type: ignore[no-untyped-call]
    if expired or invalid or account is None or account == current_user:
        return None
    flash(_("Please sign in to your account to confirm its new address."), "info")
    if current_user.is_authenticated:
        return redirect(url_for("accounts.profile"), 303)
    login: Response = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return login
