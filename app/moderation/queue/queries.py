"""What waits for a moderator.

A *lane* is one language of one track. Within a lane the index is in the queue's order already, so
the queue is the merge of a moderator's lanes: however long it is, as many rows are read as shown.
Whoever has all lanes reads the whole queue, which is in order too. Lanes stand in a statement as
words, not as parameters: there are few sets of them, and each set's statement is put together once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    select,
    tuple_,
    union_all,
)

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.db import Reader, word
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.editions.models import Question, Theme
from app.moderation import policy
from app.moderation.appeals.parts import after_appeal
from app.moderation.claims.models import Claim
from app.moderation.claims.queries import Hold
from app.moderation.conflicts.queries import conflicted
from app.moderation.decisions.proposals import wants_second_opinion
from app.moderation.search.conditions import Condition, conditions
from app.moderation.search.language import EVERYTHING, Search
from app.moderation.search.selective import few

#: One takes what comes next rather than leafs through; a long page would only be slower.
PAGE: Final = 20

#: Nobody needs to know more exactly how many wait, and counting on would cost as much as there are.
MOST_COUNTED: Final = 50

T = TypeVar("T")
Lane = tuple[TrackCode, str]
Rows = Select[*tuple[Any, ...]]

WAITS: Final = Contribution.state == word(State.SUBMITTED)
_ALL: Final = tuple((track, language) for track in TrackCode for language in CODES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue something stands: since when it waits, and its id."""

    since: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.since.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, value: str) -> "Place | None":
        """The place written that way in an address; None for anything else."""
        since, _, number = value.partition("~")
        try:
            moment, id = datetime.fromisoformat(since), int(number)
            place = cls(moment.astimezone(UTC), id)
        except (ValueError, OverflowError):
            return None
        return place if moment.tzinfo and 0 < id < 2**31 else None


class QueueItem(NamedTuple):
    """One line of the queue. Its authors are not named: what has waited longest comes first.

    Attributes:
        subject: the question, or else the theme, by language.
        after_appeal: whether an appeal was granted, so that it waits for another decision.
        wants_second_opinion: whether somebody has proposed to reject it.
        revision: its number; from 2 on it answers a request for changes.
    """

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    subject: Mapping[str, str]
    revision: int
    after_appeal: bool
    wants_second_opinion: bool
    waiting_since: datetime
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of one of the desk's lists, and where the next part begins (None at the end)."""

    items: list[T]
    after: Place | None = None

    @classmethod
    def of(cls, found: list[T], limit: int, place: Callable[[T], Place]) -> "Page[T]":
        """The first so many of what was found: one more than that, where there is a next part."""
        items = found[:limit]
        return cls(items, place(items[-1]) if len(found) > limit else None)


@dataclass(frozen=True, slots=True)
class Count:
    """How many wait; ``and_more`` where counting stopped at :data:`MOST_COUNTED`."""

    number: int
    and_more: bool = False

    @classmethod
    def of(cls, number: int) -> "Count":
        """That many, who were counted to one more than :data:`MOST_COUNTED`."""
        return cls(min(number, MOST_COUNTED), and_more=number > MOST_COUNTED)


def lanes(actor: Actor, search: Search = EVERYTHING) -> tuple[Lane, ...]:
    """The actor's lanes, of them those the search leaves; none for who doesn't moderate."""
    if not policy.moderates(actor):
        return ()
    tracks = search.allowed("track", TrackCode)
    languages = search.allowed("lang", CODES)
    return tuple(
        (track, language)
        for track, language in _ALL
        if track in actor.serves
        and language in actor.reads
        and track in tracks
        and language in languages
    )


def queue(
    session: Reader,
    actor: Actor,
    search: Search = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = PAGE,
    excluded: Mapping[int, Lane] | None = None,
) -> Page[QueueItem]:
    """What waits in the actor's lanes, longest waiting first. Two queries.

    What the actor is in conflict with isn't there; ``excluded`` is that, where it is known already.
    """
    if excluded is None:
        excluded = conflicted(session, actor)
    shape = _Shape(lanes(actor, search), is_continued=after is not None, excludes=bool(excluded))
    if not shape.lanes:
        return Page([])
    narrowing = _narrowing(session, search, actor)
    statement = _put_together(_lines, shape, narrowing)
    rows = session.execute(statement, _values(limit + 1, excluded, after)).all()
    items = [_item(actor, *row) for row in rows]
    return Page.of(items, limit, lambda item: Place(item.waiting_since, item.id))


def waiting_ids(
    session: Reader,
    actor: Actor,
    search: Search = EVERYTHING,
    *,
    limit: int,
    only_free: bool = False,
) -> Sequence[int]:
    """Ids in the queue's order; ``only_free`` leaves out what anybody holds. Two queries."""
    excluded = conflicted(session, actor)
    shape = _Shape(lanes(actor, search), only_free=only_free, excludes=bool(excluded))
    if not shape.lanes:
        return []
    statement = _put_together(_ids, shape, _narrowing(session, search, actor))
    return session.scalars(statement, _values(limit, excluded, None)).all()


