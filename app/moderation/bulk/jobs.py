"""The worker does a run, one contribution after the other, and lets other work in between."""

import logging
import time
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from app.core.errors import DomainError
from app.jobs import Job, writing
from app.moderation.bulk import operations

logger = logging.getLogger(__name__)

#: How long it goes on before whatever else waits, mail above all, has its turn.
SECONDS: Final = 5


def run(run_id: int) -> None:
    """Go on with a run. Refusals are written down; nothing is raised."""
    sessions: sessionmaker[Session] = current_app.extensions["jsi_sessions"]
    with writing() as session:
        taken = operations.take(session, run_id)
    if not taken:
        return
    pause = time.monotonic() + SECONDS
    while (contribution_id := _next(sessions, run_id)) is not None:
        _do(run_id, contribution_id)
        if time.monotonic() > pause:
            with writing() as session:
                operations.hand_on(session, run_id)
            return
    with writing() as session:
        operations.finish(session, run_id)


def _next(sessions: sessionmaker[Session], run_id: int) -> int | None:
    with sessions() as session:
        return operations.next_item(session, run_id)


def _do(run_id: int, contribution_id: int) -> None:
    refusal = None
    try:
        with writing() as session:
            operations.do(session, run_id, contribution_id)
    except DomainError as error:
        refusal = error
    except Exception:
        logger.exception("run %s could not do contribution %s", run_id, contribution_id)
    else:
        return
    with writing() as session:
        operations.refuse(session, run_id, contribution_id, refusal)


def forget(run_id: int) -> None:
    """Remove a run that nobody has confirmed in time."""
    with writing() as session:
        operations.forget(session, run_id)


JOB: Final = Job(run=run, due=operations.due)
FORGET: Final = Job(run=forget, due=operations.expired)
