"""Claiming and letting go."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.policy import Actor
from app.moderation import policy
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions.proposals import must_be_anothers, open_proposal
from app.moderation.queue.queries import waiting_ids

LEASE: Final = timedelta(minutes=30)
_CANDIDATES: Final = 20


def claim(session: Session, actor: Actor, contribution_id: int) -> Claim:
    """Hold a contribution for :data:`LEASE`, or hold it longer; a claim that ran out is taken over.

    Raises NotFound for whom it is none of their business, Conflict when it no longer waits
    (``contribution.moved_on``) or somebody else holds it (``claim.held_by_other``, with the
    ``holder``'s name and ``until`` when).
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    now = clock.now()
    held = claim_of(session, contribution_id)
    if not policy.can_claim(actor, contribution, held, now):
        raise held_by_other(session, held)
    before = held.moderator_id if held else None
    if held is None:
        held = Claim(contribution_id=contribution_id, claimed_at=now)
        session.add(held)
    elif before != actor.id:
        held.claimed_at = now
    held.moderator_id = actor.id  # type: ignore[assignment]  # who moderates has an account
    held.expires_at = now + LEASE
    session.flush()
    record(session, actor, AuditAction.CONTRIBUTION_CLAIMED, contribution_id, before=before)
    return held


def claim_next(session: Session, actor: Actor) -> Claim | None:
    """Hold what has waited longest and nobody holds; None when there is nothing.

    Where several moderators ask at once, each gets another one.
    """
    for contribution_id in waiting_ids(session, actor, limit=_CANDIDATES, only_free=True):
        try:
            return claim(session, actor, contribution_id)
        except (Conflict, NotFound):
            # Somebody was quicker between the look and the lock.
            continue
    return None


def release(session: Session, actor: Actor, contribution_id: int) -> bool:
    """Let go of it; False, and no trace, when nobody held it any more.

    What one holds one may let go of even if a conflict of interest has come up meanwhile.

    Raises NotFound for whom it is none of their business, Conflict when somebody else holds it.
    """
    lock(session, contribution_id)
    held = claim_of(session, contribution_id)
    if not policy.holds(actor, held):
        entrusted(session, actor, contribution_id)
    if held is None:
        return False
    if not policy.can_release(actor, held):
        raise held_by_other(session, held)
    session.delete(held)
    session.flush()
    record(session, actor, AuditAction.CONTRIBUTION_RELEASED, contribution_id)
    return True


def entrusted(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """The contribution, locked; NotFound for all but the moderators of its language and track."""
    contribution = lock(session, contribution_id)
    if not policy.is_entrusted(actor, contribution) or contribution.state == State.DRAFT:
        raise NotFound("contribution.unknown")
    if is_conflicted(session, actor, contribution_id):
        raise NotFound("contribution.unknown")
    return contribution


def must_wait(contribution: Contribution) -> None:
    if contribution.state != State.SUBMITTED:
        raise Conflict("contribution.moved_on", state=contribution.state)


def claim_of(session: Session, contribution_id: int) -> Claim | None:
    return session.get(Claim, contribution_id, populate_existing=True)


def held_by_other(session: Session, held: Claim | None) -> Conflict:
    assert held is not None  # noqa: S101 - what nobody holds is held by no other
    holder = session.scalars(select(Account.name).where(Account.id == held.moderator_id)).one()
    return Conflict("claim.held_by_other", holder=holder, until=held.expires_at)
