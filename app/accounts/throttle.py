"""How often one address, or one account, may be tried: guesses of passwords, mails to strangers."""

from typing import Final

from flask import request
from flask_limiter.util import get_remote_address
from flask_security import current_user
from limits import RateLimitItem, parse

from app.accounts.operations import normal_email
from app.core.errors import Invalid
from app.web.limits import limiter, refuse

#: Each post counts: it writes a mail to whoever was named.
_MAILING: Final = frozenset(
    {
        "security.register",
        "security.forgot_password",
        "security.send_confirmation",
        "security.change_email",
    }
)
#: Only failures count: they are guesses of a password.
_GUESSING: Final = frozenset({"security.login", "security.verify", "security.change_password"})
FROM_ONE_PLACE: Final = parse("30 per hour")
MAILS_TO_ONE: Final = parse("5 per hour")
GUESSES_AT_ONE: Final = parse("50 per hour")

_Limit = tuple[RateLimitItem, str, str]


def check() -> None:
    """Refuse (429) a post that comes too often."""
    if not limiter.enabled or request.method != "POST":
        return
    if request.endpoint in _MAILING:
        refused = [each for each in _limits(MAILS_TO_ONE) if not limiter.limiter.hit(*each)]
    elif request.endpoint in _GUESSING:
        refused = [each for each in _limits(GUESSES_AT_ONE) if not limiter.limiter.test(*each)]
    else:
        return
    if refused:
        refuse(*refused[0])


def note_failure() -> None:
    """Count a guess that was wrong."""
    if limiter.enabled and request.endpoint in _GUESSING:
        for limit in _limits(GUESSES_AT_ONE):
            limiter.limiter.hit(*limit)


def _limits(for_one: RateLimitItem) -> list[_Limit]:
    kind = "mailing" if request.endpoint in _MAILING else "guessing"
    limits: list[_Limit] = [(FROM_ONE_PLACE, kind, get_remote_address())]
    whom = _normal(request.form.get("email", "")) or getattr(current_user, "email", "")
    if whom:
        limits.append((for_one, kind, whom))
    return limits


def _normal(address: str) -> str:
    """The address as it is stored: other ways to write it count with it."""
    try:
        return normal_email(address)
    except Invalid:
        return address.strip().lower()
