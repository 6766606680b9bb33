"""When a call is open, and what it takes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.editions import policy
from app.editions.models import Edition
from app.editions.policy import GRACE, CallState

OPENS = datetime(2026, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2026, 6, 1, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def edition(**values: object) -> Edition:
    return Edition(**({"opens_at": OPENS, "closes_at": CLOSES, "is_open": True} | values))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (OPENS - MINUTE, CallState.BEFORE),
        (OPENS, CallState.OPEN),
        (CLOSES - MINUTE, CallState.OPEN),
        (CLOSES, CallState.CLOSED),
    ],
)
def test_call_state_follows_the_window(now: datetime, state: CallState) -> None:
    assert policy.call_state(edition(), now) is state
    assert policy.accepts_drafts(edition(), now) is (state is CallState.OPEN)


def test_call_state_without_a_window_is_the_switch() -> None:
    assert policy.call_state(edition(opens_at=None, closes_at=None), OPENS) is CallState.OPEN
    closed = edition(opens_at=None, closes_at=None, is_open=False)
    assert policy.call_state(closed, OPENS) is CallState.CLOSED


def test_accepts_submission_for_one_hour_if_opened_before_closing() -> None:
    opened = CLOSES - MINUTE
    assert policy.accepts_submission(edition(), opened, CLOSES)
    assert policy.accepts_submission(edition(), opened, CLOSES + GRACE - MINUTE)
    assert not policy.accepts_submission(edition(), opened, CLOSES + GRACE)


def test_accepts_submission_refuses_what_was_opened_after_closing() -> None:
    assert not policy.accepts_submission(edition(), CLOSES, CLOSES + MINUTE)


def test_accepts_submission_gives_the_hour_after_the_switch_too() -> None:
    off = CLOSES - timedelta(days=3)
    switched = edition(is_open=False, switched_off_at=off)
    assert policy.accepts_submission(switched, off - MINUTE, off + MINUTE)
    assert not policy.accepts_submission(switched, off - MINUTE, off + GRACE)
    # The window's end, later, opens no second hour.
    assert not policy.accepts_submission(switched, off - MINUTE, CLOSES + MINUTE)


def test_accepts_submission_refuses_before_the_call_opens() -> None:
    assert not policy.accepts_submission(edition(), OPENS - MINUTE, OPENS - MINUTE)
