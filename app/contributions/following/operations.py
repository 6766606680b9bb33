"""Taking back, and taking up again."""

from typing import Final

from sqlalchemy.orm import Session

from app.contributions import policy
from app.contributions.models import Contribution
from app.contributions.moves import lock, move
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.policy import Actor
from app.documents.remarks import remark
from app.editions.models import Edition

LONGEST_REASON: Final = 2_000


def withdraw(session: Session, actor: Actor, contribution_id: int, *, reason: str = "") -> None:
    """Take back what is not published yet; ``reason`` is the author's words, if any.

    The same words sent twice are one withdrawal. Raises NotFound for a stranger, Conflict if too
    late, Invalid for words that can't be kept.
    """
    contribution = _own(session, actor, contribution_id)
    kept = remark(reason, "reason", most=LONGEST_REASON, needed=False)
    if kept and (contribution.state, contribution.withdrawal_reason) == (State.WITHDRAWN, kept):
        return
    if not policy.can_withdraw(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    contribution.withdrawal_reason = kept
    move(session, actor, contribution, State.WITHDRAWN, AuditAction.CONTRIBUTION_WITHDRAWN)


def revive(session: Session, actor: Actor, contribution_id: int) -> None:
    """Take up again what was withdrawn: it becomes a draft, which keeps its number and revisions.

    Raises NotFound for a stranger, Conflict unless withdrawn, Forbidden when the call has closed.
    """
    contribution = _own(session, actor, contribution_id)
    if contribution.state != State.WITHDRAWN:
        raise Conflict("contribution.moved_on", state=contribution.state)
    edition = session.get_one(Edition, contribution.edition_id)
    if not policy.can_revive(actor, contribution, edition, clock.now()):
        raise Forbidden("call.closed")
    contribution.accepted_at = None
    contribution.waiting_since = None
    move(session, actor, contribution, State.DRAFT, AuditAction.CONTRIBUTION_REVIVED)


def _own(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    return contribution
