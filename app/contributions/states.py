"""The states of a contribution and the one table of moves between them."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class RevisionKind(StrEnum):
    """A revision's type is the action that made it."""

    SUBMISSION = "submission"
    REQUESTED_CHANGE = "requested_change"
    RESUBMISSION = "resubmission"
    CORRECTION = "correction"


MOVES: Final[dict[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset(
        {
            State.DECIDED,
            State.CHANGES_REQUESTED,
            State.ACCEPTED,
            State.REJECTED,
            State.SPAM,
            State.WITHDRAWN,
        }
    ),
    # Decided on, but nobody has been told: it may still be undone, or taken back.
    State.DECIDED: frozenset(
        {
            State.SUBMITTED,
            State.CHANGES_REQUESTED,
            State.ACCEPTED,
            State.REJECTED,
            State.SPAM,
            State.WITHDRAWN,
        }
    ),
    State.CHANGES_REQUESTED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.SUBMITTED, State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset({State.REMOVED}),
    # Undone, or after an appeal.
    State.REJECTED: frozenset({State.SUBMITTED}),
    State.SPAM: frozenset({State.SUBMITTED}),
    State.WITHDRAWN: frozenset({State.DRAFT}),
    State.REMOVED: frozenset({State.PUBLISHED}),
}

WRITABLE: Final = frozenset({State.DRAFT, State.CHANGES_REQUESTED})
NUMBERED: Final = frozenset(State) - {State.DRAFT}


def told(state: str) -> State:
    """What its authors are told: what has been decided is submitted until it is released."""
    return State.SUBMITTED if state == State.DECIDED else State(state)
