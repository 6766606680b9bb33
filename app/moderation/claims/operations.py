"""Claiming and letting go."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.policy import Actor
from app.moderation import policy
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions.proposals import must_be_anothers, open_proposal
from app.moderation.queue.queries import waiting_ids
from app.moderation.search.language import EVERYTHING, Search

LEASE: Final = timedelta(minutes=30)
_CANDIDATES: Final = 20


def claim(session: Session, actor: Actor, contribution_id: int) -> Claim:
    """Hold a contribution for :data:`LEASE`, or hold it longer; a claim that ran out is taken over.

    Holding longer what one holds leaves no entry: nothing changes for anybody else.

    Raises NotFound for whom it is none of their business, Conflict when it no longer waits
    (``contribution.moved_on``) or somebody else holds it (``claim.held_by_other``, with the
    ``holder``'s name and ``until`` when).
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    must_be_anothers(actor, open_proposal(session, contribution_id))
    now = clock.now()
    held = claim_of(session, contribution_id)
    if not policy.can_claim(actor, contribution, held, now):
        raise held_by_other(session, held)
    before = held.moderator_id if held else None
    if held is not None and before == actor.id and policy.is_live(held, now):
        return prolong(session, held, now)
    held = give(session, contribution_id, actor.id, now + LEASE)
    record(
        session,
        actor,
        AuditAction.CONTRIBUTION_CLAIMED,
        contribution_id,
        before=before,
        revision=newest(session, contribution),
    )
    return held


def renew(session: Session, actor: Actor, contribution_id: int) -> Claim:
    """Hold for :data:`LEASE` from now what one still holds. Leaves no entry.

    Raises NotFound for whom it is none of their business, Conflict when it no longer waits
    (``contribution.moved_on``), somebody else holds it (``claim.held_by_other``) or nobody does
    (``claim.ran_out``).
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    return prolong(session, must_hold(session, actor, contribution_id), clock.now())


def claim_next(
    session: Session, actor: Actor, search: Search = EVERYTHING, *, but: int | None = None
) -> Claim | None:
    """Hold what has waited longest of what the search finds and nobody holds; None for nothing.

    Where several moderators ask at once, each gets another one. ``but`` is the one that is not
    wanted: it has just been let go of.
    """
    for contribution_id in waiting_ids(session, actor, search, limit=_CANDIDATES, only_free=True):
        if contribution_id == but:
            continue
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
    contribution = lock(session, contribution_id)
    held = claim_of(session, contribution_id)
    if not policy.holds(actor, held):
        entrusted(session, actor, contribution_id)
    if held is None:
        return False
    if not policy.can_release(actor, held):
        raise held_by_other(session, held)
    let_go(session, actor, contribution, held)
    return True


def let_go(session: Session, actor: Actor, contribution: Contribution, held: Claim) -> None:
    """End the claim, and say what waits again: the essay, or the appeal concerning it.

    A step of others, which check who may.
    """
    session.delete(held)
    session.flush()
    appeal_id = _waiting_appeal(session, contribution)
    if appeal_id is None:
        record(session, actor, AuditAction.CONTRIBUTION_RELEASED, contribution.id)
    else:
        action = AuditAction.APPEAL_RELEASED
        record(session, actor, action, appeal_id, contribution=contribution.id)


def _waiting_appeal(session: Session, contribution: Contribution) -> int | None:
    """Id of the appeal that is what one has in hand, where the essay itself doesn't wait."""
    if contribution.state == State.SUBMITTED:
        return None
    wanted = select(Appeal.id).where(
        Appeal.contribution_id == contribution.id, Appeal.outcome == Outcome.OPEN.value
    )
    return session.scalar(wanted.order_by(Appeal.id.desc()).limit(1))


def release_and_next(
    session: Session, actor: Actor, contribution_id: int, search: Search = EVERYTHING
) -> Claim | None:
    """Let go of one and hold the next; None when there is no other. Raises what the two raise."""
    release(session, actor, contribution_id)
    return claim_next(session, actor, search, but=contribution_id)


def entrusted(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """The contribution, locked.

    NotFound for all but the moderators of its language and track, and for those of them who have a
    conflict of interest: one place says so for all that is done at the desk.
    """
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


def must_hold(session: Session, actor: Actor, contribution_id: int) -> Claim:
    """The actor's claim on it, not run out. Raises Conflict as :func:`renew` does."""
    held = claim_of(session, contribution_id)
    if not policy.is_live(held, clock.now()):
        raise Conflict("claim.ran_out")
    if held is None or not policy.holds(actor, held):
        raise held_by_other(session, held)
    return held


def prolong(session: Session, held: Claim, now: datetime) -> Claim:
    """Hold it for :data:`LEASE` from now, and never shorter than before."""
    held.expires_at = max(held.expires_at, now + LEASE)
    session.flush()
    return held


def give(session: Session, contribution_id: int, holder_id: int | None, until: datetime) -> Claim:
    """Make it that account's until then, whoever had it. A step of others, which check who may."""
    held = claim_of(session, contribution_id)
    if held is None:
        held = Claim(contribution_id=contribution_id)
        session.add(held)
    if held.moderator_id != holder_id:
        held.claimed_at = clock.now()
    held.moderator_id = holder_id  # type: ignore[assignment]  # who moderates has an account
    held.expires_at = until
    session.flush()
    return held


def newest(session: Session, contribution: Contribution) -> int:
    """Number of its newest revision."""
    return session.scalars(
        select(Revision.number).where(Revision.id == contribution.revision_id)
    ).one()


def held_by_other(session: Session, held: Claim | None) -> Conflict:
    assert held is not None  # noqa: S101 - what nobody holds is held by no other
    holder = session.scalars(select(Account.name).where(Account.id == held.moderator_id)).one()
    return Conflict("claim.held_by_other", holder=holder, until=held.expires_at)
