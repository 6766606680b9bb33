"""The worker: which jobs there are, how a request sends one, and the sweep that forgets none."""

import ctypes
import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Semaphore
from typing import Final

from flask import Flask, current_app
from huey import Huey, crontab
from sqlalchemy.orm import Session

from app.config import SettingsError
from app.core import db, queue


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work on a row.

    Attributes:
        run: does it; must bear being called twice for the same row.
        due: ids of the rows that wait for it although nobody may have told the worker.
        long: takes minutes; a worker does one such job at a time, so that mail is never kept
            waiting by books.
    """

    run: Callable[[int], None]
    due: Callable[[Session], Iterable[int]]
    long: bool = False


JOBS: Final[dict[str, Job]] = {}
_LONG: Final = Semaphore()
_AGAIN_SECONDS: Final = 2


def init_app(app: Flask, url: str) -> None:
    """Connect the application to its queue, and teach the queue the jobs.

    Raises SettingsError where there is no queue at that address.
    """
    try:
        huey = queue.make_queue(url)
    except Exception as error:
        words = " ".join(str(error).split())
        raise SettingsError(f"The queue cannot be used (JSI_QUEUE_URL): {words}") from error
    app.extensions["jsi_queue"] = huey

    def run(name: str, row_id: int, of_sweep: bool = False) -> None:
        job = JOBS[name]
        if job.long and not _LONG.acquire(blocking=False):
            # Of each minute there would be another note waiting beside the first.
            if not of_sweep:
                run_task.schedule((name, row_id), delay=_AGAIN_SECONDS)
            return
        try:
            with app.app_context():
                job.run(row_id)
        finally:
            if job.long:
                _give_back_memory()
                _LONG.release()

    def sweep() -> None:
        with app.app_context(), app.extensions["jsi_sessions"]() as session:
            for name, job in JOBS.items():
                try:
                    due = [*job.due(session)]
                except Exception:
                    # What is wrong with one kind of work keeps no other from being done.
                    app.logger.exception("could not see what is due of %s", name)
                    session.rollback()
                    continue
                for row_id in due:
                    run_task(name, row_id, of_sweep=True)

    run_task = huey.task(name="run")(run)
    huey.periodic_task(crontab(minute="*"), name="sweep")(sweep)
    app.extensions["jsi_sweep"] = sweep

    def send(name: str, row_id: int) -> None:
        try:
            run_task(name, row_id)
        except Exception:
            # The row is there; the sweep will find it.
            app.logger.exception("could not tell the worker of %s %s", name, row_id)

    app.extensions["jsi_send_job"] = send


def _give_back_memory() -> None:
    """What a long job took and freed goes back to the system, where its C library can do that."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def writing() -> Iterator[Session]:
    """A job's writing transaction; the jobs it asks for leave after the commit."""
    with db.writing(current_app.extensions["jsi_sessions"]) as session:
        yield session
    queue.dispatch(session, current_app.extensions["jsi_send_job"])


def drain(huey: Huey) -> int:
    """Do what waits in the queue, here and now; the number of jobs done. For tests and commands."""
    done = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        done += 1
    return done
