"""Flask-Security, set up for our addresses, our tables, our words and our outbox."""

from typing import Any, Final

from flask import Flask, current_app, request
from flask_security import MailUtil, Security, SQLAlchemySessionUserDatastore

from app.accounts.models import Account, RoleRow
from app.core import queue
from app.core.db import begin_write
from app.web.database import db
from app.web.language import PREFIX

SETTINGS: Final[dict[str, Any]] = {
    "SECURITY_URL_PREFIX": PREFIX,
    "SECURITY_REGISTERABLE": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_EMAIL": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SECURITY_FLASH_MESSAGES": True,
}


class Datastore(SQLAlchemySessionUserDatastore):
    """Flask-Security's reads and writes on our request's session; jobs leave after its commit."""

    def commit(self) -> None:
        db.commit()
        queue.dispatch(db, current_app.extensions["jsi_send_job"])


class OutboxMailer(MailUtil):  # type: ignore[misc]
    """Flask-Security's mails go the way of all our mail: a row first, sent after the commit."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: Any,
        html: Any,
        **kwargs: Any,
    ) -> None:
        raise NotImplementedError


def init_app(app: Flask, password_salt: str) -> None:
    """Sign-in, registration, confirmation, reset, change of password and address."""
    app.config.from_mapping(SETTINGS, SECURITY_PASSWORD_SALT=password_salt)
    store = Datastore(db, Account, RoleRow)
    Security(app, store, mail_util_cls=OutboxMailer)
    app.before_request(_begin_writing)


def _begin_writing() -> None:
    # Flask-Security commits by itself: its posts write from the start (see app/core/db.py).
    if request.method == "POST" and request.blueprint == "security":
        begin_write(db)
