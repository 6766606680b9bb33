"""The one function that changes a contribution's state."""

from typing import Any

from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import MOVES, State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict
from app.core.policy import Actor


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
        case State.REMOVED:
            contribution.removed_at = now
    record(session, actor, action, contribution.id, before=before.value, after=to.value, **data)
