"""The worker looks at what was handed in, as soon as a sweep finds it."""

import logging
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from app.jobs import Job, writing
from app.moderation.signs import operations
from app.moderation.signs.looking import look

logger = logging.getLogger(__name__)


def run(contribution_id: int) -> None:
    """Look at one that is due. What goes wrong is tried again a few times; nothing is raised."""
    sessions: sessionmaker[Session] = current_app.extensions["jsi_sessions"]
    with writing() as session:
        begun = operations.begin(session, contribution_id)
    if begun is None:
        return
    try:
        # Nothing is locked meanwhile.
        with sessions() as session:
            signs, bands = look(session, begun)
    except Exception:
        logger.exception("contribution %s could not be inspected", contribution_id)
        return
    with writing() as session:
        operations.finish(session, begun, signs, bands)


JOB: Final = Job(run=run, due=operations.due)
