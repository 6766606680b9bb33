"""A track of which every decision is drawn, and one that was."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.editions.models import Edition, Track
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.sampling.models import SecondLook

Decide = Callable[..., Decision]

WORDS = "Les sources suffisent."


def all_drawn(session: Session, edition: Edition) -> Track:
    """From now on every decision of its jurists' track is.

    Nobody may appeal, so that a rejection may be looked at as soon as it is made.
    """
    edition.appeal_days = 0
    track = session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()
    track.sampled_percent = 100
    session.flush()
    return track


@pytest.fixture
def track(session: Session, edition: Edition) -> Track:
    return all_drawn(session, edition)


@pytest.fixture
def rejection(track: Track, essay: Contribution, decide: Decide) -> Decision:
    """Of the author's essay, by the moderator; it waits for a second look."""
    return decide("moderator", essay, Verdict.REJECT)


def look_at(session: Session, decision: Decision) -> SecondLook | None:
    session.flush()
    return session.get(SecondLook, decision.id, populate_existing=True)


def acts(session: Session, decision: Decision) -> list[tuple[str, int | None]]:
    """What is on record of its second look, and who did it."""
    session.flush()
    return [
        (entry.action.partition(":")[2], entry.actor_id)
        for entry in session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == "second_look", AuditEntry.subject_id == decision.id)
            .order_by(AuditEntry.id)
        )
    ]
