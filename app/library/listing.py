"""Lists of published essays, newest first: filters in the address, pages by keyset.

A page begins after a place in the order rather than after a count, so that the hundredth costs what
the first does and nothing is shown twice when an essay appears meanwhile
(https://use-the-index-luke.com/no-offset).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Integer, Select, Text, bindparam, cast, func, select, tuple_
from sqlalchemy.orm import Session

from app.contributions.models import PublishedText
from app.core.db import Reader, UTCDateTime
from app.core.errors import NotFound
from app.core.languages import LANGUAGES, Language
from app.core.localised import Localised, pick, pick_written
from app.core.policy import TrackCode
from app.editions.models import Edition, Question, Theme

PAGE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of a list; travels in addresses as an opaque word."""

    published_at: datetime
    id: int

    def __str__(self) -> str:
        moment = (self.published_at - _EPOCH) // _MICROSECOND
        return urlsafe_b64encode(f"{moment}.{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, word: str) -> Self:
        """The place that word stands for. Raises NotFound where it stands for none."""
        try:
            padded = word.encode("ascii") + b"=" * (-len(word) % 4)
            moment, _, number = urlsafe_b64decode(padded).decode("ascii").partition(".")
            place = cls(_EPOCH + int(moment) * _MICROSECOND, int(number))
        except (ValueError, OverflowError) as error:
            raise NotFound("list.no_such_place") from error
        if not 0 <= place.id < 2**31:
            raise NotFound("list.no_such_place")
        return place


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, as in its address; an empty value narrows nothing."""

    edition: str = ""
    track: str = ""
    theme: str = ""
    language: str = ""
    question: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        """Those of an address."""
        return cls(**{name: arguments.get(name, "") for name in cls.__slots__})

    def arguments(self) -> dict[str, str]:
        """Those that are set, for an address."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    def __bool__(self) -> bool:
        return bool(self.arguments())


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a filter may take."""

    value: str
    title: Localised
    id: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to narrow a list to: editions and themes by slug and code, the newest first."""

    editions: dict[str, Choice]
    themes: dict[str, Choice]


class Entry(NamedTuple):
    """One essay as a list shows it; a tuple, since fifty of them are made for a page."""

    id: int
    number: str
    title: str
    byline: str
    language: Language
    track: str
    theme: str
    teaser: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a list, and the place after which the next part begins (None at the end)."""

    entries: tuple[Entry, ...]
    after: Place | None = None


# Tables rather than classes, as in ``queries``.
_TEXT: Final = PublishedText.__table__
_EDITION: Final = Edition.__table__
_THEME: Final = Theme.__table__

_CHOICES: Final = (
    select(
        _EDITION.c.id,
        _EDITION.c.slug,
        cast(_EDITION.c.title, Text),
        _THEME.c.id,
        _THEME.c.code,
        cast(_THEME.c.title, Text),
    )
    .select_from(_EDITION.outerjoin(_THEME, _THEME.c.edition_id == _EDITION.c.id))
    .order_by(_EDITION.c.position.desc(), _EDITION.c.id.desc(), _THEME.c.position, _THEME.c.id)
)


def choices(session: Reader, code: str) -> Choices:
    """Editions and themes by name in that language. One query.

    A theme is the same in all editions that use its code; the newest one's name is shown.
    """
    rows = session.execute(_CHOICES)
    editions: dict[str, Choice] = {}
    themes: dict[str, Choice] = {}
    for edition_id, slug, edition, theme_id, theme_code, theme in rows:
        editions.setdefault(slug, Choice(slug, pick_written(edition, code), edition_id))
        if theme_code is not None:
            themes.setdefault(theme_code, Choice(theme_code, pick_written(theme, code), theme_id))
    return Choices(editions, themes)


def question(session: Reader, slug: str, code: str) -> Choice:
    """The question a list is narrowed to. One query. Raises NotFound."""
    row = session.execute(select(Question.id, Question.title).where(Question.slug == slug)).first()
    if row is None:
        raise NotFound("list.unknown_filter")
    return Choice(slug, pick(row.title, code), row.id)


_ENTRIES: Final = (
    select(
        _TEXT.c.id,
        _TEXT.c.number,
        _TEXT.c.title,
        _TEXT.c.byline,
        _TEXT.c.language,
        _TEXT.c.track,
        _TEXT.c.theme_code,
        _TEXT.c.teaser,
        _TEXT.c.published_at,
    )
    .where(_TEXT.c.is_source)
    .order_by(_TEXT.c.published_at.desc(), _TEXT.c.id.desc())
    .limit(bindparam("most"))
)


def newest(session: Reader, *, most: int) -> tuple[Entry, ...]:
    """The newest essays of all. One query."""
    return _part(session, _ENTRIES, most).entries


def narrowed(
    session: Reader,
    filters: Filters,
    known: Choices,
    *,
    asked: Choice | None = None,
    after: Place | None = None,
) -> Part:
    """A page of the list. One query.

    ``known`` is what editions and themes there are, ``asked`` the question where the filters name
    one. Raises NotFound where a filter has a value that there is not.
    """
    found = _ENTRIES
    try:
        if filters.edition:
            found = found.where(_TEXT.c.edition_id == known.editions[filters.edition].id)
        if filters.theme:
            found = found.where(_TEXT.c.theme_code == known.themes[filters.theme].value)
        if filters.language:
            found = found.where(_TEXT.c.language == LANGUAGES[filters.language].code)
        if filters.track:
            found = found.where(_TEXT.c.track == TrackCode(filters.track).value)
    except (KeyError, ValueError) as error:
        raise NotFound("list.unknown_filter") from error
    if asked is not None:
        found = found.where(_TEXT.c.question_id == asked.id)
    return _part(session, found, PAGE, after)


def answers(session: Session, question_id: int, track: TrackCode) -> Part:
    """The first page of a track's essays on a question. One query."""
    return _part(
        session,
        _ENTRIES.where(_TEXT.c.question_id == question_id, _TEXT.c.track == track.value),
        PAGE,
    )


def _part(
    session: Reader, statement: Select[*tuple[Any, ...]], most: int, after: Place | None = None
) -> Part:
    if after is not None:
        statement = statement.where(
            tuple_(_TEXT.c.published_at, _TEXT.c.id)
            < tuple_(after.published_at, after.id, types=(UTCDateTime(), Integer()))
        )
    rows = session.execute(statement, {"most": most + 1}).all()
    entries = tuple(
        Entry(id, number, title, byline, LANGUAGES[language], *others)
        for id, number, title, byline, language, *others in rows[:most]
    )
    last = entries[-1] if len(rows) > most else None
    return Part(entries, Place(last.published_at, last.id) if last else None)


@dataclass(frozen=True, slots=True)
class Address:
    """A published essay as the site map lists it."""

    id: int
    number: str
    language: str
    rendered_at: datetime


def addresses(session: Session, *, above: int, up_to: int) -> Iterator[Address]:
    """Published essays with ids above the one and up to the other, a thousand at a time."""
    while True:
        rows = session.execute(
            select(
                _TEXT.c.id,
                _TEXT.c.number,
                _TEXT.c.language,
                _TEXT.c.rendered_at,
            )
            .where(_TEXT.c.is_source, _TEXT.c.id > above, _TEXT.c.id <= up_to)
            .order_by(_TEXT.c.id)
            .limit(1_000)
        ).all()
        if not rows:
            return
        yield from (Address(*row) for row in rows)
        above = rows[-1].id


def last_id(session: Session) -> int:
    """The highest id of a published essay; 0 when there is none. One query."""
    return session.scalar(select(func.max(_TEXT.c.id))) or 0
