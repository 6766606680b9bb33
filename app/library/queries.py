"""What readers are served one at a time: an essay, its tombstone, the site's pages.

Only the columns that a page shows are read, and what comes back is frozen. Statements are put
together once, at import, because building one costs as much as running it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, Select, String, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import Session

from app.contributions.byline import Author
from app.contributions.models import EssayFrame, PublishedText, Revision
from app.core.db import Reader
from app.core.languages import DEFAULT, LANGUAGES, Language
from app.core.localised import Localised, pick
from app.editions.models import Edition, Page, Question, Theme
from app.proceedings.models import Volume, VolumeEntry


@dataclass(frozen=True, slots=True)
class Reference:
    """Another contribution an essay page leads to."""

    number: str
    title: str
    byline: str
    language: Language


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with a name in many languages and its own address (slug or code)."""

    slug: str
    title: Localised


@dataclass(frozen=True, slots=True)
class Essay:
    """One published essay with everything its page shows.

    Attributes:
        mark: changes when anything on the page changes.
        answers: the published contributions that respond to it, oldest first.
        volume: the newest published volume it is in.
    """

    mark: str
    number: str
    language: Language
    track: str
    title: str
    byline: str
    authors: tuple[Author, ...]
    keywords: tuple[str, ...]
    licence: str
    html: str
    abstract_html: str
    summary_html: str
    references_html: str
    teaser: str
    length: int
    published_at: datetime
    revision: int
    revised_at: datetime
    previously_published: str
    extra: dict[str, str]
    edition: Named
    theme: Named | None
    question: Named | None
    volume: Named | None
    responds_to: Reference | None
    answers: tuple[Reference, ...]


class Ready(NamedTuple):
    """An essay's page but for the frame of every page.

    Attributes:
        frame: what stands around the text, as :func:`app.library.frames.packed` gives it.
    """

    mark: str
    frame: bytes
    html: str


@dataclass(frozen=True, slots=True)
class SitePage:
    """One of the site's own pages; ``html`` may be in another language than the one asked for."""

    slug: str
    title: Localised
    html: Localised


# Tables rather than classes: every reader comes here, and the mapper's part of a query costs half
# as much again as the query.
_TEXT: Final = PublishedText.__table__
_REVISION: Final = Revision.__table__
_EDITION: Final = Edition.__table__
_THEME: Final = Theme.__table__
_QUESTION: Final = Question.__table__
_VOLUME: Final = Volume.__table__
_ENTRY: Final = VolumeEntry.__table__
_FRAME: Final = EssayFrame.__table__
_ANSWER: Final = _TEXT.alias("answer")
_ANSWER_REVISION: Final = _REVISION.alias("answer_revision")
_TARGET: Final = _TEXT.alias("target")


def _of_answers(column: Any) -> Any:
    """A figure over the published answers to the essay of the surrounding statement."""
    return (
        select(column)
        .select_from(_ANSWER_REVISION)
        .join(_ANSWER, _ANSWER.c.revision_id == _ANSWER_REVISION.c.id)
        .where(_ANSWER.c.is_source, _ANSWER_REVISION.c.responds_to_id == _TEXT.c.contribution_id)
        .correlate(_TEXT)
        .scalar_subquery()
    )


_NEWEST_VOLUME: Final = (
    select(func.max(_VOLUME.c.id))
    .join(_ENTRY, _ENTRY.c.volume_id == _VOLUME.c.id)
    .where(
        _ENTRY.c.contribution_id == _TEXT.c.contribution_id,
        _VOLUME.c.published_at.is_not(None),
    )
    .correlate(_TEXT)
    .scalar_subquery()
)


def _joined(*columns: Any) -> Any:
    """The columns' values as one text."""
    # Written out: as parameters they would be bound anew, thirty of them, at each reading.
    nothing, bar = literal_column("''", String), literal_column("'|'", String)
    texts: list[Any] = [func.coalesce(cast(column, String), nothing) for column in columns]
    return reduce(lambda joined, each: joined.concat(bar).concat(each), texts)


#: Changes when anything on an essay's page does: the text, or what its page names.
MARK: Final = _joined(
    _TEXT.c.etag,
    _TEXT.c.revision_id,
    _TEXT.c.published_at,
    _TEXT.c.track,
    _TEXT.c.edition_id,
    _EDITION.c.version,
    _TEXT.c.theme_id,
    _THEME.c.version,
    _TEXT.c.question_id,
    _QUESTION.c.version,
    _VOLUME.c.id,
    _VOLUME.c.version,
    _TARGET.c.etag,
    _of_answers(func.count()),
    _of_answers(func.max(_ANSWER.c.rendered_at)),
)


