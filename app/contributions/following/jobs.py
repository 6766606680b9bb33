"""The worker's part in reminding: each minute, whose time has come."""

from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.contributions.following import reminders
from app.core import queue
from app.core.db import begin_write
from app.jobs import Job

REMIND_JOB: Final = "contributions.remind"


def run(contribution_id: int) -> None:
    """Owe one reminder, and tell the worker that sends it."""
    with current_app.extensions["jsi_sessions"]() as session:
        begin_write(session)
        reminders.remind(session, contribution_id)
        session.commit()
        queue.dispatch(session, current_app.extensions["jsi_send_job"])


def due(session: Session) -> Iterable[int]:
    """The contributions somebody is to be reminded of."""
    return list(reminders.due(session))


JOB: Final = Job(run=run, due=due)
