"""The worker's part in digests: each minute, whose time has come."""

from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.jobs import Job, writing
from app.moderation.digests import operations

DIGEST_JOB: Final = "moderation.digest"


def run(account_id: int) -> None:
    """Owe one digest, and tell the worker that sends it."""
    days = current_app.config["JSI"].overdue_days
    with writing() as session:
        operations.owe(session, account_id, overdue_days=days)


def due(session: Session) -> Iterable[int]:
    """The moderators whose digest is due."""
    return operations.due(session)


JOB: Final = Job(run=run, due=due)