def _of_essays(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Those columns of the published essays and of all their pages name."""
    return (
        select(*columns)
        .select_from(_TEXT)
        .join(_EDITION, _EDITION.c.id == _TEXT.c.edition_id)
        .join(_REVISION, _REVISION.c.id == _TEXT.c.revision_id)
        .outerjoin(_THEME, _THEME.c.id == _TEXT.c.theme_id)
        .outerjoin(_QUESTION, _QUESTION.c.id == _TEXT.c.question_id)
        .outerjoin(
            _TARGET, (_TARGET.c.contribution_id == _REVISION.c.responds_to_id) & _TARGET.c.is_source
        )
        .outerjoin(_VOLUME, _VOLUME.c.id == _NEWEST_VOLUME)
        .where(_TEXT.c.is_source)
    )


_IS_READY: Final = (
    (_FRAME.c.text_id == _TEXT.c.id)
    & (_FRAME.c.language == bindparam("language"))
    & (_FRAME.c.made_for == bindparam("made_for"))
    & (_FRAME.c.mark == MARK)
)
_NUMBERED: Final = _TEXT.c.number == bindparam("number")
_READY: Final = (
    _of_essays(_FRAME.c.mark, _FRAME.c.content, _TEXT.c.html)
    .join(_FRAME, _IS_READY)
    .where(_NUMBERED)
)
_UNREADY: Final = (
    _of_essays(_TEXT.c.id)
    .outerjoin(_FRAME, _IS_READY)
    .where(_FRAME.c.text_id.is_(None))
    .order_by(_TEXT.c.id)
    .limit(bindparam("most"))
)
_MARK_ONLY: Final = _of_essays(MARK.label("mark")).where(_NUMBERED)
_WHOLE: Final = _of_essays(
    MARK.label("mark"),
    _of_answers(func.count()).label("answers"),
    _EDITION.c.title.label("edition"),
    _THEME.c.title.label("theme"),
    _QUESTION.c.title.label("question"),
    _VOLUME.c.title.label("volume"),
    _TEXT.c.published_at,
    _TEXT.c.contribution_id,
    _TEXT.c.number,
    _TEXT.c.language,
    _TEXT.c.track,
    _TEXT.c.title.label("essay_title"),
    _TEXT.c.byline,
    _TEXT.c.authors,
    _TEXT.c.keywords,
    _TEXT.c.licence,
    _TEXT.c.html,
    _TEXT.c.abstract_html,
    _TEXT.c.summary_html,
    _TEXT.c.references_html,
    _TEXT.c.teaser,
    _TEXT.c.length,
    _REVISION.c.number.label("revision"),
    _REVISION.c.created_at.label("revised_at"),
    _REVISION.c.previously_published,
    _REVISION.c.extra,
    _EDITION.c.slug.label("edition_slug"),
    _THEME.c.code.label("theme_code"),
    _QUESTION.c.slug.label("question_slug"),
    _VOLUME.c.slug.label("volume_slug"),
    _TARGET.c.number.label("target_number"),
    _TARGET.c.title.label("target_title"),
    _TARGET.c.byline.label("target_byline"),
    _TARGET.c.language.label("target_language"),
).where(_NUMBERED)
_ANSWERS: Final = (
    select(_ANSWER.c.number, _ANSWER.c.title, _ANSWER.c.byline, _ANSWER.c.language)
    .join(_ANSWER_REVISION, _ANSWER.c.revision_id == _ANSWER_REVISION.c.id)
    .where(_ANSWER.c.is_source, _ANSWER_REVISION.c.responds_to_id == bindparam("contribution_id"))
    .order_by(_ANSWER.c.published_at, _ANSWER.c.id)
)


def essay_mark(session: Reader, number: str) -> str | None:
    """What changes when anything on the essay's page does; None where there is no such essay.

    One query, which reads none of the long texts.
    """
    return session.execute(_MARK_ONLY, {"number": number}).scalar()


def ready(session: Reader, number: str, code: str, made_for: str) -> Ready | None:
    """What the essay's page is put together from in the language ``code``, if that is there.

    One query, which passes over what was made of something that has changed since.
    """
    asked = {"number": number, "language": code, "made_for": made_for}
    row = session.execute(_READY, asked).first()
    return None if row is None else Ready(*row)


def unready(session: Session, made_for: str, *, most: int) -> Sequence[int]:
    """Ids of published texts whose page is not ready, at most so many; all languages are alike."""
    asked = {"language": DEFAULT, "made_for": made_for, "most": most}
    return session.scalars(_UNREADY, asked).all()


def essay(session: Reader, number: str, code: str) -> Essay | None:
    """The published essay of that number, things around it named in the language ``code``.

    One query, and a second one where it has been responded to.
    """
    row = session.execute(_WHOLE, {"number": number}).first()
    if row is None:
        return None
    return Essay(
        mark=row.mark,
        number=row.number,
        language=LANGUAGES[row.language],
        track=row.track,
        title=row.essay_title,
        byline=row.byline,
        authors=tuple(Author(**author) for author in row.authors),
        keywords=tuple(row.keywords),
        licence=row.licence,
        html=row.html,
        abstract_html=row.abstract_html,
        summary_html=row.summary_html,
        references_html=row.references_html,
        teaser=row.teaser,
        length=row.length,
        published_at=row.published_at,
        revision=row.revision,
        revised_at=row.revised_at,
        previously_published=row.previously_published,
        extra={name: value for name, value in row.extra.items() if value},
        edition=Named(row.edition_slug, pick(row.edition, code)),
        theme=_named(row.theme_code, row.theme, code),
        question=_named(row.question_slug, row.question, code),
        volume=_named(row.volume_slug, row.volume, code),
        responds_to=_target(row),
        answers=_answers(session, row.contribution_id) if row.answers else (),
    )


def _named(slug: str | None, title: dict[str, str] | None, code: str) -> Named | None:
    return None if slug is None else Named(slug, pick(title or {}, code))


def _target(row: Row[*tuple[Any, ...]]) -> Reference | None:
    if row.target_number is None:
        return None
    return Reference(
        row.target_number, row.target_title, row.target_byline, LANGUAGES[row.target_language]
    )


def _answers(session: Reader, contribution_id: int) -> tuple[Reference, ...]:
    rows = session.execute(_ANSWERS, {"contribution_id": contribution_id})
    return tuple(
        Reference(number, title, byline, LANGUAGES[language])
        for number, title, byline, language in rows
    )


_PAGE: Final = select(Page.slug, Page.title, Page.html).where(Page.slug == bindparam("slug"))


def site_page(session: Session, slug: str, code: str) -> SitePage | None:
    """That page in the language ``code``, else in one it has been written in. One query."""
    row = session.execute(_PAGE, {"slug": slug}).first()
    if row is None:
        return None
    html = pick(row.html, code)
    return SitePage(row.slug, pick(row.title, code), html)
