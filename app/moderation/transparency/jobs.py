"""The worker's part in the public figures: count them anew when they are an hour old."""

from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.core.db import begin_write
from app.jobs import Job
from app.moderation.transparency.counting import figures, keep, stale

COUNT_JOB: Final = "moderation.count_figures"


def run(edition_id: int) -> None:
    """Count one edition's figures, unless somebody just has."""
    with current_app.extensions["jsi_sessions"]() as session:
        if edition_id not in stale(session):
            return
        counted = figures(session, edition_id)
        # Counted before: nobody has to wait for their turn to write meanwhile.
        begin_write(session)
        keep(session, edition_id, counted)
        session.commit()


def due(session: Session) -> Iterable[int]:
    """The editions whose figures are too old."""
    return stale(session)


JOB: Final = Job(run=run, due=due)
