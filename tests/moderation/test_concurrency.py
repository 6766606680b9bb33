"""At the same instant: one claim, one decision, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions.models import PublishedText
from app.core.audit import AuditEntry
from app.core.db import begin_write
from app.core.errors import DomainError
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor, Role
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.factories import make_account, make_edition
from tests.factories.contributions import make_contribution

CROWD = 8


def crowd(sessions: sessionmaker[Session], essays: int) -> tuple[list[Actor], list[int]]:
    """Moderators and essays that wait for them, committed."""
    with sessions() as session:
        edition = make_edition(session)
        author = make_account(session, "author@example.org")
        moderators = [
            make_account(session, f"moderator.{index}@example.org", Role.MODERATOR)
            for index in range(CROWD)
        ]
        made = [make_contribution(session, author, edition=edition).id for _ in range(essays)]
        session.commit()
        return [account.actor for account in moderators], made


def at_once(
    sessions: sessionmaker[Session],
    actors: list[Actor],
    act: Callable[[Session, Actor], Any],
) -> list[Any]:
    """Everybody acts at the same instant, each in a transaction; results, or codes of refusals."""
    start = Barrier(len(actors))

    def run(actor: Actor) -> Any:
        with sessions() as session:
            start.wait()
            begin_write(session)
            try:
                result = act(session, actor)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error.code
            return result

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(run, actors))


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
