"""An inspection's life: which are due, begun, and written down. The worker's part.

What is due is written down when it becomes due (``Contribution.inspect_at``). Each beginning is
counted and written before anything is looked at, so that a text over which a worker dies is not
tried for ever; only the worker that began last may write.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Select, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.moves import lock
from app.contributions.states import State
from app.core import clock
from app.core.errors import NotFound
from app.core.languages import LANGUAGES
from app.editions.queries import track_of
from app.moderation.policy import PRIVATE
from app.moderation.signs.inspecting import DUPLICATE, INSPECTOR, Other, Sign
from app.moderation.signs.models import Inspection, Resemblance, Sketch

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
    """Ids of what has not been looked at as it is now, what waits for moderators first.

    One query by an index, and a second one where that finds little: what was looked at by other
    rules than today's. Neither costs more for essays at which nobody has to look.
    """
    found = session.scalars(waiting()).all()
    others = session.scalars(by_other_rules(MOST_AT_ONCE - len(found))).all()
    return list(dict.fromkeys([*found, *others]))


def waiting() -> Select[int]:
    """The statement for the ids of what nobody has looked at, or has come to no end with."""
    waits = Contribution.state == State.SUBMITTED.value
    return (
        select(Contribution.id)
        .where(Contribution.inspect_at <= clock.now())
        .order_by(waits.desc(), Contribution.id)
        .limit(MOST_AT_ONCE)
    )


def by_other_rules(most: int) -> Select[int]:
    """The same of what was looked at by other rules than today's."""
    # An index finds what is less or more, not what is another. One that is begun has its moment.
    others = or_(Inspection.inspector < INSPECTOR, Inspection.inspector > INSPECTOR)
    return (
        select(Inspection.contribution_id)
        .where(others, Inspection.inspected_at.is_not(None))
        .limit(most)
    )


def begin(session: Session, contribution_id: int) -> Begun | None:
    """Begin to look at one that is due; None where there is none.

    One that was begun :data:`MOST_ATTEMPTS` times without an end gets the sign that says so.
    """
    try:
        contribution = lock(session, contribution_id)
    except NotFound:
        return None
    inspection = session.get(Inspection, contribution_id, populate_existing=True)
    if not _is_still_due(contribution, inspection):
        return None
    if contribution.state in PRIVATE:
        _leave(contribution, inspection)
        return None
    if inspection is None:
        inspection = Inspection(contribution_id=contribution_id, attempt=0)
        session.add(inspection)
    seen = (inspection.revision_id, inspection.inspector)
    anew = inspection.inspected_at is not None or seen != (contribution.revision_id, INSPECTOR)
    inspection.revision_id = contribution.revision_id  # type: ignore[assignment]  # it is due
    inspection.inspector = INSPECTOR
    inspection.attempt = 1 if anew else inspection.attempt + 1
    inspection.begun_at, inspection.inspected_at = clock.now(), None
    contribution.inspect_at = clock.now() + SILENCE
    if inspection.attempt > MOST_ATTEMPTS:
        inspection.inspected_at, inspection.signs = clock.now(), [UNREADABLE]
        contribution.inspect_at = None
        return None
    session.flush()
    return _begun(session, contribution, inspection)


def _is_still_due(contribution: Contribution, inspection: Inspection | None) -> bool:
    if contribution.inspect_at is not None:
        return contribution.inspect_at <= clock.now()
    return inspection is not None and inspection.inspector != INSPECTOR


def _leave(contribution: Contribution, inspection: Inspection | None) -> None:
    """Its author has taken it back; it becomes due again when it is handed in again."""
    contribution.inspect_at = None
    if inspection is not None:
        inspection.inspector = INSPECTOR


def _begun(session: Session, contribution: Contribution, inspection: Inspection) -> Begun:
    revision = session.get_one(Revision, inspection.revision_id)
    track = track_of(session, contribution.edition_id, contribution.track)
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


def finish(session: Session, begun: Begun, signs: list[Sign], bands: frozenset[int]) -> bool:
    """Write down what was noticed; False where somebody else has begun meanwhile, or it is gone."""
    try:
        contribution = lock(session, begun.contribution_id)
    except NotFound:
        return False
    inspection = session.get(Inspection, begun.contribution_id, populate_existing=True)
    ours = (begun.revision_id, begun.attempt)
    if inspection is None or (inspection.revision_id, inspection.attempt) != ours:
        return False
    inspection.signs = signs
    inspection.inspected_at = clock.now()
    if contribution.revision_id == begun.revision_id:
        contribution.inspect_at = None
    session.execute(delete(Sketch).where(Sketch.contribution_id == begun.contribution_id))
    if bands:
        rows = [{"value": band, "contribution_id": begun.contribution_id} for band in bands]
        session.execute(insert(Sketch), rows)
    _keep_resemblances(session, begun.contribution_id, signs)
    session.flush()
    return True


def _keep_resemblances(session: Session, contribution_id: int, signs: list[Sign]) -> None:
    """So that who reads the other essay is told too, without looking at that one again."""
    session.execute(delete(Resemblance).where(Resemblance.contribution_id == contribution_id))
    shares = {sign["contribution"]: sign["percent"] for sign in signs if sign["kind"] == DUPLICATE}
    if not shares:
        return
    # One of them may be gone since.
    there = session.scalars(select(Contribution.id).where(Contribution.id.in_(shares)))
    session.add_all(
        Resemblance(contribution_id=contribution_id, other_id=other_id, percent=shares[other_id])
        for other_id in there
    )
