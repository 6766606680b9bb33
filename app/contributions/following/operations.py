"""Taking back, taking up again, and more time than the call gives."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.contributions import policy
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution
from app.contributions.moves import lock, move, organised
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.documents.remarks import remark
from app.editions.models import Edition
from app.editions.policy import closing

LONGEST_REASON: Final = 2_000


def withdraw(session: Session, actor: Actor, contribution_id: int, *, reason: str = "") -> None:
    """Take back what is not published yet; ``reason`` is the author's words, if any.

    Raises NotFound for a stranger, Conflict if too late, Invalid for words that can't be kept.
    """
    contribution = _own(session, actor, contribution_id)
    if not policy.can_withdraw(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    contribution.withdrawal_reason = remark(reason, "reason", most=LONGEST_REASON, needed=False)
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


def extend(
    session: Session, actor: Actor, contribution_id: int, *, until: datetime, reason: str
) -> None:
    """Let one contribution be submitted until that moment, although the call will have closed.

    Its owner gets a mail with the reason. Raises Forbidden for all but organisers and for one's
    own, Conflict where the call's end doesn't matter (any more), Invalid for a moment that has
    passed or is no later than the call's end, and for a missing reason.
    """
    contribution = organised(session, actor, contribution_id)
    if not policy.can_extend(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    edition = session.get_one(Edition, contribution.edition_id)
    closes = closing(edition)
    if until <= clock.now():
        raise Invalid("deadline.past", field="until")
    if closes is not None and until <= closes:
        raise Invalid("deadline.not_later", field="until", closes=closes)
    words = remark(reason, "reason", most=LONGEST_REASON, needed=False)
    if not words:
        raise Invalid("required", field="reason")
    contribution.extended_until = until
    contribution.extension_reason = words
    action = AuditAction.CONTRIBUTION_EXTENDED
    entry = record(session, actor, action, contribution_id, until=until.isoformat())
    session.flush()
    tell_owner(
        session,
        MailKind.MORE_TIME,
        contribution,
        entry.id,
        reason=words,
        until=until.isoformat(),
        zone=edition.time_zone,
    )


def _own(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    return contribution
