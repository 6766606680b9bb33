"""A track with a reason of its own."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.editions.models import Edition, Track
from app.moderation.reasons import operations
from app.moderation.reasons.models import CodedReason
from tests.factories import Cast

WORDS = {"en": "The law cited is not in force.", "ar": "القانون المستشهد به غير نافذ."}


def track_of(session: Session, edition: Edition, code: str = "jurist") -> Track:
    return session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == code)
    ).one()


def add(session: Session, actor: Any, track: Track, **changes: Any) -> CodedReason:
    """A reason of the track's own, in English and Arabic."""
    values = {"code": "not-in-force", "language": "en", "text": WORDS["en"]} | changes
    made = operations.create_reason(session, actor, track, **values)
    operations.write_reason(session, actor, track, made.code, "ar", text=WORDS["ar"])
    return made


@pytest.fixture
def track(db: Session, people: Cast, standing: Edition) -> Track:
    """The jurists', in the application's database."""
    found = track_of(db, standing)
    add(db, people.actor("organiser"), found)
    db.commit()
    return found
