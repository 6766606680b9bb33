"""Holding a contribution, and the one function that changes its state."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.contributions import policy
from app.contributions.models import Contribution, DraftSave
from app.contributions.states import MOVES, State, told
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.policy import Actor
from app.editions.models import Question


def lock(session: Session, contribution_id: int) -> Contribution:
    """The contribution, read anew and held until the transaction ends. Raises NotFound."""
    found = session.get(Contribution, contribution_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("contribution.unknown")
    return found


def writable(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """The same, for somebody who writes it.

    Raises NotFound for a stranger, Conflict (``contribution.moved_on``) where it can't be changed
    now, or not by this co-author.
    """
    contribution = lock(session, contribution_id)
    if not policy.can_write(actor, contribution):
        if not policy.can_read(actor, contribution):
            raise NotFound("contribution.unknown")
        raise Conflict("contribution.moved_on", state=contribution.state)
    return contribution


def theme_of(session: Session, question_id: int | None) -> int | None:
    """The theme that question belongs to."""
    question = session.get(Question, question_id) if question_id else None
    return question.theme_id if question else None


def move(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    to: State,
    action: AuditAction,
    **data: Any,
) -> None:
    """Move to a state the table allows from here, and write the audit entry with it.

    Raises Conflict (``contribution.moved_on``) where the table has no such move: somebody else was
    first, or a button was pressed twice.
    """
    before = State(contribution.state)
    if to not in MOVES[before]:
        raise Conflict("contribution.moved_on", state=before.value)
    now = clock.now()
    contribution.state = to.value
    match to:
        case State.SUBMITTED:
            contribution.submitted_at = contribution.submitted_at or now
            contribution.waiting_since = now
        case State.ACCEPTED:
            contribution.accepted_at = now
        case State.PUBLISHED:
            contribution.published_at = contribution.published_at or now
            _forget_saves(session, contribution)
        case State.REJECTED:
            _forget_saves(session, contribution)
        case State.WITHDRAWN:
            contribution.inspect_at = None
        case State.REMOVED:
            contribution.removed_at = now
    # An author who takes back what was decided doesn't learn from their own act that it was.
    left = told(before) if to is State.WITHDRAWN else before
    record(session, actor, action, contribution.id, before=left.value, after=to.value, **data)


def _forget_saves(session: Session, contribution: Contribution) -> None:
    """Nobody will write on; what counts now are the revisions."""
    session.execute(delete(DraftSave).where(DraftSave.contribution_id == contribution.id))
