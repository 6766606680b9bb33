"""What can be done to many at once, in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from babel.lists import format_list
from flask_babel import LazyString, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from markupsafe import Markup

from app.contributions.labels import TRACKS
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import ItemState, RunState
from app.moderation.bulk.tracks import FoundTrack
from app.moderation.reasons.labels import reason_label
from app.moderation.reasons.queries import TrackReason
from app.web.templating import tr

ACTIONS: Final[Mapping[Action, LazyString]] = {
    Action.ACCEPT: _l("Accept them"),
    Action.CHANGES: _l("Ask for changes"),
    Action.REJECT: _l("Reject them"),
    Action.SPAM: _l("Mark them as spam"),
    Action.UNDO: _l("Undo the last decision on each"),
    Action.MESSAGE: _l("Write to their authors"),
    Action.NOTE: _l("Write a note for moderators and organisers"),
    Action.RELEASE: _l("Release those I have in hand"),
    Action.HAND_OVER: _l("Hand over those I have in hand"),
    Action.ASSIGN: _l("Give them to a moderator"),
    Action.TELL: _l("Announce the decisions that are kept"),
    Action.PUBLISH: _l("Publish those that are accepted"),
}
#: What it means, before it is confirmed.
MEANINGS: Final[Mapping[Action, LazyString]] = {
    Action.ACCEPT: _l("Each is accepted as it stands here, and its author is told."),
    Action.CHANGES: _l("Each author is asked for changes, with the same reasons and message."),
    Action.REJECT: _l(
        "Each is rejected with the same reasons and message, and its author is told."
    ),
    Action.SPAM: _l("Each leaves the queue as spam. Nobody gets an e-mail."),
    Action.UNDO: _l(
        "The last decision on each is undone: it waits in the queue again, and an author who had "
        "been told gets an e-mail."
    ),
    Action.MESSAGE: _l("Each author gets the message by e-mail, and can answer it."),
    Action.NOTE: _l("The note is added to each. Authors never see it."),
    Action.RELEASE: _l("Those that you have in hand go back to their place in the queue."),
    Action.HAND_OVER: _l(
        "Each that you have in hand is given to the moderator, who gets one e-mail about them all."
    ),
    Action.ASSIGN: _l(
        "Each that nobody else has in hand is given to the moderator, who gets one e-mail about "
        "them all."
    ),
    Action.TELL: _l(
        "Each decision that is kept until it is announced takes effect, and its author is told."
    ),
    Action.PUBLISH: _l("Each that is accepted and waits for its publication is published."),
}
RUN_STATES: Final[Mapping[RunState, LazyString]] = {
    RunState.WAITING: _lp("state of a bulk action", "Waiting"),
    RunState.RUNNING: _lp("state of a bulk action", "In progress"),
    RunState.DONE: _lp("state of a bulk action", "Finished"),
    RunState.STOPPED: _lp("state of a bulk action", "Stopped"),
}
TONES: Final[Mapping[RunState, str]] = {
    RunState.WAITING: "",
    RunState.RUNNING: "warn",
    RunState.DONE: "good",
    RunState.STOPPED: "bad",
}
ITEM_STATES: Final[Mapping[ItemState, LazyString]] = {
    ItemState.WAITING: _lp("one contribution in a bulk action", "Not done"),
    ItemState.DONE: _lp("one contribution in a bulk action", "Done"),
    ItemState.REFUSED: _lp("one contribution in a bulk action", "Refused"),
}


def reasons_of(
    tracks: Sequence[FoundTrack], only: Callable[[TrackReason], bool] = lambda _reason: True
) -> dict[str, Markup]:
    """The tracks' reasons in words, by code; where the tracks differ, each track's own words."""
    found: dict[str, dict[Markup, list[FoundTrack]]] = {}
    for track in tracks:
        for reason in filter(only, track.reasons):
            said = found.setdefault(reason.code, {})
            said.setdefault(reason_label(reason), []).append(track)
    return {code: _by_track(said, tracks) for code, said in found.items()}


def _by_track(said: Mapping[Markup, list[FoundTrack]], tracks: Sequence[FoundTrack]) -> Markup:
    if len(said) == 1 and all(each == [*tracks] for each in said.values()):
        return next(iter(said))
    several = len({track.id for track in tracks}) > len({track.code for track in tracks})
    return Markup("<br>").join(
        Markup(_("%(field)s: %(message)s"))  # noqa: S704 - our own words, around what is escaped
        % {"field": _names(each, with_edition=several), "message": words}
        for words, each in said.items()
    )


def _names(tracks: Sequence[FoundTrack], *, with_edition: bool) -> str:
    names = [
        f"{TRACKS[track.code]} ({tr(dict(track.edition))})"
        if with_edition
        else str(TRACKS[track.code])
        for track in tracks
    ]
    return format_list(names, locale=get_locale())
