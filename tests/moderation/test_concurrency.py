"""At the same instant: one claim, one decision, on both databases."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions.models import PublishedText
from app.core.audit import AuditEntry
from app.core.outbox import MailKind, OutboxMail
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.moderation.crowds import CROWD, at_once, crowd


def count(session: Session, model: type) -> int | None:
    return session.scalar(select(func.count()).select_from(model))


def test_claim_by_many_at_once_is_had_by_one(sessions: sessionmaker[Session]) -> None:
    actors, [essay] = crowd(sessions, 1)
    results = at_once(
        sessions, actors, lambda session, actor: claiming.claim(session, actor, essay)
    )
    claims = [result for result in results if isinstance(result, Claim)]
    assert len(claims) == 1
    assert results.count("claim.held_by_other") == CROWD - 1
    with sessions() as session:
        [entry] = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "contribution:claimed")
        )
        held = session.get_one(Claim, essay)
    assert entry.actor_id == held.moderator_id == claims[0].moderator_id


def test_claim_next_by_many_at_once_gives_each_another(sessions: sessionmaker[Session]) -> None:
    actors, essays = crowd(sessions, CROWD - 1)
    results = at_once(
        sessions,
        actors,
        lambda session, actor: getattr(
            claiming.claim_next(session, actor), "contribution_id", None
        ),
    )
    assert sorted(result for result in results if result) == essays
    assert results.count(None) == 1


def test_decide_by_many_clicks_at_once_is_one_decision(sessions: sessionmaker[Session]) -> None:
    [actor, *_], [essay] = crowd(sessions, 1)
    with sessions() as session:
        claiming.claim(session, actor, essay)
        session.commit()
    results = at_once(
        sessions,
        [actor] * CROWD,
        lambda session, actor: deciding.decide(
            session, actor, essay, Verdict.ACCEPT, reasons=[Reason.RELEVANT], revision_seen=1
        ),
    )
    assert len({result.id for result in results}) == 1
    with sessions() as session:
        assert count(session, Decision) == count(session, PublishedText) == 1
        mails = select(OutboxMail).where(OutboxMail.kind == MailKind.DECISION.value)
        assert len(session.scalars(mails).all()) == 1
