"""The worker's part in reminding: each minute, whose time has come."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from app.contributions.following import reminders
from app.jobs import Job, writing

REMIND_JOB: Final = "contributions.remind"


def run(contribution_id: int) -> None:
    """Owe one reminder, and tell the worker that sends it."""
    with writing() as session:
        reminders.remind(session, contribution_id)


def due(session: Session) -> Iterable[int]:
    """The contributions somebody is to be reminded of."""
    return list(reminders.due(session))


JOB: Final = Job(run=run, due=due)
