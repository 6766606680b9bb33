"""The queue as moderators see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.contributions.states import State
from app.core.languages import LANGUAGES, Language
from app.core.policy import Role, TrackCode
from app.moderation.claims.queries import in_hand
from app.moderation.labels import NAMES
from app.moderation.queue import queries
from app.moderation.queue.overview import overview
from app.moderation.queue.queries import Count, Lane, Place, QueueItem
from app.moderation.search.filters import filters
from app.moderation.search.forms import SearchForm
from app.web.database import db, reader
from app.web.language import PREFIX, below
from app.web.people import actor, needs
from app.web.templating import ago, number, spoken, tr

#: Of what one has in hand: who has more finds it by a search.
MOST_HELD: Final = 5


def register(blueprint: Blueprint) -> None:
    """Add the queue's address to the room's blueprint."""
    blueprint.add_url_rule(f"{PREFIX}/moderation/", view_func=queue)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """How many essays wait in one language of a track.

    Attributes:
        number: as the page writes it.
        is_shown: whether the page shows nothing but this lane.
    """

    language: Language
    number: str
    and_more: bool
    is_shown: bool


class Line(NamedTuple):
    """One line of the queue; in words how long it has waited, and what the essay answers."""

    item: QueueItem
    waited: str
    subject: Markup


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue as its page shows it.

    Attributes:
        following, first: addresses of the next page and of the first; "" where there is none.
        bulk: address where something is done with all that is found.
    """

    lines: list[Line]
    following: str
    first: str
    bulk: str
    total: Count
    waiting: dict[TrackCode, list[LaneCount]]
    appeals: Count
    cases: Count
    form: SearchForm


@needs(Role.MODERATOR)
def queue() -> Response | tuple[str, int]:
    """What waits for this moderator, longest waiting first."""
    me = actor()
    form = SearchForm.of(request.args)
    if form.is_built:
        return redirect(url_for("moderation.queue", q=form.line or None))
    after = Place.parse(request.args.get("after", ""))
    reading = reader()
    there = overview(reading, me)
    page = queries.queue(reading, me, form.search, after=after, excluded=there.conflicts)
    view = QueueView(
        lines=list(_lines(page.items)),
        following=below("moderation/", q=form.line, after=page.after) if page.after else "",
        first=below("moderation/", q=form.line) if after else "",
        bulk=below("moderation/all/", q=form.line),
        total=Count(
            sum(count.number for count in there.waiting.values()),
            and_more=any(count.and_more for count in there.waiting.values()),
        ),
        waiting=_by_track(there.waiting, form.line),
        appeals=there.appeals,
        cases=there.cases,
        form=form,
    )
    labels = {code: escape(label) for code, label in TRACKS.items()}
    held = in_hand(reading, me.id, limit=MOST_HELD + 1) if there.in_hand and me.id else []
    html = render_template(
        "moderation/queue.html",
        view=view,
        held=held,
        most_held=MOST_HELD,
        tracks=labels,
        names=NAMES,
        filters=filters(db, me, form, states=[State.SUBMITTED]),
    )
    return html, 422 if form.errors else 200


def _by_track(waiting: Mapping[Lane, Count], line: str) -> dict[TrackCode, list[LaneCount]]:
    locale = get_locale()
    found: dict[TrackCode, list[LaneCount]] = {}
    for (track, code), count in waiting.items():
        written = number(count.number, locale)
        is_shown = line == f"track:{track} lang:{code}"
        lane = LaneCount(LANGUAGES[code], written, count.and_more, is_shown)
        found.setdefault(track, []).append(lane)
    return found


def _lines(items: list[QueueItem]) -> Iterator[Line]:
    # The same few spans and subjects come again and again: each is put into words once.
    locale = get_locale()
    spans: dict[str, str] = {}
    subjects: dict[int, Markup] = {}
    for item in items:
        span = ago(item.waiting_since, locale)
        if span not in spans:
            spans[span] = _("Waiting for %(time)s", time=span)
        if id(item.subject) not in subjects:
            subjects[id(item.subject)] = spoken(tr(item.subject))
        yield Line(item, spans[span], subjects[id(item.subject)])
