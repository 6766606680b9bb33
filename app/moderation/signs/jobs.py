"""The worker looks at what was handed in, as soon as a sweep finds it."""

import logging
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from app.documents.parse import parse
from app.jobs import Job, writing
from app.moderation.signs import inspecting, operations
from app.moderation.signs.inspecting import Sign
from app.moderation.signs.operations import Begun
from app.moderation.signs.sketches import sketch

logger = logging.getLogger(__name__)


def run(contribution_id: int) -> None:
    """Look at one that is due. What goes wrong is tried again a few times; nothing is raised."""
    sessions: sessionmaker[Session] = current_app.extensions["jsi_sessions"]
    with writing() as session:
        begun = operations.begin(session, contribution_id)
    if begun is None:
        return
    try:
        signs, bands = _look(sessions, begun)
    except Exception:
        logger.exception("contribution %s could not be inspected", contribution_id)
        return
    with writing() as session:
        operations.finish(session, begun, signs, bands)


def _look(sessions: sessionmaker[Session], begun: Begun) -> tuple[list[Sign], frozenset[int]]:
    """What is noticed, and the sketch; nothing is locked meanwhile."""
    document = parse(begun.body)
    bands = sketch(document, begun.language)
    with sessions() as session:
        others = operations.candidates(session, begun.contribution_id, bands)
        history = operations.history(session, begun)
    about = {"length": begun.length, "least": begun.least, "most": begun.most}
    return [
        *inspecting.of_others(document, begun.language, others),
        *inspecting.of_text(document, begun.language, **about),
        *history,
    ], bands


JOB: Final = Job(run=run, due=operations.due)