def next_item(session: Reader, actor: Actor) -> int | None:
    """Id of what has waited longest and nobody holds; None when there is nothing."""
    return next(iter(waiting_ids(session, actor, limit=1, only_free=True)), None)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes one statement differ from another, but for its values."""

    lanes: tuple[Lane, ...]
    is_continued: bool = False
    only_free: bool = False
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class _Narrowing:
    """What a search asks for beyond lanes; ``among``: ids of what alone it can find, if few."""

    conditions: Sequence[Condition] = ()
    among: Sequence[int] | None = None


Maker = Callable[[_Shape, _Narrowing], Rows]


def _put_together(make: Maker, shape: _Shape, narrowing: _Narrowing) -> Rows:
    return make(shape, narrowing) if narrowing.conditions else _kept(make, shape)


@lru_cache(maxsize=256)
def _kept(make: Maker, shape: _Shape) -> Rows:
    return make(shape, _Narrowing())


def _narrowing(reader: Reader, search: Search, actor: Actor) -> _Narrowing:
    rest = Search(tuple(term for term in search.terms if term.key not in {"track", "lang"}))
    return _Narrowing(conditions(rest, actor), few(reader, actor, rest)) if rest else _Narrowing()


def _values(limit: int, excluded: Mapping[int, Lane], after: Place | None) -> dict[str, Any]:
    return {
        "limit": limit,
        "reach": limit + len(excluded),
        "excluded": list(excluded),
        "now": clock.now(),
        "since": after.since if after else None,
        "after_id": after.id if after else None,
    }


def _places(shape: _Shape, narrowing: _Narrowing) -> Subquery:
    """The first of what waits, in order: as many as are wanted and those that fall out again."""
    conditions = list(narrowing.conditions)
    if shape.is_continued:
        since = bindparam("since", type_=Contribution.waiting_since.type)
        here = tuple_(Contribution.waiting_since, Contribution.id)
        conditions.append(here > tuple_(since, bindparam("after_id")))
    if shape.only_free:
        conditions.append(~exists().where(_live(Contribution.id.expression)))
    # A function of nothing but the shape, so that equal ones are one statement.
    parts = [
        select(Contribution.id, Contribution.waiting_since).where(within, *conditions)
        for within in _by_id(shape.lanes, narrowing.among) or _within(shape.lanes)
    ]
    merged = union_all(*parts) if len(parts) > 1 else parts[0]
    first = merged.selected_columns
    return merged.order_by(first.waiting_since, first.id).limit(bindparam("reach")).subquery()


def _within(chosen: tuple[Lane, ...]) -> list[Condition]:
    """Of each lane, that something waits in it; where all lanes are meant, only that it waits."""
    if chosen == _ALL:
        return [WAITS]
    return [
        and_(
            WAITS,
            Contribution.track == word(track),
            Contribution.language == word(language),
        )
        for track, language in chosen
    ]


def _by_id(chosen: tuple[Lane, ...], among: Sequence[int] | None) -> list[Condition]:
    """The same of few, found by their ids: of what is put together there is no other index."""
    if among is None:
        return []
    own = Contribution.state.concat("") == State.SUBMITTED.value
    lane = tuple_(Contribution.track.concat(""), Contribution.language)
    return [and_(Contribution.id.in_(among), own, lane.in_(chosen))]


def _live(contribution_id: ColumnElement[int]) -> Condition:
    now = bindparam("now", type_=Claim.expires_at.type)
    return and_(Claim.contribution_id == contribution_id, Claim.expires_at > now)


def _chosen(rows: Rows, places: Subquery, shape: _Shape) -> Rows:
    if shape.excludes:
        rows = rows.where(places.c.id.not_in(bindparam("excluded", expanding=True)))
    return rows.order_by(places.c.waiting_since, places.c.id).limit(bindparam("limit"))


def _ids(shape: _Shape, narrowing: _Narrowing) -> Rows:
    places = _places(shape, narrowing)
    return _chosen(select(places.c.id), places, shape)


def _lines(shape: _Shape, narrowing: _Narrowing) -> Rows:
    """All that the lines of a page of the queue show."""
    places = _places(shape, narrowing)
    rows = (
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            # As text: the lines of a page share a few subjects, each of which is read once.
            cast(func.coalesce(Question.title, Theme.title), Text),
            Revision.number,
            after_appeal(),
            wants_second_opinion(),
            Contribution.waiting_since,
            Claim.moderator_id,
            Claim.expires_at,
            Account.name,
        )
        .select_from(places)
        .join(Contribution, Contribution.id == places.c.id)
        .join(Revision, Revision.id == Contribution.revision_id)
        .outerjoin(Question, Question.id == Contribution.question_id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .outerjoin(Claim, _live(places.c.id))
        .outerjoin(Account, Account.id == Claim.moderator_id)
    )
    return _chosen(rows, places, shape)


def _item(
    actor: Actor,
    id: int,
    number: str,
    title: str,
    language: str,
    track: str,
    subject: str | None,
    revision: int,
    after_appeal: bool,
    wants_second_opinion: bool,
    waiting_since: datetime,
    moderator_id: int | None,
    expires_at: datetime,
    holder: str,
) -> QueueItem:
    return QueueItem(
        id=id,
        number=number,
        title=title,
        language=language,
        track=TrackCode(track),
        subject=_texts(subject) if subject else {},
        revision=revision,
        after_appeal=after_appeal,
        wants_second_opinion=wants_second_opinion,
        waiting_since=waiting_since,
        hold=Hold(holder, moderator_id == actor.id, expires_at) if moderator_id else None,
    )


@lru_cache(maxsize=256)
def _texts(written: str) -> Mapping[str, str]:
    texts: dict[str, str] = json.loads(written)
    return MappingProxyType(texts)
