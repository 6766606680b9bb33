"""From the outbox to a real SMTP server: none lost, none sent twice."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.config import ROOT, Settings
from app.contributions.states import State
from app.core import clock, queue
from app.core.outbox import MailKind, OutboxMail
from app.notifications import jobs, operations
from app.notifications.models import DemoMessage
from tests.factories import Cast, make_contribution, make_edition
from tests.notifications.mails import DATA, put
from tests.notifications.smtp import Postbox, Server

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
At = Callable[[datetime], None]
Work = Callable[[], int]


@pytest.fixture
def mail(db: Session) -> OutboxMail:
    """One mail, owed."""
    mail = put(db, MailKind.RECEIPT, language="fr")
    db.commit()
    return mail


def sweep(app: Flask, work: Work) -> None:
    """What the worker does each minute, and the jobs that come of it."""
    app.extensions["jsi_sweep"]()
    work()


def reread(db: Session, mail: OutboxMail) -> OutboxMail:
    db.rollback()
    db.refresh(mail)
    return mail


def test_send_delivers_what_was_committed(
    app: Flask, db: Session, mail: OutboxMail, work: Work, postbox: Postbox
) -> None:
    queue.dispatch(db, app.extensions["jsi_send_job"])
    assert work() == 1
    (message,) = postbox.messages
    assert message["To"] == "someone@example.org"
    assert message["From"] == "site@example.org"
    assert message["Content-Language"] == "fr"
    assert "2017-J-042" in message["Subject"]
    assert reread(db, mail).state == "sent"
    assert mail.data == {}


def test_send_of_what_was_rolled_back_does_nothing(
    app: Flask, db: Session, work: Work, postbox: Postbox
) -> None:
    mail_id = put(db).id
    db.rollback()
    app.extensions["jsi_send_job"](jobs.operations.SEND_JOB, mail_id)
    work()
    assert postbox.messages == []


def test_send_repeated_delivers_once(
    app: Flask, mail: OutboxMail, work: Work, postbox: Postbox
) -> None:
    for _ in range(3):
        app.extensions["jsi_send_job"](operations.SEND_JOB, mail.id)
    assert work() == 3
    sweep(app, work)
    assert len(postbox.messages) == 1


def test_send_by_several_workers_at_once_delivers_once(
    app: Flask, mail: OutboxMail, postbox: Postbox
) -> None:
    def work() -> None:
        with app.app_context():
            jobs.send(mail.id)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(postbox.messages) == 1


def test_send_on_either_database_delivers_once(
    sessions: sessionmaker[Session], app: Flask, postbox: Postbox
) -> None:
    with sessions.begin() as session:
        mail_id = put(session).id
    app.extensions["jsi_sessions"] = sessions
    with app.app_context():
        jobs.send(mail_id)
        jobs.send(mail_id)
    assert len(postbox.messages) == 1
    with sessions() as session:
        assert session.get_one(OutboxMail, mail_id).state == "sent"


def test_send_refused_then_accepted_loses_nothing(
    app: Flask, db: Session, mail: OutboxMail, work: Work, postbox: Postbox, at: At
) -> None:
    at(NOON)
    mail.due_at = NOON
    db.commit()
    postbox.refuse = "451 come back later"
    sweep(app, work)
    assert (reread(db, mail).state, mail.attempts) == ("waiting", 1)
    assert mail.error == "451 come back later"
    postbox.refuse = ""
    sweep(app, work)
    assert postbox.messages == [], "not before its time"
    at(NOON + operations.BACK_OFF[0])
    sweep(app, work)
    assert len(postbox.messages) == 1
    assert (reread(db, mail).state, mail.error, mail.attempts) == ("sent", None, 2)


def test_send_refused_for_good_is_given_up(
    app: Flask, db: Session, mail: OutboxMail, work: Work, postbox: Postbox, at: At
) -> None:
    postbox.refuse = "550 no such person"
    for _ in range(6):
        at(mail.due_at)
        sweep(app, work)
        reread(db, mail)
    assert (mail.state, mail.attempts, mail.error) == ("failed", 6, "550 no such person")
    assert mail.data


def test_send_to_a_server_that_is_away_waits(
    settings: Settings, db: Session, mail: OutboxMail
) -> None:
    with Server() as gone:
        url = gone.url
    app = create_app(replace(settings, mail_url=url))
    with app.app_context():
        jobs.send(mail.id)
    assert (reread(db, mail).state, mail.attempts) == ("waiting", 1)
    assert mail.error is not None
    assert mail.error.startswith("ConnectionRefusedError")


def test_send_retries_with_the_same_message_id(
    app: Flask, db: Session, mail: OutboxMail, work: Work, postbox: Postbox, at: At
) -> None:
    """The one case left: the server took it, and the worker died before it could say so."""
    sweep(app, work)
    row = reread(db, mail)
    row.state, row.sent_at, row.data = "waiting", None, DATA[MailKind.RECEIPT]
    db.commit()
    sweep(app, work)
    assert len({message["Message-ID"] for message in postbox.messages}) == 1
    assert len(postbox.messages) == 2


def test_send_without_a_server_waits_and_costs_no_attempt(
    settings: Settings, db: Session, mail: OutboxMail
) -> None:
    app = create_app(replace(settings, mail_url=""))
    with app.app_context():
        jobs.send(mail.id)
        assert list(jobs.due(db)) == []
    assert (reread(db, mail).state, mail.attempts, mail.lease_until) == ("waiting", 0, None)


def test_send_that_cannot_be_put_into_words_is_noted(
    app: Flask, db: Session, mail: OutboxMail, work: Work
) -> None:
    mail.data = {}
    db.commit()
    sweep(app, work)
    assert (reread(db, mail).state, mail.attempts) == ("waiting", 1)
    assert mail.error


def test_send_in_the_demonstration_keeps_the_mail(
    demo: Flask, db: Session, mail: OutboxMail, postbox: Postbox
) -> None:
    with demo.app_context():
        jobs.send(mail.id)
        jobs.send(mail.id)
    kept = db.scalars(select(DemoMessage)).one()
    assert (kept.mail_id, kept.recipient, kept.language) == (mail.id, mail.recipient, "fr")
    assert "2017-J-042" in kept.subject
    assert "https://site.example/" in kept.text
    assert postbox.messages == []
    assert reread(db, mail).state == "sent"


@pytest.fixture
def worker_environment(settings: Settings, server: Server) -> dict[str, str]:
    return {
        "JSI_DATA_DIR": str(settings.data_dir),
        "JSI_DATABASE_URL": settings.database_url,
        "JSI_MAIL_URL": server.url,
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }


KILLED = """
import os, signal
from app import create_app
from app.notifications import jobs
jobs.mails.render = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
app = create_app()
with app.app_context():
    jobs.send({mail_id})
