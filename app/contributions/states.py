"""The states of a contribution and the one table of moves between them."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
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
        {State.CHANGES_REQUESTED, State.ACCEPTED, State.REJECTED, State.SPAM, State.WITHDRAWN}
    ),
    State.CHANGES_REQUESTED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset({State.REMOVED}),
    State.REJECTED: frozenset(),
    State.SPAM: frozenset(),
    State.WITHDRAWN: frozenset({State.DRAFT}),
    State.REMOVED: frozenset({State.PUBLISHED}),
}

WRITABLE: Final = frozenset({State.DRAFT, State.CHANGES_REQUESTED})
NUMBERED: Final = frozenset(State) - {State.DRAFT}
