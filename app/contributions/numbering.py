"""The citable numbers of contributions, and changing the track, which changes the number."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.policy import TrackCode
from app.editions.models import Edition

LETTERS = {TrackCode.JURIST: "J", TrackCode.DIGITAL_ACTOR: "D"}


def number(session: Session, contribution: Contribution) -> None:
    """Give it its citable number, the next of its edition and track, once and for all."""
    if contribution.number is None:
        _give(session, contribution, TrackCode(contribution.track))


def change_track(session: Session, contribution: Contribution, track: TrackCode) -> None:
    """Put it into another track, with a number of its own there; the former one is kept.

    A step of other operations: it checks no permission.
    """
    former = contribution.number
    _give(session, contribution, track)
    contribution.former_number = former


def _give(session: Session, contribution: Contribution, track: TrackCode) -> None:
    # Held until the end, so that two submissions at once get two numbers.
    edition = session.get_one(Edition, contribution.edition_id, with_for_update=True)
    start = f"{edition.prefix}-{LETTERS[track]}-"
    last = session.scalar(
        select(func.max(Contribution.sequence)).where(
            Contribution.edition_id == edition.id, Contribution.track == track.value
        )
    )
    # Those that have left for the other track took their numbers with them.
    gone = session.scalars(
        select(Contribution.former_number).where(
            Contribution.edition_id == edition.id,
            Contribution.former_number.startswith(start, autoescape=True),
        )
    )
    sequence = max(last or 0, *(int(each.removeprefix(start)) for each in gone if each), 0) + 1
    contribution.track = track.value
    contribution.sequence = sequence
    contribution.number = f"{start}{sequence:03d}"
