"""Stopping mails that come by themselves by the link in one of them, without signing in.

The page asks first; a mail program that offers "unsubscribe" posts without asking (RFC 8058), and
then has neither a session nor a forgery token: the signed link itself says whose mails end.
"""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from app.accounts import operations
from app.accounts.models import Account, Digest
from app.core.policy import Actor
from app.web.database import db, transaction
from app.web.language import PREFIX

ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
REMINDERS: Final = "reminders"
DIGEST: Final = "digest"

blueprint = Blueprint("reminders", __name__)


@blueprint.record_once
def _answer_without_session(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(blueprint)


def token(account_id: int, mails: str = REMINDERS) -> str:
    """What stands in the link; it never ends, since a wish to be left alone doesn't either."""
    return str(_signer(mails).dumps(account_id))


def _signer(mails: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"stop {mails}")


def _whose(value: str, mails: str) -> int:
    try:
        found = _signer(mails).loads(value)
    except BadSignature:
        abort(404)
    return int(found)


@blueprint.route(f"{PREFIX}/reminders/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> str:
    """Ask, then stop the reminders of drafts."""
    subject = _asked(
        token,
        REMINDERS,
        lambda session, actor, subject: operations.set_reminders(
            session, actor, subject, wanted=False
        ),
    )
    return render_template("accounts/reminders.html", wanted=subject.wants_reminders)


@blueprint.route(f"{PREFIX}/moderation/digest/stop/<token>", methods=["GET", "POST"])
def stop_digest(token: str) -> str:
    """Ask, then stop a moderator's digests."""
    subject = _asked(
        token,
        DIGEST,
        lambda session, actor, subject: operations.set_digest(
            session, actor, subject, Digest.NEVER
        ),
    )
    return render_template("accounts/digest.html", wanted=subject.digest != Digest.NEVER)


def _asked(token: str, mails: str, act: Callable[[Session, Actor, Account], None]) -> Account:
    """The account whose link it is; where the page was sent, it has been done."""
    if request.method == "POST" and request.form.get(ONE_CLICK[0]) != ONE_CLICK[1]:
        current_app.extensions["csrf"].protect()
    account_id = _whose(token, mails)
    if request.method == "POST":
        with transaction() as session:
            act(session, Actor(id=account_id), session.get(Account, account_id) or abort(404))
    return db.get(Account, account_id) or abort(404)
