"""Deciding on what one has in hand."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Unpack

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.errors import Conflict, Several
from app.core.policy import Actor
from app.editions.models import Edition
from app.editions.queries import track_of
from app.moderation import policy
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import claim, claim_of, entrusted, held_by_other, must_wait
from app.moderation.decisions.carrying_out import carry_out, keep, propose
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.proposals import must_be_anothers, open_proposal
from app.moderation.decisions.seconding import needs_second, settle
from app.moderation.decisions.verdicts import Verdict
from app.moderation.decisions.written import Said, Written
from app.moderation.signs import queries as signs

#: What follows from a decision, by its standing.
STEPS: Final[Mapping[Standing, Callable[[Session, Actor, Contribution, Decision], None]]] = {
    Standing.FINAL: carry_out,
    Standing.PENDING: keep,
    Standing.PROPOSED: propose,
}


def decide(
    session: Session,
    actor: Actor,
    contribution_id: int,
    verdict: Verdict,
    *,
    revision_seen: int,
    signs_seen: bool = True,
    **said: Unpack[Said],
) -> Decision:
    """Decide on the revision one has read, while holding the contribution.

    Accepting publishes, unless the edition releases later. The owner gets a mail, except for spam.
    Where the edition decides together, it is kept until it is released; where the track wants a
    second opinion, a rejection is proposed to another moderator, whose decision settles it.
    The same decision sent twice is one. ``revision_seen`` is the revision's number. What the
    reasons say in words of the track's own is kept with the decision.

    Raises NotFound for whom it is none of their business; Conflict when it no longer waits
    (``contribution.moved_on``), when there is a newer revision (``decision.newer_revision``), when
    somebody else holds it (``claim.held_by_other``) or nobody does (``claim.ran_out``), when the
    actor proposed its rejection (``decision.own_proposal``); Several for missing reasons or words,
    for reasons that are not offered (``decision.reason_not_offered``), or for words that can't be
    kept.
    """
    contribution = entrusted(session, actor, contribution_id)
    revision = session.get_one(Revision, contribution.revision_id)
    written = Written.of(session, actor, contribution, verdict, said)
    proposal = open_proposal(session, contribution_id)
    made = _made(session, actor, revision)
    if made and written.says_what(made) and (proposal or contribution.state != State.SUBMITTED):
        return made
    must_wait(contribution)
    must_be_anothers(actor, proposal)
    held = claim_of(session, contribution_id)
    _must_hold(session, actor, contribution, held, clock.now())
    if revision.number != revision_seen:
        raise Conflict("decision.newer_revision", number=revision.number)
    if found := written.lacks():
        raise Several(found)
    if proposal is not None:
        settle(session, actor, proposal, verdict)
    decision = Decision(
        contribution_id=contribution_id,
        revision_id=revision.id,
        moderator_id=actor.id,
        standing=_standing(session, contribution, verdict, proposal).value,
        signs=signs.kinds(session, contribution) if signs_seen else [],
        decided_at=clock.now(),
        **written.columns(),
    )
    session.add(decision)
    session.delete(held)
    session.flush()
    STEPS[Standing(decision.standing)](session, actor, contribution, decision)
    return decision


def claim_and_decide(
    session: Session,
    actor: Actor,
    contribution_id: int,
    verdict: Verdict,
    **said: Unpack[Said],
) -> Decision:
    """Claim, and decide on the newest revision, beside which no signs were shown.

    Raises what the two raise.
    """
    claim(session, actor, contribution_id)
    newest = session.scalars(
        select(Revision.number)
        .join(Contribution, Contribution.revision_id == Revision.id)
        .where(Contribution.id == contribution_id)
    ).one()
    return decide(
        session,
        actor,
        contribution_id,
        verdict,
        revision_seen=newest,
        signs_seen=False,
        **said,
    )


def _standing(
    session: Session, contribution: Contribution, verdict: Verdict, proposal: Decision | None
) -> Standing:
    """Whether it counts at once, is proposed to a second moderator, or kept with others."""
    track = track_of(session, contribution.edition_id, contribution.track)
    if needs_second(track.wants_second_opinion, verdict, proposal):
        return Standing.PROPOSED
    edition = session.get_one(Edition, contribution.edition_id)
    return Standing.PENDING if edition.decides_together else Standing.FINAL


def _must_hold(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    held: Claim | None,
    now: datetime,
) -> None:
    if policy.can_decide(actor, contribution, held, now):
        return
    if policy.is_live(held, now):
        raise held_by_other(session, held)
    raise Conflict("claim.ran_out")


def _made(session: Session, actor: Actor, revision: Revision) -> Decision | None:
    """The actor's last decision on that revision that has not been undone."""
    return session.scalar(
        select(Decision)
        .where(
            Decision.revision_id == revision.id,
            Decision.moderator_id == actor.id,
            ~exists().where(
                DecisionMark.decision_id == Decision.id, DecisionMark.kind == MarkKind.UNDONE.value
            ),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
