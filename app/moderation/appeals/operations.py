"""Appealing against a decision or a taking down, and answering an appeal."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, TakeDown
from app.contributions.moves import lock, move
from app.contributions.policy import owns
from app.contributions.publishing import put_back
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.editions.models import Edition
from app.moderation import policy as desk
from app.moderation.appeals import authors, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import (
    LEASE,
    claim_of,
    give,
    held_by_other,
    let_go,
    must_hold,
    prolong,
)
from app.moderation.decisions.carrying_out import mark
from app.moderation.decisions.models import Decision, MarkKind
from app.moderation.wording import kept

ACTIONS: Final = {
    Outcome.UPHELD: AuditAction.APPEAL_UPHELD,
    Outcome.GRANTED: AuditAction.APPEAL_GRANTED,
}


def file(session: Session, actor: Actor, decision_id: int, *, words: str, language: str) -> Appeal:
    """Appeal against the decision that ended one's essay. The same appeal sent twice is one.

    Raises NotFound for a stranger, Conflict where there is an appeal already (``appeal.filed``) or
    none is possible (``appeal.too_late``), Invalid for missing words or words that can't be kept.
    """
    decision = session.get(Decision, decision_id)
    return _file(session, actor, decision, words, language)


def file_against_take_down(
    session: Session, actor: Actor, take_down_id: int, *, words: str, language: str
) -> Appeal:
    """Appeal against the taking down of one's published essay. Raises as :func:`file`."""
    made = session.get(TakeDown, take_down_id)
    return _file(session, actor, made, words, language)


def _file(
    session: Session, actor: Actor, what: Decision | TakeDown | None, words: str, language: str
) -> Appeal:
    if what is None:
        raise NotFound("contribution.unknown")
    contribution = lock(session, what.contribution_id)
    if not owns(actor, contribution):
        raise NotFound("contribution.unknown")
    written = kept(words, "words", language=language)
    against = {"decision_id" if isinstance(what, Decision) else "take_down_id": what.id}
    known = session.scalar(select(Appeal).filter_by(**against))
    if known is not None:
        if known.words == written:
            return known
        raise Conflict("appeal.filed")
    edition = session.get_one(Edition, contribution.edition_id)
    chance = authors.chance(session, actor, contribution, edition)
    if chance is None or chance.against != against:
        raise Conflict("appeal.too_late")
    appeal = Appeal(
        contribution_id=contribution.id,
        words=written,
        language=language,
        filed_at=clock.now(),
        **against,
    )
    session.add(appeal)
    session.flush()
    record(session, actor, AuditAction.APPEAL_FILED, appeal.id, contribution=contribution.id)
    return appeal


def claim(session: Session, actor: Actor, appeal_id: int) -> Claim:
    """Take an appeal in hand for the length of a lease, or hold it longer.

    Raises NotFound for whom it is none of their business, Conflict when it has been answered
    (``appeal.answered``) or somebody else has it in hand (``claim.held_by_other``).
    """
    appeal, contribution = answerable(session, actor, appeal_id)
    held = _free(session, actor, appeal, contribution)
    now = clock.now()
    if held is not None and desk.is_live(held, now):
        return prolong(session, held, now)
    before = held.moderator_id if held else None
    held = give(session, contribution.id, actor.id, now + LEASE)
    if before != actor.id:
        action = AuditAction.APPEAL_CLAIMED
        record(session, actor, action, appeal.id, contribution=contribution.id)
    return held


def renew(session: Session, actor: Actor, appeal_id: int) -> Claim:
    """Hold for a lease from now what one still holds. Leaves no entry.

    Raises NotFound for whom it is none of their business, Conflict when it has been answered
    (``appeal.answered``), somebody else has it in hand (``claim.held_by_other``) or nobody has
    (``claim.ran_out``).
    """
    appeal, contribution = answerable(session, actor, appeal_id)
    must_be_open(session, appeal, contribution)
    return prolong(session, must_hold(session, actor, contribution.id), clock.now())


