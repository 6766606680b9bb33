"""A moderator's page to declare a conflict of interest; an organiser's button to lift it."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core.policy import Role
from app.moderation.addresses import ONE, to_queue
from app.moderation.conflicts import operations
from app.moderation.conflicts.forms import ConflictForm
from app.moderation.conflicts.models import ConflictKind
from app.moderation.item.queries import item
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, needs, signed_in

ORGANISED: Final = f"{PREFIX}/organise/contributions/<int:contribution_id>/"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{ONE}conflict", view_func=declare_conflict, methods=["GET", "POST"])
    add(f"{ORGANISED}conflicts/<int:account_id>/lift", view_func=lift_conflict, methods=["POST"])


@signed_in
def declare_conflict(contribution_id: int) -> Response | tuple[str, int]:
    """Say that one should have no part in an essay; it is gone from the desk then."""
    form = ConflictForm()

    def declare(session: Session) -> None:
        kind, words = ConflictKind(form.conflict_kind.data), form.conflict_words.data or ""
        operations.declare(session, actor(), contribution_id, kind, words=words)

    if form.validate_on_submit() and saved(form, declare):
        flash(_("Thank you. The essay is left to other moderators."), "success")
        return to_queue()
    shown = item(db, actor(), contribution_id).contribution
    page = render_template("moderation/conflicts/declare.html", contribution=shown, form=form)
    return page, form.status


@needs(Role.ORGANISER, Role.ADMINISTRATOR)
def lift_conflict(contribution_id: int, account_id: int) -> Response:
    """Let a moderator have a part in it again."""
    with transaction() as session:
        operations.lift(session, actor(), contribution_id, account_id)
    flash(_("The moderator sees this essay again."), "success")
    return redirect(url_for("contributions.organise_one", contribution_id=contribution_id), 303)
