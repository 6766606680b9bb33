"""Flask-Security's mails as rows of our outbox: kinds and links, the words come when it is sent.

What the words get to work with: ``link`` and ``hours``, how long it is valid;
``already_registered`` has ``login_link``, ``password_changed`` has ``reset_link``,
``address_changed`` has ``new_address``. A link that is but a path is completed when it is sent.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urljoin

from flask import after_this_request, current_app, request, url_for
from flask_security import MailUtil
from flask_security.mail_util import EmailValidateException
from werkzeug.wrappers import Response

from app.accounts.models import Account
from app.accounts.operations import normal_email
from app.core import outbox
from app.core.errors import Invalid
from app.core.outbox import MailKind
from app.web.addresses import is_here
from app.web.database import db
from app.web.messages import words


@dataclass(frozen=True, slots=True)
class _Link:
    """A mail whose one link leads to a page with a token.

    Attributes:
        endpoint: the page. ``token``: which of Flask-Security's values goes into its address.
        within: the setting that says how long it is valid.
    """

    kind: MailKind
    endpoint: str
    token: str
    within: str


#: By the name Flask-Security gives the template of the mail.
_LINKS: Final = {
    "welcome": _Link(
        MailKind.CONFIRM_ADDRESS, "confirm_email", "confirmation_token", "CONFIRM_EMAIL_WITHIN"
    ),
    "confirmation_instructions": _Link(
        MailKind.CONFIRM_ADDRESS, "confirm_email", "confirmation_token", "CONFIRM_EMAIL_WITHIN"
    ),
    "reset_instructions": _Link(
        MailKind.RESET_PASSWORD, "reset_password", "reset_token", "RESET_PASSWORD_WITHIN"
    ),
    "change_email_instructions": _Link(
        MailKind.CONFIRM_NEW_ADDRESS, "change_email_confirm", "token", "CHANGE_EMAIL_WITHIN"
    ),
}
_CHANGED: Final = frozenset({"reset_notice", "change_notice"})


class OutboxMailer(MailUtil):
    """What Flask-Security sends becomes a row, in the transaction that causes it."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: Any,
        html: Any,
        **context: Any,
    ) -> None:
        name = template.rpartition("/")[2]
        account: Account = context["user"]
        if link := _LINKS.get(name):
            token = context[link.token]
            within: timedelta = current_app.config[f"SECURITY_{link.within}"]
            data = {
                "link": page(account, link.endpoint, token=token),
                "hours": int(within.total_seconds() // 3600),
            }
            _put(account, link.kind, token, data, recipient)
        elif name in _CHANGED:
            # Each password comes with a new uniquifier, so each change is a mail of its own.
            data = {"reset_link": page(account, "forgot_password")}
            _put(account, MailKind.PASSWORD_CHANGED, account.fs_uniquifier, data)
        elif name == "welcome_existing" and context["confirmation_token"]:
            # Whoever signs up again before confirming gets the link they are missing.
            self.send_mail("welcome", subject, recipient, sender, body, html, **context)
        elif name == "welcome_existing":
            data = {"login_link": page(account, "login")}
            _put(account, MailKind.ALREADY_REGISTERED, context["reset_token"], data)
        else:
            raise LookupError(f"no kind of mail for {template}")

    def normalize(self, email: str) -> str:
        try:
            return normal_email(email)
        except Invalid as error:
            raise EmailValidateException(words(error)) from error

    validate = normalize


def address_changed(account: Account, old_email: str) -> None:
    """Tell the former address that the account has another one now."""
    moment = account.confirmed_at.isoformat() if account.confirmed_at else ""
    data = {"new_address": account.email}
    _put(account, MailKind.ADDRESS_CHANGED, f"{account.id}{old_email}{moment}", data, old_email)


def page(account: Account, endpoint: str, **values: Any) -> str:
    """The address of one of Flask-Security's pages, in the account's language.

    Where no address of the site is set, only this machine's own names are believed: whoever asks
    for a mail could name any other host, and have the secret in the link sent there.
    """
    path = url_for(f"security.{endpoint}", lang=account.ui_language, **values)
    here = request.host_url if is_here(request.host) else ""
    return urljoin(current_app.config["JSI"].base_url or here, path)


def _put(
    account: Account, kind: MailKind, unique: str, data: dict[str, Any], recipient: str = ""
) -> None:
    outbox.put(
        db,
        kind,
        key=f"{kind.value}:{sha256(unique.encode()).hexdigest()[:32]}",
        recipient=recipient or account.email,
        recipient_id=account.id,
        language=account.ui_language,
        data=data,
    )
    # Several of Flask-Security's views write nothing themselves and so never commit.
    after_this_request(_commit)


def _commit(response: Response) -> Response:
    current_app.extensions["security"].datastore.commit()
    return response
