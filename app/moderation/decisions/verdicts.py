"""What a moderator can decide, and the coded reasons a decision may give."""

from enum import StrEnum
from typing import Final

from app.contributions.states import State


class Verdict(StrEnum):
    ACCEPT = "accept"
    CHANGES = "changes"
    REJECT = "reject"
    SPAM = "spam"


class Reason(StrEnum):
    RELEVANT = "relevant"
    OFF_TOPIC = "off_topic"
    UNCLEAR = "unclear"
    SOURCES = "sources"
    LANGUAGE = "language"
    CONDUCT = "conduct"
    SPAM = "spam"
    DUPLICATE = "duplicate"


LEADS_TO: Final[dict[Verdict, State]] = {
    Verdict.ACCEPT: State.ACCEPTED,
    Verdict.CHANGES: State.CHANGES_REQUESTED,
    Verdict.REJECT: State.REJECTED,
    Verdict.SPAM: State.SPAM,
}

# Asking for changes or rejecting without saying anything would leave the author helpless.
NEEDS_WORDS: Final = frozenset({Verdict.CHANGES, Verdict.REJECT})
