"""The worker's part: figures that no text mentions any more are let go of after a while."""

from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.core import clock
from app.jobs import Job, writing

SWEEP_JOB: Final = "sweep_figure"
MOST_AT_ONCE: Final = 200


def run(figure_id: int) -> None:
    """Look at one figure."""
    with writing() as session:
        figure_operations.sweep(session, figure_id, current_app.extensions["jsi_store"])


def due(session: Session) -> Iterable[int]:
    """The figures at which nobody has looked for a while."""
    return figure_queries.due(session, clock.now(), MOST_AT_ONCE)


JOB: Final = Job(run=run, due=due)
