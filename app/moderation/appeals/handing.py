"""Giving an appeal to a colleague who had no part in the decision: by who holds it, or by an
organiser.
"""

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.core.audit import AuditAction
from app.core.errors import Invalid, NotFound
from app.core.policy import Actor
from app.moderation.appeals import queries
from app.moderation.appeals.models import Appeal
from app.moderation.appeals.operations import answerable, must_be_open
from app.moderation.claims import policy
from app.moderation.claims.handing import at_work, live_claim, must_be_as_seen, pass_on
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import must_hold
from app.moderation.organising.operations import must_have_a_say


def hand_over(session: Session, actor: Actor, appeal_id: int, *, to: int, note: str = "") -> Claim:
    """Give the appeal one has in hand to a colleague, as an essay is (``claims.handing``).

    Raises NotFound for whom it is none of their business; Conflict when it has been answered
    (``appeal.answered``), somebody else has it in hand (``claim.held_by_other``) or nobody has
    (``claim.ran_out``); Invalid for a colleague who may not answer it (``claim.not_for_them``) and
    for a note that can't be kept.
    """
    appeal, contribution = answerable(session, actor, appeal_id)
    must_be_open(session, appeal, contribution)
    must_hold(session, actor, contribution.id)
    if to == actor.id:
        raise Invalid("claim.not_for_them", field="to")
    action = AuditAction.APPEAL_HANDED_OVER
    return _give(session, actor, appeal, contribution, to, note, action)


def assign(
    session: Session,
    actor: Actor,
    appeal_id: int,
    *,
    to: int,
    note: str = "",
    holder_seen: int | None,
) -> Claim:
    """Give an appeal to a moderator who may answer it; an organiser's act.

    ``holder_seen`` is who had it in hand when the organiser looked. Raises NotFound for others,
    Forbidden where the organiser has a conflict of interest; Conflict when it has been answered
    (``appeal.answered``) or when somebody has taken it in hand since (``claim.held_by_other``);
    Invalid as :func:`hand_over`.
    """
    appeal = session.get(Appeal, appeal_id)
    if appeal is None or not policy.can_see_workload(actor):
        raise NotFound("appeal.unknown")
    contribution = lock(session, appeal.contribution_id)
    session.refresh(appeal)
    must_have_a_say(session, actor, contribution)
    must_be_open(session, appeal, contribution)
    live = live_claim(session, contribution.id)
    must_be_as_seen(session, live, to, holder_seen)
    if live is not None and live.moderator_id == to:
        return live
    action = AuditAction.APPEAL_ASSIGNED
    return _give(session, actor, appeal, contribution, to, note, action)


def _give(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    contribution: Contribution,
    to: int,
    note: str,
    action: AuditAction,
) -> Claim:
    receiver = _receiver(session, appeal, contribution, to)
    about = {"subject_id": appeal.id, "contribution": contribution.id}
    return pass_on(session, actor, contribution, receiver, note, action, about, appeal=appeal.id)


def _receiver(session: Session, appeal: Appeal, contribution: Contribution, to: int) -> Account:
    """The moderator it is for. Raises Invalid for anybody who may not answer it."""
    found = at_work(session, to)
    if found is None or not queries.may_answer(session, found.actor, appeal, contribution):
        raise Invalid("claim.not_for_them", field="to")
    return found
