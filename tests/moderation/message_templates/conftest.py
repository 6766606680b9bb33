"""A track for which messages are prepared."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.editions.models import Edition, Track
from app.moderation.message_templates import operations
from app.moderation.message_templates.models import MessageTemplate
from tests.factories import Cast
from tests.moderation.reasons.conftest import track_of

TEXT = {"en": "Thank you for {number}.", "ar": "شكرا لكم على {number}."}


def prepare(session: Session, actor: Any, track: Track, **changes: Any) -> MessageTemplate:
    """A message in English and Arabic."""
    values = {"language": "en", "title": "Thanks", "text": TEXT["en"]} | changes
    made = operations.create_template(session, actor, track, **values)
    operations.write_template(session, actor, made, "ar", title="شكر", text=TEXT["ar"])
    return made


@pytest.fixture
def track(db: Session, people: Cast, standing: Edition) -> Track:
    """The jurists', in the application's database."""
    return track_of(db, standing)


@pytest.fixture
def template(db: Session, people: Cast, track: Track) -> MessageTemplate:
    made = prepare(db, people.actor("organiser"), track)
    db.commit()
    return made
