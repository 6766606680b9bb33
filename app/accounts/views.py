"""One's own profile, and the organisers' list of people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import operations, policy, queries
from app.accounts.forms import PROFILE_FIELDS, ROLE_LABELS, ProfileForm, RolesForm
from app.accounts.leaving import register as register_leaving
from app.accounts.models import Digest
from app.core.policy import Role, TrackCode
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import account, actor, needs, organisers, signed_in
from app.web.tracks import TRACKS

blueprint = Blueprint("accounts", __name__)
register_leaving(blueprint)
# The warning of tracks nobody serves is shown on other desks too.
blueprint.record_once(lambda state: state.app.jinja_env.globals.update(track_labels=TRACKS))
FILTERS = ("q", "role", "after")
Answer = str | Response | tuple[str, int]


@blueprint.route(f"{PREFIX}/account", methods=["GET", "POST"])
@signed_in
def profile() -> Answer:
    """One's own name, affiliation, country and language."""
    form = ProfileForm(obj=account(), has_desk=actor().has(Role.MODERATOR, Role.ORGANISER))

    def change(session: Session) -> None:
        fields = {name: form.data[name] for name in PROFILE_FIELDS}
        operations.change_profile(session, actor(), account(), **fields)
        wanted = bool(form.wants_reminders.data)
        operations.set_reminders(session, actor(), account(), wanted=wanted)
        if "digest" in form:
            operations.set_digest(session, actor(), account(), Digest(form.digest.data))

    if form.validate_on_submit() and saved(form, change):
        flash(_("Your profile has been saved."), "success")
        return redirect(url_for("accounts.profile", lang=form.ui_language.data), 303)
    return render_template("accounts/profile.html", form=form), form.status


@blueprint.post(f"{PREFIX}/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    """End all sessions of one's own, this one included."""
    with transaction() as session:
        operations.sign_out_everywhere(session, actor(), account())
    logout_user()
    flash(_("You have been signed out on all devices."), "success")
    return redirect(url_for("library.home"), 303)


@blueprint.get(f"{PREFIX}/organise/people/")
@organisers
def people() -> Answer:
    """Everybody with an account, by address."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    role = Role(asked["role"]) if asked["role"] in set(Role) else None
    found = queries.people(db, actor(), search=asked["q"], role=role, after=asked["after"])
    return render_template(
        "accounts/people.html",
        page=found,
        asked=asked,
        role_labels=ROLE_LABELS,
        uncovered=queries.uncovered(db),
    )


@blueprint.route(f"{PREFIX}/organise/people/<int:account_id>/", methods=["GET", "POST"])
@organisers
def person(account_id: int) -> Answer:
    """One person: their roles, languages, tracks and pairs."""
    subject = queries.person(db, actor(), account_id)
    form = RolesForm(subject, actor())

    def appoint(session: Session) -> None:
        operations.set_roles(
            session,
            actor(),
            queries.person(session, actor(), account_id),
            form.wanted,
            reads=form.reads.data,
            serves=map(TrackCode, form.serves.data or ()),
            translates=form.translates.data,
        )

    if form.validate_on_submit() and saved(form, appoint):
        flash(_("The roles have been saved."), "success")
        return redirect(url_for("accounts.person", account_id=account_id), 303)
    page = {"person": subject, "role_labels": ROLE_LABELS, "kept": sorted(form.kept)}
    page["may_deactivate"] = policy.can_deactivate(actor())
    return render_template("accounts/person.html", form=form, **page), form.status


@blueprint.post(f"{PREFIX}/organise/people/<int:account_id>/active")
@needs(Role.ADMINISTRATOR)
def active(account_id: int) -> Answer:
    """Close an account to sign-in, or open it again."""
    wanted = request.form.get("active") == "yes"
    with transaction() as session:
        subject = queries.person(session, actor(), account_id)
        operations.set_active(session, actor(), subject, wanted)
    done = _("The account is open again.") if wanted else _("The account has been closed.")
    flash(done, "success")
    return redirect(url_for("accounts.person", account_id=account_id), 303)
