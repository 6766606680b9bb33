"""The worker does a run, one contribution after the other."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from app.core import queue
from app.core.db import begin_write
from app.core.errors import DomainError
from app.jobs import Job
from app.moderation.bulk import operations

logger = logging.getLogger(__name__)


def run(run_id: int) -> None:
    """Do what is left of a run. Refusals are written down; nothing is raised."""
    sessions: sessionmaker[Session] = current_app.extensions["jsi_sessions"]
    with _writing(sessions) as session:
        taken = operations.take(session, run_id)
    if not taken:
        return
    while (contribution_id := _next(sessions, run_id)) is not None:
        _do(sessions, run_id, contribution_id)
    with _writing(sessions) as session:
        operations.finish(session, run_id)


def _next(sessions: sessionmaker[Session], run_id: int) -> int | None:
    with sessions() as session:
        return operations.next_item(session, run_id)


def _do(sessions: sessionmaker[Session], run_id: int, contribution_id: int) -> None:
    refusal = None
    try:
        with _writing(sessions) as session:
            operations.do(session, run_id, contribution_id)
    except DomainError as error:
        refusal = error
    except Exception:
        logger.exception("run %s could not do contribution %s", run_id, contribution_id)
    else:
        return
    with _writing(sessions) as session:
        operations.refuse(session, run_id, contribution_id, refusal)


@contextmanager
def _writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        begin_write(session)
        yield session
        session.commit()
        queue.dispatch(session, current_app.extensions["jsi_send_job"])


JOB: Final = Job(run=run, due=operations.due, long=True)
