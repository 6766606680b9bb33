"""A Monday, and people who have been there since long before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Digest
from app.editions.models import Edition
from tests.factories import Cast
from tests.factories.contributions import make_contribution

MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
At = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def long_before(at: At) -> None:
    """Accounts are older than the moments of the tests, whatever day it is."""
    at(MONDAY - 14 * DAY)


def one(session: Session, cast: Cast, edition: Edition) -> None:
    """An essay waits; of the moderators only one wants to hear, every day."""
    make_contribution(session, cast.author, edition=edition)
    cast.moderator.digest = Digest.DAILY.value
    for each in (cast.other_moderator, cast.jurist_moderator, cast.organiser):
        each.digest = Digest.NEVER.value
    session.flush()
