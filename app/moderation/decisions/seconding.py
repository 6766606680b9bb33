"""The second opinion on a rejection that was proposed."""

from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core.errors import Conflict
from app.core.policy import Actor
from app.editions.models import Edition
from app.moderation.claims.operations import entrusted, must_hold, must_wait
from app.moderation.decisions.carrying_out import carry_out, keep, mark
from app.moderation.decisions.models import Decision, MarkKind
from app.moderation.decisions.proposals import must_be_anothers, open_proposal
from app.moderation.decisions.verdicts import LEADS_TO, Verdict


def second(session: Session, actor: Actor, contribution_id: int, decision_id: int) -> Decision:
    """Agree with the rejection somebody else has proposed, while holding the contribution.

    It counts from now on, or is kept with others where the edition decides together.

    Raises NotFound for whom it is none of their business, Conflict where it is no longer proposed
    (``contribution.moved_on``), it is one's own (``decision.own_proposal``), somebody else holds
    the contribution (``claim.held_by_other``) or nobody does (``claim.ran_out``).
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    proposal = open_proposal(session, contribution_id)
    if proposal is None or proposal.id != decision_id:
        raise Conflict("contribution.moved_on", state=contribution.state)
    must_be_anothers(actor, proposal)
    held = must_hold(session, actor, contribution_id)
    session.delete(held)
    mark(session, actor, proposal, MarkKind.SECONDED)
    if session.get_one(Edition, contribution.edition_id).decides_together:
        keep(session, actor, contribution, proposal)
    else:
        mark(session, actor, proposal, MarkKind.RELEASED)
        carry_out(session, actor, contribution, proposal)
    return proposal


def settle(session: Session, actor: Actor, proposal: Decision, verdict: Verdict) -> None:
    """Note what became of it where the second moderator decides in words of their own."""
    agrees = LEADS_TO[verdict] == State.REJECTED
    mark(session, actor, proposal, MarkKind.SECONDED if agrees else MarkKind.OVERRULED)


def needs_second(wants: bool, verdict: Verdict, proposal: Decision | None) -> bool:
    """Whether that verdict is a proposal only, in a track that wants second opinions."""
    return wants and proposal is None and LEADS_TO[verdict] == State.REJECTED
