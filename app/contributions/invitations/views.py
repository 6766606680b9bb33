"""Co-authors: the owner's page of them, and what somebody who was invited sees."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, StringField

from app.contributions import policy, queries
from app.contributions.invitations import operations as invitations
from app.contributions.invitations import queries as invitation_queries
from app.contributions.invitations.models import Answer
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.forms import (
    Form,
    MaxLength,
    email,
    language_options,
    offered,
    options,
    plain_line,
    required,
)
from app.web.language import PREFIX, current
from app.web.people import account, actor, identity, is_signed_in, signed_in

OWN: Final = f"{PREFIX}/my/contributions/<int:contribution_id>/authors/"
MAILED: Final = f"{PREFIX}/invitations/<token>/"
MINE: Final = f"{PREFIX}/my/invitations/<int:invitation_id>/"

ANSWERS: Final = {
    Answer.WAITING: _l("Invited"),
    Answer.CONFIRMED: _l("Confirmed"),
    Answer.DECLINED: _l("Declined"),
    Answer.EXPIRED: _l("Has not answered in time"),
    Answer.REVOKED: _l("Invitation withdrawn"),
}
TONES: Final = {Answer.CONFIRMED: "good", Answer.DECLINED: "bad", Answer.WAITING: "warn"}


class InviteForm(Form):
    """Ask a co-author."""

    author = SelectField(_l("Author"), [required(), offered], validate_choice=False)
    email = StringField(_l("E-mail address"), [required(), MaxLength(254), plain_line, email()])
    language = SelectField(_l("Language of the invitation"), [offered], validate_choice=False)
    may_edit = BooleanField(_l("May edit the essay"))


def register(blueprint: Blueprint) -> None:
    """Add the addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(OWN, view_func=co_authors, methods=["GET", "POST"])
    add(f"{OWN}revoke", view_func=revoke_co_author, methods=["POST"])
    add(f"{OWN}editing", view_func=let_co_author_edit, methods=["POST"])
    add(MAILED, view_func=invitation)
    add(f"{MAILED}decline", view_func=decline_invitation, methods=["POST"])
    add(f"{MINE}confirm", view_func=confirm_mine, methods=["POST"])
    add(f"{MINE}decline", view_func=decline_mine, methods=["POST"])


@signed_in
def co_authors(contribution_id: int) -> Response | tuple[str, int]:
    """The essay's authors and how each stands; another one is asked from here."""
    contribution = queries.own(db, actor(), contribution_id)
    found = invitation_queries.co_authors(db, contribution_id)
    form = InviteForm(language=contribution.language)
    form.language.choices = language_options()
    form.author.choices = options(
        [
            (each.key, each.name)
            for each in found
            if each.key and not each.is_owner and each.state != Answer.CONFIRMED
        ]
    )

    def invite(session: Session) -> None:
        invitations.invite(
            session,
            actor(),
            contribution_id,
            form.author.data,
            email=form.email.data or "",
            language=form.language.data or current().code,
            may_edit=form.may_edit.data,
        )

    if form.validate_on_submit() and saved(form, invite):
        flash(_("The invitation is on its way."), "success")
        return _back(contribution_id)
    page = render_template(
        "contributions/co_authors.html",
        contribution=contribution,
        authors=found,
        form=form,
        answers=ANSWERS,
        tones=TONES,
        may_invite=policy.can_invite(actor(), contribution),
        most_times=invitations.MOST_TIMES,
    )
    return page, form.status


@signed_in
def revoke_co_author(contribution_id: int) -> Response:
    """Take an invitation, or a co-author's access, back."""
    with transaction() as session:
        invitations.revoke(session, actor(), contribution_id, request.form.get("author", ""))
    flash(_("The invitation has been withdrawn."), "success")
    return _back(contribution_id)


@signed_in
def let_co_author_edit(contribution_id: int) -> Response:
    """Let a co-author write, or no longer."""
    allowed = request.form.get("allowed") == "yes"
    with transaction() as session:
        invitations.let_edit(
            session, actor(), contribution_id, request.form.get("author", ""), allowed
        )
    flash(_("The change has been saved."), "success")
    return _back(contribution_id)


def invitation(token: str) -> str:
    """What an invited person opens from the mail."""
    found = invitation_queries.invited(db, token)
    mine = is_signed_in() and identity().email == found.email
    return render_template("contributions/invitation.html", invited=found, token=token, mine=mine)


def decline_invitation(token: str) -> Response:
    """Say no; this needs no account."""
    found = invitation_queries.invited(db, token)
    with transaction() as session:
        invitations.decline(session, actor(), found.id, token)
    flash(_("You have declined. Your address has been deleted from the invitation."), "success")
    return redirect(url_for("library.home"), 303)


@signed_in
def confirm_mine(invitation_id: int) -> Response:
    """Say yes, as the account with the invited address."""
    with transaction() as session:
        found = invitations.confirm(session, account(), invitation_id)
    flash(_("You have confirmed that you are an author of this essay."), "success")
    return redirect(url_for("contributions.show", contribution_id=found.contribution_id), 303)


@signed_in
def decline_mine(invitation_id: int) -> Response:
    """Say no, as the account with the invited address."""
    with transaction() as session:
        invitations.decline_mine(session, account(), invitation_id)
    flash(_("You have declined. Your address has been deleted from the invitation."), "success")
    return redirect(url_for("contributions.mine"), 303)


def _back(contribution_id: int) -> Response:
    return redirect(url_for("contributions.co_authors", contribution_id=contribution_id), 303)
