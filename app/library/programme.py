"""Editions with their calls, themes and questions, as readers meet them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, raiseload, selectinload

from app.contributions.models import PublishedText
from app.core.localised import Localised, pick
from app.editions.models import Edition, Question, Theme
from app.editions.policy import CallState, call_state, closing
from app.editions.queries import question_by_slug


@dataclass(frozen=True, slots=True)
class Call:
    """Where an edition's call stands; ``zone`` is the one its organisers set it in."""

    state: CallState
    opens_at: datetime | None
    closes_at: datetime | None
    zone: str

    @property
    def is_open(self) -> bool:
        """Whether essays may be begun now."""
        return self.state is CallState.OPEN

    @property
    def is_to_come(self) -> bool:
        """Whether it opens later."""
        return self.state is CallState.BEFORE


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the tracks it is asked of, and how many essays answer it."""

    slug: str
    title: Localised
    tracks: tuple[str, ...]
    essays: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A theme with its questions."""

    code: str
    title: Localised
    context: Localised
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """An edition with all that it asks. ``audiences`` says by track code who that track is for."""

    slug: str
    title: Localised
    description: Localised
    call: Call
    audiences: dict[str, Localised]
    subjects: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """Theme, question, context: what stands above the essays that answer it."""

    id: int
    slug: str
    title: Localised
    context: Localised
    theme: Localised
    theme_context: Localised
    tracks: tuple[str, ...]
    edition: Localised
    edition_slug: str
    call: Call


def programmes(session: Session, code: str, now: datetime) -> list[Programme]:
    """Every edition with its themes and questions, the newest first. Five queries."""
    editions = session.scalars(
        select(Edition)
        .options(
            selectinload(Edition.tracks).raiseload("*"),
            selectinload(Edition.themes).selectinload(Theme.questions).raiseload("*"),
            raiseload("*"),
        )
        .order_by(Edition.position.desc(), Edition.id.desc())
    )
    found = editions.all()
    counts = _counts(session)
    return [_programme(edition, counts, code, now) for edition in found]


def _counts(session: Session) -> dict[int, int]:
    """How many published essays there are by question."""
    rows = session.execute(
        select(PublishedText.question_id, func.count())
        .where(PublishedText.is_source, PublishedText.question_id.is_not(None))
        .group_by(PublishedText.question_id)
    )
    return {question_id: essays for question_id, essays in rows if question_id is not None}


def _programme(edition: Edition, counts: Mapping[int, int], code: str, now: datetime) -> Programme:
    return Programme(
        slug=edition.slug,
        title=pick(edition.title, code),
        description=pick(edition.description, code),
        call=_call(edition, now),
        audiences={track.code: pick(track.audience, code) for track in edition.tracks},
        subjects=tuple(_subject(theme, counts, code) for theme in edition.themes),
    )


def _subject(theme: Theme, counts: Mapping[int, int], code: str) -> Subject:
    return Subject(
        code=theme.code,
        title=pick(theme.title, code),
        context=pick(theme.context, code),
        questions=tuple(_asked(question, counts, code) for question in theme.questions),
    )


def _asked(question: Question, counts: Mapping[int, int], code: str) -> Asked:
    return Asked(
        slug=question.slug,
        title=pick(question.title, code),
        tracks=tuple(question.tracks),
        essays=counts.get(question.id, 0),
    )


def _call(edition: Edition, now: datetime) -> Call:
    return Call(call_state(edition, now), edition.opens_at, closing(edition), edition.time_zone)


def question_page(session: Session, slug: str, code: str, now: datetime) -> QuestionPage | None:
    """What the page of that question says above its essays. One query."""
    question = question_by_slug(session, slug)
    if question is None:
        return None
    theme, edition = question.theme, question.theme.edition
    return QuestionPage(
        id=question.id,
        slug=question.slug,
        title=pick(question.title, code),
        context=pick(question.context, code),
        theme=pick(theme.title, code),
        theme_context=pick(theme.context, code),
        tracks=tuple(question.tracks),
        edition=pick(edition.title, code),
        edition_slug=edition.slug,
        call=_call(edition, now),
    )