def release(session: Session, actor: Actor, appeal_id: int) -> bool:
    """Leave it to somebody else; False, and no trace, when the actor didn't have it in hand."""
    appeal, contribution = answerable(session, actor, appeal_id)
    held = claim_of(session, contribution.id)
    if (
        held is None
        or not queries.is_open(session, appeal, contribution)
        or not desk.holds(actor, held)
    ):
        return False
    let_go(session, actor, contribution, held)
    return True


def answer(
    session: Session,
    actor: Actor,
    appeal_id: int,
    outcome: Outcome,
    *,
    reply: str,
    language: str,
) -> Appeal:
    """Say whether the decision stands; where it does not, the essay waits for another one.

    What was taken down stays down, or is published again. An essay that waits again stands in the
    queue where it stood at its first submission, and whoever made the decision is not offered it. A
    claim that has run out does not matter while nobody else has one.
    The author gets a mail; co-authors get one if it is published again. The same answer sent twice
    is one.

    Raises NotFound for whom it is none of their business, Conflict when it has been answered
    (``appeal.answered``) or somebody else has it in hand (``claim.held_by_other``), Invalid for a
    missing reply or one that can't be kept.
    """
    if outcome not in ACTIONS:
        raise ValueError("an answer says what becomes of the decision")
    appeal, contribution = answerable(session, actor, appeal_id)
    written = kept(reply, "reply", language=language)
    if appeal.answered_by_id == actor.id and (appeal.outcome, appeal.reply) == (outcome, written):
        return appeal
    held = _free(session, actor, appeal, contribution)
    if held is not None:
        session.delete(held)
    appeal.outcome = outcome.value
    appeal.reply, appeal.reply_language = written, language
    appeal.answered_by_id, appeal.answered_at = actor.id, clock.now()
    session.flush()
    record(session, actor, ACTIONS[outcome], appeal.id, contribution=contribution.id)
    if outcome is Outcome.GRANTED and appeal.take_down_id:
        put_back(session, actor, contribution, told={contribution.owner_id})
    elif outcome is Outcome.GRANTED:
        _look_anew(session, actor, appeal, contribution)
    tell_owner(
        session,
        MailKind.APPEAL_ANSWERED,
        contribution,
        appeal.id,
        outcome=appeal.outcome,
        taken_down=appeal.take_down_id is not None,
        words=written,
        words_language=language,
    )
    return appeal


def answerable(session: Session, actor: Actor, appeal_id: int) -> tuple[Appeal, Contribution]:
    """The appeal and its contribution, locked; NotFound for who may not answer it."""
    appeal = session.get(Appeal, appeal_id)
    if appeal is None:
        raise NotFound("appeal.unknown")
    contribution = lock(session, appeal.contribution_id)
    session.refresh(appeal)
    if not queries.may_answer(session, actor, appeal, contribution):
        raise NotFound("appeal.unknown")
    return appeal, contribution


def must_be_open(session: Session, appeal: Appeal, contribution: Contribution) -> None:
    """Raises Conflict where it doesn't wait for an answer (any more)."""
    if not queries.is_open(session, appeal, contribution):
        raise Conflict("appeal.answered")


def _free(
    session: Session, actor: Actor, appeal: Appeal, contribution: Contribution
) -> Claim | None:
    """The claim on an appeal that waits, where it is not somebody else's."""
    must_be_open(session, appeal, contribution)
    held = claim_of(session, contribution.id)
    if desk.is_live(held, clock.now()) and not desk.holds(actor, held):
        raise held_by_other(session, held)
    return held


def _look_anew(session: Session, actor: Actor, appeal: Appeal, contribution: Contribution) -> None:
    """Undo the decision, and put the essay back into the queue, where it stood at first."""
    mark(session, actor, session.get_one(Decision, appeal.decision_id), MarkKind.UNDONE)
    move(
        session,
        actor,
        contribution,
        State.SUBMITTED,
        AuditAction.CONTRIBUTION_REOPENED,
        appeal=appeal.id,
    )
    contribution.waiting_since = contribution.submitted_at
