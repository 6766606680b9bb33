"""At the same instant: one run for many clicks, each essay given once, each item done once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.core.audit import AuditEntry
from app.core.db import begin_write
from app.core.errors import DomainError
from app.core.policy import Actor, Role
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import BulkItem
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision
from app.moderation.search.language import EVERYTHING
from tests.factories import make_account
from tests.moderation.crowds import CROWD, at_once, crowd

ESSAYS = 12


def prepared(
    sessions: sessionmaker[Session], actor: Actor, action: Action, to: int | None = None
) -> int:
    with sessions() as session:
        begin_write(session)
        run = operations.prepare(session, actor, action, EVERYTHING, {"to": to})
        session.commit()
        return run.id


def started(
    sessions: sessionmaker[Session], actor: Actor, action: Action, to: int | None = None
) -> int:
    run_id = prepared(sessions, actor, action, to)
    with sessions() as session:
        begin_write(session)
        assert operations.confirm(session, actor, run_id)
        assert operations.take(session, run_id)
        session.commit()
    return run_id


def work(sessions: sessionmaker[Session], start: Barrier, run_id: int) -> None:
    """As the worker does, each in a transaction of its own."""
    start.wait()
    while True:
        with sessions() as session:
            if (contribution_id := operations.next_item(session, run_id)) is None:
                return
        with sessions() as session:
            begin_write(session)
            try:
                operations.do(session, run_id, contribution_id)
                session.commit()
                continue
            except DomainError as error:
                session.rollback()
                refusal = error
            begin_write(session)
            operations.refuse(session, run_id, contribution_id, refusal)
            session.commit()


def at_work(sessions: sessionmaker[Session], *runs: int) -> None:
    start = Barrier(len(runs))
    with ThreadPoolExecutor(len(runs)) as pool:
        list(pool.map(lambda run_id: work(sessions, start, run_id), runs))


def test_confirm_by_many_clicks_at_once_is_one_run(sessions: sessionmaker[Session]) -> None:
    [actor, *_], _essays = crowd(sessions, 1)
    run_id = prepared(sessions, actor, Action.SPAM)
    clicks = at_once(
        sessions,
        [actor] * CROWD,
        lambda session, actor: operations.confirm(session, actor, run_id),
    )
    assert sorted(clicks) == [False] * (CROWD - 1) + [True]
    with sessions() as session:
        entries = select(func.count()).where(AuditEntry.action == "bulk:started")
        assert session.scalar(entries) == 1


def test_the_same_asked_for_by_two_organisers_at_once_gives_each_once(
    sessions: sessionmaker[Session],
) -> None:
    moderators, essays = crowd(sessions, ESSAYS)
    with sessions() as session:
        organisers = [
            make_account(session, f"organiser.{index}@example.org", Role.ORGANISER).actor
            for index in range(2)
        ]
        session.commit()
    runs = [
        started(sessions, organiser, Action.ASSIGN, moderator.id)
        for organiser, moderator in zip(organisers, moderators[:2], strict=True)
    ]
    at_work(sessions, *runs)
    with sessions() as session:
        given = {each.contribution_id: each.moderator_id for each in session.scalars(select(Claim))}
        assert sorted(given) == essays
        for run_id, organiser, moderator in zip(runs, organisers, moderators, strict=False):
            items = session.scalars(select(BulkItem).where(BulkItem.run_id == run_id)).all()
            for item in items:
                won = given[item.contribution_id] == moderator.id
                expected = ("done", "") if won else ("refused", "claim.held_by_other")
                assert (item.state, item.code) == expected
            assert queries.run(session, organiser, run_id).number == ESSAYS
        entries = select(func.count()).where(AuditEntry.action == "contribution:assigned")
        assert session.scalar(entries) == ESSAYS


def test_two_workers_at_one_run_do_each_once(sessions: sessionmaker[Session]) -> None:
    [actor, *_], essays = crowd(sessions, ESSAYS)
    run_id = started(sessions, actor, Action.SPAM)
    at_work(sessions, run_id, run_id)
    with sessions() as session:
        decided = session.scalars(select(Decision.contribution_id)).all()
        assert sorted(decided) == essays
        line = queries.run(session, actor, run_id)
        assert (line.done, line.refused) == (ESSAYS, 0)