"""


def test_send_by_a_worker_killed_on_the_way_is_taken_up_after_its_lease(
    app: Flask,
    db: Session,
    mail: OutboxMail,
    work: Work,
    postbox: Postbox,
    at: At,
    worker_environment: dict[str, str],
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(mail_id=mail.id)],
        env=worker_environment,
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -9
    lease = reread(db, mail).lease_until
    assert lease is not None
    sweep(app, work)
    assert postbox.messages == [], "another worker might still be sending it"
    at(lease)
    sweep(app, work)
    assert len(postbox.messages) == 1
    assert reread(db, mail).state == "sent"


def test_send_of_an_acceptance_leads_to_the_published_essay(
    app: Flask, db: Session, work: Work, postbox: Postbox, people: Cast
) -> None:
    essay = make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    put(db, MailKind.DECISION, verdict="accept", contribution=essay.id, number=essay.number)
    db.commit()
    sweep(app, work)
    text = postbox.messages[-1].get_body(("plain",))
    assert text is not None
    assert f"https://site.example/en/contributions/{essay.number}/" in text.get_content()


def test_due_of_many_takes_the_oldest_first(app: Flask, db: Session) -> None:
    early, late = put(db, key="1"), put(db, key="2")
    early.due_at, late.due_at = clock.now().replace(year=2020), clock.now().replace(year=2019)
    db.commit()
    with app.app_context():
        assert list(jobs.due(db)) == [late.id, early.id]


@pytest.fixture
def worker(worker_environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.worker"], env=worker_environment, cwd=ROOT, text=True
    )
    yield process
    process.terminate()
    process.wait(20)


def test_send_by_the_real_worker_empties_the_outbox(
    db: Session, worker: subprocess.Popen[str], postbox: Postbox
) -> None:
    mails = [put(db, key=f"mail {number}") for number in range(20)]
    db.commit()
    until = time.monotonic() + 60
    while len(postbox.messages) < len(mails) and time.monotonic() < until:
        time.sleep(0.1)
    assert len({message["Message-ID"] for message in postbox.messages}) == len(mails)
    assert len(postbox.messages) == len(mails)


def test_address_of_a_sent_mail_is_forgotten_after_a_month(
    app: Flask, db: Session, mail: OutboxMail, work: Work, at: At, postbox: Postbox
) -> None:
    at(NOON)
    mail.due_at = NOON
    db.commit()
    sweep(app, work)
    at(NOON + operations.REMEMBERED)
    sweep(app, work)
    assert reread(db, mail).recipient == "someone@example.org"

    at(NOON + operations.REMEMBERED + timedelta(seconds=1))
    sweep(app, work)

    assert reread(db, mail).recipient == ""
    assert mail.sent_at == NOON
    assert len(postbox.messages) == 1
    with app.extensions["jsi_sessions"]() as session:
        assert not jobs.to_forget(session)


def test_address_of_a_mail_sent_lately_is_kept(
    app: Flask, db: Session, work: Work, mail: OutboxMail, postbox: Postbox
) -> None:
    sweep(app, work)
    assert reread(db, mail).sent_at is not None

    with app.app_context():
        jobs.forget(mail.id)

    assert reread(db, mail).recipient == "someone@example.org"


def test_address_of_a_mail_still_owed_is_kept(
    app: Flask, db: Session, mail: OutboxMail, at: At
) -> None:
    at(clock.now() + 2 * operations.REMEMBERED)

    with app.app_context():
        jobs.forget(mail.id)

    assert reread(db, mail).recipient == "someone@example.org"
