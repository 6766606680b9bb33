"""Pages of one's own data: take them along, delete the account."""

from collections.abc import Sequence
from typing import Final

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import logout_user
from limits import parse
from werkzeug.wrappers import Response
from wtforms import PasswordField, RadioField

from app.accounts import operations, passwords, personal
from app.core.errors import Invalid
from app.core.personal import Keeper
from app.web import limits
from app.web.database import db, transaction
from app.web.forms import Form, MaxLength, chosen, options, required
from app.web.language import PREFIX
from app.web.people import account, actor, identity, signed_in

DOWNLOADS: Final = parse("5 per hour")
GUESSES: Final = parse("5 per hour")
_KEEPERS: Final = "jsi_keepers"


class LeaveForm(Form):
    """Delete the account."""

    names = RadioField(
        _l("Your name on published essays"),
        [chosen()],
        choices=options(
            [
                ("keep", _l("Stays as it is")),
                ("remove", _l("Is removed: “Anonymous” stands in its place")),
            ]
        ),
    )
    password = PasswordField(
        _l("Password"),
        [required(), MaxLength(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )


def init_app(app: Flask, keepers: Sequence[Keeper]) -> None:
    """Make the rooms' keepers known, those first whose part needs what others erase."""
    app.extensions[_KEEPERS] = tuple(keepers)


def keepers() -> Sequence[Keeper]:
    """Those of the application."""
    found: Sequence[Keeper] = current_app.extensions[_KEEPERS]
    return found


def register(blueprint: Blueprint) -> None:
    """Add the addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{PREFIX}/account/data/", view_func=my_data)
    add(f"{PREFIX}/account/data/download", view_func=download, methods=["POST"])
    add(f"{PREFIX}/account/delete", view_func=delete, methods=["GET", "POST"])


@signed_in
def my_data() -> str:
    """What there is to take along, and the way out."""
    return render_template("accounts/data.html")


@signed_in
def download() -> Response:
    """Everything of one's own as a ZIP, made while it is sent."""
    limits.spend(DOWNLOADS, "data", actor().id)
    with transaction() as session:
        operations.note_download(session, actor())
    store = current_app.extensions["jsi_store"]
    pieces = personal.archive(db, keepers(), identity().id, store)
    response = current_app.response_class(stream_with_context(pieces), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="jesuisinternet-data.zip")
    return response


@signed_in
def delete() -> Response | tuple[str, int]:
    """Say what goes and what stays; then, with the password, do it."""
    form = LeaveForm()
    if form.validate_on_submit():
        limits.spend(GUESSES, "leaving", actor().id)
        try:
            with transaction() as session:
                personal.delete_account(
                    session,
                    actor(),
                    account(),
                    keepers(),
                    password=form.password.data or "",
                    anonymous=form.names.data == "remove",
                )
        except Invalid as error:
            form.reject(error)
        else:
            logout_user()
            flash(_("Your account has been deleted. Thank you for having been here."), "success")
            return redirect(url_for("library.home"), 303)
    outlook: dict[str, int] = {}
    for keeper in keepers():
        outlook |= keeper.outlook(db, identity().id)
    return render_template("accounts/delete.html", form=form, outlook=outlook), form.status
