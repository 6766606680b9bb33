"""The worker's part in releasing: one decision after the other, each in its own transaction."""

import logging
from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.jobs import Job, writing
from app.moderation.decisions import releasing

logger = logging.getLogger(__name__)


def run(edition_id: int) -> None:
    """Carry out what has been released in an edition, however often it is asked for.

    One that can't be carried out is tried again by the next sweep; those behind it don't wait.
    """
    with current_app.extensions["jsi_sessions"]() as session:
        wanted = [decision_id for _edition, decision_id in releasing.due(session, edition_id)]
    for decision_id in wanted:
        try:
            with writing() as session:
                releasing.carry_out_released(session, decision_id)
        except Exception:
            logger.exception("decision %s could not be carried out", decision_id)


def due(session: Session) -> Iterable[int]:
    """The editions in which something has been released and not carried out."""
    return sorted({edition_id for edition_id, _decision in releasing.due(session)})


JOB: Final = Job(run=run, due=due)
