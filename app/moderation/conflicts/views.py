"""Pages to declare a conflict of interest, for moderators and organisers; a button to lift it."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.following.views import Crumbs, organised_crumbs
from app.contributions.models import Contribution
from app.moderation.addresses import ONE, to_queue
from app.moderation.conflicts import operations
from app.moderation.conflicts.forms import ConflictForm
from app.moderation.conflicts.models import ConflictKind
from app.moderation.item.queries import item
from app.moderation.organising.queries import readable
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in

ORGANISED: Final = f"{PREFIX}/organise/contributions/<int:contribution_id>/"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{ONE}conflict", view_func=declare_conflict, methods=["GET", "POST"])
    add(f"{ORGANISED}conflict", view_func=declare_organised, methods=["GET", "POST"])
    add(f"{ORGANISED}conflicts/<int:account_id>/lift", view_func=lift_conflict, methods=["POST"])


@signed_in
def declare_conflict(contribution_id: int) -> Response | tuple[str, int]:
    """Say that one should have no part in an essay; it is gone from the desk then."""
    form = ConflictForm()
    if _is_declared(form, contribution_id):
        flash(_("Thank you. The essay is left to other moderators."), "success")
        return to_queue()
    shown = item(db, actor(), contribution_id).contribution
    here = url_for("moderation.item", contribution_id=contribution_id)
    crumbs = [(url_for("moderation.queue"), _("Moderation")), (here, shown.number or "")]
    return _page(shown, form, crumbs), form.status


@organisers
def declare_organised(contribution_id: int) -> Response | tuple[str, int]:
    """The same for organisers."""
    contribution = readable(db, actor(), contribution_id)
    form = ConflictForm()
    if _is_declared(form, contribution_id):
        flash(_("Thank you. The essay is left to others."), "success")
        return redirect(url_for("contributions.organise"), 303)
    return _page(contribution, form, organised_crumbs(contribution)), form.status


def _is_declared(form: ConflictForm, contribution_id: int) -> bool:
    """Do what was posted; whether it was taken."""

    def declare(session: Session) -> None:
        kind, words = ConflictKind(form.conflict_kind.data), form.conflict_words.data or ""
        operations.declare(session, actor(), contribution_id, kind, words=words)

    return form.validate_on_submit() and saved(form, declare)


def _page(contribution: Contribution, form: ConflictForm, crumbs: Crumbs) -> str:
    return render_template(
        "moderation/conflicts/declare.html", contribution=contribution, form=form, crumbs=crumbs
    )


@organisers
def lift_conflict(contribution_id: int, account_id: int) -> Response:
    """Let somebody have a part in it again."""
    with transaction() as session:
        operations.lift(session, actor(), contribution_id, account_id)
    flash(_("The conflict of interest is lifted."), "success")
    return redirect(url_for("contributions.organise_one", contribution_id=contribution_id), 303)
