"""Decisions that were kept, and are told to their authors all together.

An organiser marks them as released, in one transaction; the worker then carries each of them out in
a transaction of its own. What is marked and not carried out yet is found again by its state, so a
worker may be killed at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import queue
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Forbidden
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition
from app.moderation.conflicts.queries import is_apart
from app.moderation.decisions import policy
from app.moderation.decisions.carrying_out import carry_out, mark
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.queries import is_kept
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising.operations import organised

RELEASE_JOB = "moderation.release"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many decisions of a track say the same and wait for their release."""

    track: TrackCode
    verdict: Verdict
    number: int


def kept(session: Session, actor: Actor, edition: Edition) -> list[Kept]:
    """What has been decided in an edition and not told, by track and verdict. One query.

    Without what was decided on essays they have a conflict of interest with; of that on their own
    they know as little as any author.
    """
    rows = session.execute(
        select(Contribution.track, Decision.verdict, func.count())
        .join(Decision, Decision.contribution_id == Contribution.id)
        .where(
            Contribution.edition_id == edition.id,
            is_apart(),
            is_kept(),
            ~_is_released(),
        )
        .group_by(Contribution.track, Decision.verdict),
        {"me": actor.id},
    ).all()
    found = {(track, verdict): number for track, verdict, number in rows}
    return [
        Kept(track, verdict, found[track, verdict])
        for track in TrackCode
        for verdict in Verdict
        if (track, verdict) in found
    ]


def being_told(session: Session, edition: Edition) -> int:
    """How many have been released and are still to be carried out. One query."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Contribution)
            .join(Decision, Decision.contribution_id == Contribution.id)
            .where(Contribution.edition_id == edition.id, is_kept(), _is_released())
        )
        or 0
    )


def release(
    session: Session, actor: Actor, edition_id: int, *, track: TrackCode | None = None
) -> int:
    """Release what has been kept in an edition, or in one track of it; how many those are.

    Those on essays the actor has a conflict of interest with are left for another organiser. The
    worker carries them out.
    Asked for twice, the second time finds none. Raises Forbidden for all but organisers.
    """
    if not policy.can_release(actor):
        raise Forbidden("forbidden")
    # Held until the end, so that two organisers don't release the same.
    session.get_one(Edition, edition_id, with_for_update={"key_share": True})
    wanted = (
        select(Decision)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            Contribution.edition_id == edition_id,
            is_apart(),
            is_kept(),
            ~_is_released(),
        )
        .order_by(Decision.id)
        # Nor is one released that is undone, withdrawn or told alone at the same moment.
        .with_for_update(of=Contribution)
    )
    if track is not None:
        wanted = wanted.where(Contribution.track == track.value)
    decisions = session.scalars(wanted, {"me": actor.id}).all()
    for decision in decisions:
        mark(session, actor, decision, MarkKind.RELEASED)
    if decisions:
        said = {"track": track.value if track else None, "number": len(decisions)}
        record(session, actor, AuditAction.EDITION_DECISIONS_RELEASED, edition_id, **said)
        queue.request(session, RELEASE_JOB, edition_id)
    return len(decisions)


def release_one(
    session: Session, actor: Actor, contribution_id: int, *, decision_seen: int | None
) -> None:
    """Release what was decided on one contribution and kept, and carry it out at once.

    ``decision_seen`` is the decision that is to be released. Raises Forbidden for all but
    organisers without a conflict of interest, Conflict where nothing is kept
    (``contribution.moved_on``) or something else was decided since (``decision.superseded``).
    """
    contribution = organised(session, actor, contribution_id)
    if contribution.state != State.DECIDED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    decision = session.scalars(
        select(Decision)
        .where(Decision.contribution_id == contribution_id)
        .order_by(Decision.id.desc())
        .limit(1)
    ).one()
    if decision.id != decision_seen:
        raise Conflict("decision.superseded")
    if session.get(DecisionMark, (decision.id, MarkKind.RELEASED.value)) is None:
        mark(session, actor, decision, MarkKind.RELEASED)
    carry_out_released(session, decision.id)


def due(session: Session, edition_id: int | None = None) -> Sequence[tuple[int, int]]:
    """Editions and decisions in them that have been released and are to be carried out."""
    wanted = (
        select(Contribution.edition_id, Decision.id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(is_kept(), _is_released())
        .order_by(Decision.id)
    )
    if edition_id is not None:
        wanted = wanted.where(Contribution.edition_id == edition_id)
    return session.execute(wanted).all()


def carry_out_released(session: Session, decision_id: int) -> bool:
    """Carry one out; False where that has been done meanwhile, or there is nothing to do any more.

    In the name of the organiser who released it.
    """
    decision = session.get_one(Decision, decision_id)
    contribution = lock(session, decision.contribution_id)
    released = session.get(DecisionMark, (decision_id, MarkKind.RELEASED.value))
    last = select(func.max(Decision.id)).where(Decision.contribution_id == contribution.id)
    if (
        released is None
        or contribution.state != State.DECIDED
        or session.scalar(last) != decision_id
    ):
        return False
    carry_out(session, Actor(id=released.account_id), contribution, decision)
    return True


def _is_released() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            DecisionMark.decision_id == Decision.id,
            DecisionMark.kind == MarkKind.RELEASED.value,
        )
        .correlate(Decision)
    )
