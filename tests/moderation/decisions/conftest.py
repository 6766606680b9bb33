"""Editions that keep their decisions, tracks that want a second opinion."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition, Track
from app.moderation.decisions import releasing
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.releasing import Kept
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.factories import Cast, make_contribution, make_edition


def marks(session: Session, decision: Decision) -> set[str]:
    session.flush()
    return set(
        session.scalars(select(DecisionMark.kind).where(DecisionMark.decision_id == decision.id))
    )


@pytest.fixture
def together(session: Session, cast: Cast, edition: Edition) -> Edition:
    """The edition tells its authors of all decisions at once."""
    edition.decides_together = True
    session.flush()
    return edition


@pytest.fixture
def careful(session: Session, edition: Edition) -> Track:
    """The essay's track wants a second opinion before a rejection."""
    track = session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()
    track.wants_second_opinion = True
    session.flush()
    return track


@pytest.fixture
def kept(db: Session, people: Cast) -> Contribution:
    """A rejection that its author does not know of yet."""
    edition = make_edition(db)
    edition.decides_together = True
    contribution = make_contribution(db, people.author, edition=edition)
    claim_and_decide(
        db,
        people.actor("moderator"),
        contribution.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
    )
    db.commit()
    return contribution


def to_announce(session: Session, cast: Cast, edition: Edition) -> list[Kept]:
    """What an organiser may announce."""
    return releasing.kept(session, cast.actor("organiser"), edition)
