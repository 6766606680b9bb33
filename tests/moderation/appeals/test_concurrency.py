"""Many moderators at one appeal at the same instant, on both databases."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor
from app.moderation.appeals import operations
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims.models import Claim
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Verdict
from tests.moderation.appeals.conftest import WORDS
from tests.moderation.crowds import at_once, crowd


def appealed(sessions: sessionmaker[Session]) -> tuple[list[Actor], int]:
    """Moderators who had no part, and the appeal that waits for them, committed."""
    [first, *others], [essay] = crowd(sessions, 1)
    with sessions() as session:
        decision = deciding.claim_and_decide(session, first, essay, Verdict.SPAM)
        owner = session.get_one(Account, session.get_one(Contribution, essay).owner_id)
        made = operations.file(session, owner.actor, decision.id, words=WORDS, language="fr")
        session.commit()
        return others, made.id


def test_answers_by_many_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    others, made = appealed(sessions)

    def answer(session: Session, actor: Actor) -> Any:
        outcome = Outcome.GRANTED if others.index(actor) % 2 else Outcome.UPHELD
        operations.answer(session, actor, made, outcome, reply=str(actor.id), language="fr")
        return outcome

    results = at_once(sessions, others, answer)
    assert results.count("appeal.answered") == len(others) - 1
    with sessions() as session:
        kind = OutboxMail.kind == MailKind.APPEAL_ANSWERED.value
        assert len(session.scalars(select(OutboxMail).where(kind)).all()) == 1
        assert session.get_one(Appeal, made).outcome in results


def test_claims_by_many_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    others, made = appealed(sessions)
    results = at_once(
        sessions, others, lambda session, actor: operations.claim(session, actor, made)
    )
    assert len([each for each in results if isinstance(each, Claim)]) == 1
    assert results.count("claim.held_by_other") == len(others) - 1
