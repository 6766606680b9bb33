"""An inspection's life: which are due, begun, and written down. The worker's part.

What is due follows from the contributions themselves. Each beginning is counted and written before
anything is looked at, so that a text over which a worker dies is not tried for ever; only the
worker that began last may write.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import clock
from app.core.errors import NotFound
from app.core.languages import LANGUAGES
from app.editions.models import Track
from app.moderation.policy import PRIVATE
from app.moderation.signs.inspecting import INSPECTOR, Other, Sign
from app.moderation.signs.models import Inspection, Sketch

INSPECT_JOB: Final = "inspect_contribution"
SILENCE: Final = timedelta(minutes=3)
"""A worker that has not come to an end after so long is dead: looking takes seconds."""

MOST_ATTEMPTS: Final = 3
MOST_AT_ONCE: Final = 200
MOST_COMPARED: Final = 10
MOST_CHARACTERS: Final = 1_000_000
"""Of other essays that are compared: the most promising."""

UNREADABLE: Final[Sign] = {"kind": "unreadable"}

#: What its author hasn't handed in, or has taken back, is compared with nothing.
_KEPT: Final = tuple(state.value for state in State if state not in PRIVATE)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be looked at; ``least`` and ``most``: the length its track asks for."""

    contribution_id: int
    revision_id: int
    attempt: int
    owner_id: int
    language: str
    body: str
    length: int
    least: int
    most: int


def due(session: Session) -> list[int]:
    """Ids of what has not been looked at as it is now, what waits for moderators first."""
    waits = Contribution.state == State.SUBMITTED.value
    return list(
        session.scalars(
            select(Contribution.id)
            .outerjoin(Inspection, Inspection.contribution_id == Contribution.id)
            .where(Contribution.state.in_(_KEPT), _is_due())
            .order_by(waits.desc(), Contribution.id)
            .limit(MOST_AT_ONCE)
        )
    )


def _is_due() -> ColumnElement[bool]:
    silent = or_(Inspection.begun_at.is_(None), Inspection.begun_at < clock.now() - SILENCE)
    return and_(
        Contribution.revision_id.is_not(None),
        or_(
            Inspection.contribution_id.is_(None),
            Inspection.revision_id != Contribution.revision_id,
            Inspection.inspector != INSPECTOR,
            and_(Inspection.inspected_at.is_(None), silent),
        ),
    )


def begin(session: Session, contribution_id: int) -> Begun | None:
    """Begin to look at one that is due; None where there is none.

    One that was begun :data:`MOST_ATTEMPTS` times without an end gets the sign that says so.
    """
    try:
        contribution = lock(session, contribution_id)
    except NotFound:
        return None
    if contribution.id not in session.scalars(_still_due(contribution_id)).all():
        return None
    inspection = session.get(Inspection, contribution_id, populate_existing=True)
    if inspection is None:
        inspection = Inspection(contribution_id=contribution_id, attempt=0)
        session.add(inspection)
    seen = (inspection.revision_id, inspection.inspector)
    anew = inspection.inspected_at is not None or seen != (contribution.revision_id, INSPECTOR)
    inspection.revision_id = contribution.revision_id  # type: ignore[assignment]  # it is due
    inspection.inspector = INSPECTOR
    inspection.attempt = 1 if anew else inspection.attempt + 1
    inspection.begun_at, inspection.inspected_at = clock.now(), None
    if inspection.attempt > MOST_ATTEMPTS:
        inspection.inspected_at, inspection.signs = clock.now(), [UNREADABLE]
        return None
    session.flush()
    return _begun(session, contribution, inspection)


def _still_due(contribution_id: int) -> Select[int]:
    return (
        select(Contribution.id)
        .outerjoin(Inspection, Inspection.contribution_id == Contribution.id)
        .where(Contribution.id == contribution_id, Contribution.state.in_(_KEPT), _is_due())
    )


def _begun(session: Session, contribution: Contribution, inspection: Inspection) -> Begun:
    revision = session.get_one(Revision, inspection.revision_id)
    track = session.scalars(
        select(Track).where(
            Track.edition_id == contribution.edition_id, Track.code == contribution.track
        )
    ).one()
    characters = LANGUAGES[revision.language].counts_characters
    return Begun(
        contribution_id=contribution.id,
        revision_id=revision.id,
        attempt=inspection.attempt,
        owner_id=contribution.owner_id,
        language=revision.language,
        body=revision.body,
        length=revision.length,
        least=track.min_characters if characters else track.min_length,
        most=track.max_characters if characters else track.max_length,
    )


def candidates(session: Session, contribution_id: int, bands: frozenset[int]) -> list[Other]:
    """Essays with a band in common, those with the most first. Two queries, by the index."""
    if not bands:
        return []
    ids = [row.contribution_id for row in session.execute(sharing(contribution_id, bands))]
    rows = session.execute(
        select(Contribution.id, Revision.language, Revision.body)
        .join(Revision, Revision.id == Contribution.revision_id)
        .where(Contribution.id.in_(ids), Contribution.state.in_(_KEPT))
    ).all()
    found: list[Other] = []
    left = MOST_CHARACTERS
    for id, language, body in sorted(rows, key=lambda row: ids.index(row.id)):
        left -= len(body)
        if left < 0:
            break
        found.append(Other(id, language, body))
    return found


def sharing(contribution_id: int, bands: frozenset[int]) -> Select[Any]:
    """The statement for the ids of others with bands in common, by how many."""
    return (
        select(Sketch.contribution_id)
        .where(Sketch.value.in_(bands), Sketch.contribution_id != contribution_id)
        .group_by(Sketch.contribution_id)
        .order_by(func.count().desc(), Sketch.contribution_id)
        .limit(MOST_COMPARED)
    )


def history(session: Session, begun: Begun) -> list[Sign]:
    """What became of the same account's other contributions: ``history`` with number by outcome.

    One query; nothing where there is none. What was not handed in, or was taken back, isn't told.
    """
    rows = session.execute(
        select(Contribution.state, func.count())
        .where(
            Contribution.owner_id == begun.owner_id,
            Contribution.id != begun.contribution_id,
            Contribution.state.in_(_KEPT),
        )
        .group_by(Contribution.state)
    )
    numbers: dict[str, int] = {}
    for state, number in rows:
        outcome = OUTCOMES.get(State(state), "waiting")
        numbers[outcome] = numbers.get(outcome, 0) + number
    return [{"kind": "history", **numbers}] if numbers else []


#: All others wait.
OUTCOMES: Final = {
    State.ACCEPTED: "accepted",
    State.PUBLISHED: "accepted",
    State.REJECTED: "rejected",
    State.SPAM: "spam",
    State.REMOVED: "removed",
}


def finish(session: Session, begun: Begun, signs: list[Sign], bands: frozenset[int]) -> bool:
    """Write down what was noticed; False where somebody else has begun meanwhile, or it is gone."""
    try:
        lock(session, begun.contribution_id)
    except NotFound:
        return False
    inspection = session.get(Inspection, begun.contribution_id, populate_existing=True)
    ours = (begun.revision_id, begun.attempt)
    if inspection is None or (inspection.revision_id, inspection.attempt) != ours:
        return False
    inspection.signs = signs
    inspection.inspected_at = clock.now()
    session.execute(delete(Sketch).where(Sketch.contribution_id == begun.contribution_id))
    if bands:
        rows = [{"value": band, "contribution_id": begun.contribution_id} for band in bands]
        session.execute(insert(Sketch), rows)
    session.flush()
    return True
