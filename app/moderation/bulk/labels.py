"""What can be done to many at once, in words."""

from collections.abc import Mapping
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import ItemState, RunState

ACTIONS: Final[Mapping[Action, LazyString]] = {
    Action.ACCEPT: _l("Accept them"),
    Action.CHANGES: _l("Ask for changes"),
    Action.REJECT: _l("Reject them"),
    Action.SPAM: _l("Mark them as spam"),
    Action.RELEASE: _l("Let go of those I have in hand"),
    Action.ASSIGN: _l("Give them to a moderator"),
    Action.TELL: _l("Announce the decisions that are kept"),
}
#: What it means, before it is confirmed.
MEANINGS: Final[Mapping[Action, LazyString]] = {
    Action.ACCEPT: _l("Each is accepted as its newest revision stands, and its author told."),
    Action.CHANGES: _l("Each author is asked for changes, with the same reasons and message."),
    Action.REJECT: _l("Each is rejected with the same reasons and message, and its author told."),
    Action.SPAM: _l("Each leaves the queue as spam. Nobody gets an e-mail."),
    Action.RELEASE: _l("Those that you have in hand go back to their place in the queue."),
    Action.ASSIGN: _l(
        "Each that nobody else has in hand is given to the moderator, who gets an e-mail for each."
    ),
    Action.TELL: _l(
        "Each decision that is kept until it is announced takes effect, and its author is told."
    ),
}
RUN_STATES: Final[Mapping[RunState, LazyString]] = {
    RunState.WAITING: _l("Waiting"),
    RunState.RUNNING: _l("At work"),
    RunState.DONE: _l("Finished"),
    RunState.STOPPED: _l("Stopped"),
}
TONES: Final[Mapping[RunState, str]] = {
    RunState.WAITING: "",
    RunState.RUNNING: "warn",
    RunState.DONE: "good",
    RunState.STOPPED: "bad",
}
ITEM_STATES: Final[Mapping[ItemState, LazyString]] = {
    ItemState.WAITING: _l("Not done"),
    ItemState.DONE: _l("Done"),
    ItemState.REFUSED: _l("Refused"),
}
