"""The queue as moderators see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from markupsafe import escape

from app.contributions.labels import TRACKS
from app.core.languages import LANGUAGES, Language
from app.core.policy import Role, TrackCode
from app.moderation.labels import NAMES
from app.moderation.queue import queries
from app.moderation.queue.queries import Count, Place, QueueItem
from app.web.database import db
from app.web.language import PREFIX
from app.web.people import actor, needs
from app.web.templating import ago


def register(blueprint: Blueprint) -> None:
    """Add the queue's address to the room's blueprint."""
    blueprint.add_url_rule(f"{PREFIX}/moderation/", view_func=queue)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """How many essays wait in one language of a track."""

    language: Language
    count: Count


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue, and in words how long it has waited."""

    item: QueueItem
    waited: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue as its page shows it."""

    lines: list[Line]
    after: Place | None
    total: Count
    waiting: dict[TrackCode, list[LaneCount]]
    track: str | None
    language: str | None
    tracks: list[TrackCode]
    languages: list[Language]
    is_continued: bool


@needs(Role.MODERATOR)
def queue() -> str:
    """What waits for this moderator, longest waiting first."""
    me = actor()
    track, language = _among(me.serves, "track"), _among(me.reads, "language")
    after = Place.parse(request.args.get("after", ""))
    numbers = queries.counts(db, me)
    waiting: dict[TrackCode, list[LaneCount]] = {}
    for (code, tongue), count in numbers.items():
        waiting.setdefault(code, []).append(LaneCount(LANGUAGES[tongue], count))
    page = queries.queue(db, me, track=track, language=language, after=after)
    view = QueueView(
        lines=list(_lines(page.items)),
        after=page.after,
        total=Count(
            sum(count.number for count in numbers.values()),
            and_more=any(count.and_more for count in numbers.values()),
        ),
        waiting=waiting,
        track=track,
        language=language,
        tracks=[code for code in TrackCode if code in me.serves],
        languages=[each for each in LANGUAGES.values() if each.code in me.reads],
        is_continued=after is not None,
    )
    labels = {code: escape(label) for code, label in TRACKS.items()}
    return render_template("moderation/queue.html", view=view, tracks=labels, names=NAMES)


def _lines(items: list[QueueItem]) -> Iterator[Line]:
    # The same few spans come again and again: each sentence is made once.
    sentences: dict[str, str] = {}
    for item in items:
        span = ago(item.waiting_since)
        if span not in sentences:
            sentences[span] = _("Waiting for %(time)s", time=span)
        yield Line(item, sentences[span])


def _among(allowed: frozenset[Any], name: str) -> str | None:
    """The address's argument of that name, where it is one of these."""
    value = request.args.get(name)
    return value if value in allowed else None
