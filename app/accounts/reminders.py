"""Stopping the reminders of drafts by the link in one of them, without signing in.

The page asks first; a mail program that offers "unsubscribe" posts without asking (RFC 8058), and
then has neither a session nor a forgery token: the signed link itself says whose reminders end.
"""

from typing import Final

from flask import Blueprint, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from itsdangerous import BadSignature, URLSafeSerializer

from app.accounts import operations
from app.accounts.models import Account
from app.core.policy import Actor
from app.web.database import db, transaction
from app.web.language import PREFIX

ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")

blueprint = Blueprint("reminders", __name__)


@blueprint.record_once
def _answer_without_session(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(blueprint)


def token(account_id: int) -> str:
    """What stands in the link; it never ends, since a wish to be left alone doesn't either."""
    return str(_signer().dumps(account_id))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="stop reminders")


def _whose(value: str) -> int:
    try:
        found = _signer().loads(value)
    except BadSignature:
        abort(404)
    return int(found)


@blueprint.route(f"{PREFIX}/reminders/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> str:
    """Ask, then stop them."""
    if request.method == "POST" and request.form.get(ONE_CLICK[0]) != ONE_CLICK[1]:
        current_app.extensions["csrf"].protect()
    account_id = _whose(token)
    if request.method == "POST":
        with transaction() as session:
            subject = session.get(Account, account_id) or abort(404)
            operations.set_reminders(session, Actor(id=account_id), subject, wanted=False)
    subject = db.get(Account, account_id) or abort(404)
    return render_template("accounts/reminders.html", wanted=subject.wants_reminders)
