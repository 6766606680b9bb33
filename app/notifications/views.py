"""The administrators' page of mails that did not leave, and the demonstration's mailbox."""

from typing import Final

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.policy import Role
from app.notifications import operations, pages
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, needs

ADMINISTRATION: Final = f"{PREFIX}/organise/mail/"

blueprint = Blueprint("notifications", __name__)


@blueprint.get(ADMINISTRATION)
@needs(Role.ADMINISTRATOR)
def mails() -> str:
    """Mails that wait and mails that were given up."""
    page = pages.outbox(db, before=request.args.get("before", type=row_number))
    configured = bool(current_app.config["JSI"].mail_url or current_app.config["JSI"].demo)
    return render_template("notifications/mails.html", page=page, configured=configured)


@blueprint.post(f"{ADMINISTRATION}<int:mail_id>/retry")
@needs(Role.ADMINISTRATOR)
def retry(mail_id: int) -> Response:
    """Try one of them again now."""
    with transaction() as session:
        operations.retry(session, actor(), mail_id)
    flash(_("The e-mail will be sent again in a moment."), "success")
    return redirect(url_for("notifications.mails"), 303)


@blueprint.get(f"{PREFIX}/mailbox/")
def mailbox() -> str:
    """The mails of the demonstration."""
    if not current_app.config["JSI"].demo:
        abort(404)
    recipient = request.args.get("to", "")
    page = pages.mailbox(
        db, recipient=recipient, before=request.args.get("before", type=row_number)
    )
    return render_template("notifications/mailbox.html", page=page)
