"""The page on which a decision is taken back, for whoever may do that."""

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.following.views import Crumbs
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import NotFound
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions import undoing
from app.moderation.decisions.forms import UndoForm
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.queries import HistoryItem, history
from app.moderation.organising.policy import can_remove
from app.moderation.policy import is_entrusted
from app.web.acts import settled
from app.web.database import db
from app.web.people import actor


def undo_page(
    contribution: Contribution, decision_id: int, crumbs: Crumbs, back: str
) -> Response | tuple[str, int]:
    """Ask why, then undo; ``back`` is where it leads. Raises NotFound for another's decision."""
    found = next((one for one in history(db, contribution.id) if one.id == decision_id), None)
    if found is None:
        raise NotFound("contribution.unknown")
    form = UndoForm()

    def take_back(session: Session) -> None:
        act = undoing.rework if form.again.data else undoing.undo
        act(session, actor(), decision_id, form.words.data or "")

    said, there = _done(form, contribution.id, back)
    if left := settled(form, take_back, said=said, to=there, too_late=redirect(back, 303)):
        return left
    page = render_template(
        "moderation/decision_undo.html",
        decision=found,
        may_rework=_may_rework(contribution, found),
        crumbs=crumbs,
        back=back,
        form=form,
        verdicts=VERDICTS,
        state=contribution.state,
        states=State,
        address=_take_down_address(contribution),
    )
    return page, form.status


def _done(form: UndoForm, contribution_id: int, back: str) -> tuple[str, Response]:
    """What is said then, and where it leads."""
    if form.again.data:
        here = url_for("moderation.item", contribution_id=contribution_id, _anchor="decision")
        said = _("The decision has been taken back, and you have the essay in hand.")
        return said, redirect(here, 303)
    return _("The decision has been undone. The essay waits again."), redirect(back, 303)


def _may_rework(contribution: Contribution, decision: HistoryItem) -> bool:
    """Whether the actor could decide anew at once, before anybody is told."""
    return (
        decision.is_kept
        and is_entrusted(actor(), contribution)
        and not is_conflicted(db, actor(), contribution.id)
    )


def _take_down_address(contribution: Contribution) -> str:
    """Where a published essay can be taken down instead, for whoever may do that; else ""."""
    # To who is in conflict with it, there is no such page.
    if not can_remove(actor(), contribution):
        return ""
    return url_for("contributions.remove", contribution_id=contribution.id)
