"""Holding a mail, noting what became of it, trying again: on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core.audit import AuditEntry
from app.core.db import begin_write
from app.core.errors import Forbidden, NotFound
from app.core.outbox import MailState, OutboxMail
from app.core.policy import NOBODY
from app.notifications import operations, queries
from tests.factories import Cast
from tests.notifications.mails import given_up, put

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def noon(at: At) -> None:
    at(NOON)


def held(session: Session) -> OutboxMail:
    mail = operations.lease(session, put(session).id)
    assert mail is not None
    session.expunge(mail)
    return mail


def test_lease_holds_a_waiting_mail_once(session: Session) -> None:
    mail = put(session)
    assert operations.lease(session, mail.id) is mail
    assert mail.lease_until == NOON + operations.LEASE
    assert operations.lease(session, mail.id) is None


def test_lease_of_a_killed_worker_ends(session: Session, at: At) -> None:
    mail = put(session)
    operations.lease(session, mail.id)
    assert list(queries.due(session, 10)) == []
    at(NOON + operations.LEASE)
    assert list(queries.due(session, 10)) == [mail.id]
    assert operations.lease(session, mail.id) is mail


def test_lease_leaves_alone_what_is_not_due_or_sent_or_given_up(session: Session) -> None:
    later, sent, failed = put(session, key="later"), put(session, key="sent"), given_up(session)
    later.due_at = NOON + timedelta(seconds=1)
    sent.state, sent.sent_at = MailState.SENT.value, NOON
    session.flush()
    assert [operations.lease(session, mail.id) for mail in (later, sent, failed)] == [None] * 3
    assert operations.lease(session, 4711) is None


def test_lease_by_two_workers_at_once_is_given_to_one(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        mail_id = put(session).id
    together, winners = Barrier(4), []

    def work() -> None:
        with sessions() as session:
            together.wait()
            begin_write(session)
            winners.append(operations.lease(session, mail_id) is not None)
            session.commit()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(winners) == [False, False, False, True]


def test_note_sent_forgets_what_the_words_needed(session: Session) -> None:
    mail = held(session)
    assert operations.note_sent(session, mail)
    now = session.get_one(OutboxMail, mail.id)
    assert (now.state, now.sent_at, now.data, now.lease_until) == ("sent", NOON, {}, None)
    assert now.attempts == 1


def test_note_sent_after_the_lease_passed_on_changes_nothing(session: Session, at: At) -> None:
    first = held(session)
    at(NOON + operations.LEASE)
    assert operations.lease(session, first.id) is not None
    assert not operations.note_sent(session, first)
    session.expire_all()
    assert session.get_one(OutboxMail, first.id).state == "waiting"


def test_note_refused_waits_longer_each_time_then_gives_up(session: Session, at: At) -> None:
    mail_id, now, pauses = put(session).id, NOON, []
    while True:
        mail = operations.lease(session, mail_id)
        assert mail is not None
        session.expunge(mail)
        if operations.note_refused(session, mail, "451 later") is MailState.FAILED:
            break
        due_at = session.get_one(OutboxMail, mail_id).due_at
        session.expunge_all()
        pauses.append(due_at - now)
        now = due_at
        at(now)
    assert pauses == list(operations.BACK_OFF)
    row = session.get_one(OutboxMail, mail_id)
    assert (row.state, row.attempts, row.error) == ("failed", 6, "451 later")
    assert row.data, "what the words need is kept for another try"
    assert list(queries.due(session, 10)) == []


def test_retry_by_an_administrator_starts_anew(session: Session, cast: Cast) -> None:
    mail = given_up(session)
    operations.retry(session, cast.actor("administrator"), mail.id)
    assert (mail.state, mail.attempts, mail.due_at) == ("waiting", 0, NOON)
    assert list(queries.due(session, 10)) == [mail.id]
    assert ("notifications.send", mail.id) in session.info["pending_jobs"]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("mail:retried", mail.id)
    assert entry.actor_id == cast.administrator.id


def test_retry_of_a_mail_that_is_being_sent_keeps_its_lease(session: Session, cast: Cast) -> None:
    mail = put(session)
    operations.lease(session, mail.id)
    operations.retry(session, cast.actor("administrator"), mail.id)
    assert operations.lease(session, mail.id) is None


@pytest.mark.parametrize("name", ["author", "stranger", "moderator", "organiser"])
def test_retry_by_anybody_else_is_refused(session: Session, cast: Cast, name: str) -> None:
    mail = given_up(session)
    with pytest.raises(Forbidden):
        operations.retry(session, cast.actor(name), mail.id)
    with pytest.raises(Forbidden):
        operations.retry(session, NOBODY, mail.id)
    assert mail.state == "failed"


def test_retry_of_a_sent_or_unknown_mail_finds_nothing(session: Session, cast: Cast) -> None:
    sent = held(session)
    operations.note_sent(session, sent)
    for mail_id in (sent.id, 4711):
        with pytest.raises(NotFound):
            operations.retry(session, cast.actor("administrator"), mail_id)
