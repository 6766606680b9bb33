"""What a moderator can decide, and the coded reasons a decision may give."""

from enum import StrEnum
from typing import Final

from app.contributions.states import State
from app.core.policy import TrackCode


class Verdict(StrEnum):
    ACCEPT = "accept"
    CHANGES = "changes"
    REJECT = "reject"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    WRONG_TRACK = "wrong_track"


class Reason(StrEnum):
    RELEVANT = "relevant"
    OFF_TOPIC = "off_topic"
    UNCLEAR = "unclear"
    SOURCES = "sources"
    LANGUAGE = "language"
    CONDUCT = "conduct"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    WRONG_TRACK = "wrong_track"


LEADS_TO: Final[dict[Verdict, State]] = {
    Verdict.ACCEPT: State.ACCEPTED,
    Verdict.CHANGES: State.CHANGES_REQUESTED,
    Verdict.REJECT: State.REJECTED,
    Verdict.SPAM: State.SPAM,
    Verdict.DUPLICATE: State.REJECTED,
    # The author consents to the move, or says why the essay should stay.
    Verdict.WRONG_TRACK: State.CHANGES_REQUESTED,
}

# Asking for changes or rejecting without saying anything would leave the author helpless.
NEEDS_WORDS: Final = frozenset({Verdict.CHANGES, Verdict.REJECT})

#: What says its reason by itself.
IMPLIES: Final[dict[Verdict, Reason]] = {
    Verdict.SPAM: Reason.SPAM,
    Verdict.DUPLICATE: Reason.DUPLICATE,
    Verdict.WRONG_TRACK: Reason.WRONG_TRACK,
}


def other_track(track: str) -> TrackCode:
    """The track an essay of this one may be moved to."""
    return next(code for code in TrackCode if code != track)
