"""Who may organise, and what a call accepts at a given moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.editions.models import Edition

GRACE: Final = timedelta(hours=1)
"""How long after closing an essay may still be submitted that was opened before."""


class CallState(StrEnum):
    """Where a call stands."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a page shows it; ``zone`` is the one in which its organisers set the window.

    Attributes:
        closes_at: when it closes or closed, by the window or by the switch; None when unknown.
    """

    state: CallState
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str


def appeal_until(edition: Edition, told_at: datetime) -> datetime | None:
    """Until when an author may appeal against what they were told then; None for not at all."""
    return told_at + timedelta(days=edition.appeal_days) if edition.appeal_days else None


def call_state(edition: Edition, now: datetime) -> CallState:
    """Whether the call is yet to open, open, or closed (by its window or by the switch)."""
    closed_at = closing(edition)
    if not edition.is_open or (closed_at is not None and now >= closed_at):
        return CallState.CLOSED
    if edition.opens_at is not None and now < edition.opens_at:
        return CallState.BEFORE
    return CallState.OPEN


def closing(edition: Edition) -> datetime | None:
    """When the call closes or closed: the window's end or the switch, whichever was first."""
    moments = [edition.closes_at, None if edition.is_open else edition.switched_off_at]
    return min((moment for moment in moments if moment is not None), default=None)


def call(edition: Edition, now: datetime) -> Call:
    """Where the call stands, with its moments."""
    return Call(call_state(edition, now), edition.opens_at, closing(edition), edition.time_zone)


def accepts_drafts(edition: Edition, now: datetime) -> bool:
    """Whether an essay may be begun."""
    return call_state(edition, now) is CallState.OPEN


def accepts_submission(edition: Edition, opened_at: datetime, now: datetime) -> bool:
    """Whether an essay begun at ``opened_at`` may be submitted for the first time.

    Answers to a request for changes are another matter, and never blocked by a closed call.
    """
    if accepts_drafts(edition, now):
        return True
    closed_at = closing(edition)
    return closed_at is not None and opened_at < closed_at <= now < closed_at + GRACE
