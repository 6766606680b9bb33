"""From a volume's rows to a :class:`~app.proceedings.book.Book`: one query a table.

An essay that has no translation into the book's language stands in its own, marked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from babel import Locale
from babel.dates import format_skeleton
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from app.contributions.figures.models import ContributionFigure, Figure, key
from app.contributions.models import Contribution, Revision
from app.core import storage
from app.core.languages import DEFAULT, LANGUAGES
from app.core.localised import pick
from app.editions.models import Question, Track
from app.proceedings.book import (
    MULTI,
    Book,
    BookAuthor,
    BookEssay,
    BookFigure,
    BookSection,
    FrontPart,
    Labels,
)
from app.proceedings.models import Volume, VolumeEntry, VolumeSection
from app.proceedings.queries import INCLUDED

LICENCES: Final = {
    "CC-BY-4.0": "CC BY 4.0",
    "CC-BY-SA-4.0": "CC BY-SA 4.0",
    "CC-BY-NC-ND-4.0": "CC BY-NC-ND 4.0",
}


@dataclass(frozen=True, slots=True)
class BookWords:
    """What a book says in one language, beside the words its makers place.

    Attributes:
        foreword: the title of the foreword.
        by_permission: what stands for the licence of an essay that has none.
        version: the imprint's line for a volume's version.
    """

    labels: Labels
    foreword: str
    by_permission: str
    version: Callable[[int], str]


Words = Callable[[str], BookWords]
"""The words in the language of a code."""


def book(
    session: Session,
    volume: Volume,
    language: str,
    words: Words,
    *,
    site: str = "",
    store: ObjectStore | None = None,
) -> Book:
    """The volume (loaded with its edition) as a book in ``language``, or ``multi``.

    ``site`` is the address of the site without a slash at its end, "" where it isn't known;
    ``store`` has the files of the figures (without it, the book has their words alone). The same
    rows give the same book: its date is the volume's, not the present one.
    """
    frame = pick(volume.title, DEFAULT).language.code if language == MULTI else language
    framing = words(frame)
    sections = tuple(_sections(session, volume, frame, words, site, store))
    used = {essay.language for section in sections for essay in section.essays}
    published = volume.published_at or volume.changed_at
    foreword = volume.foreword.get(frame, "")
    return Book(
        language=language,
        title=str(pick(volume.title, frame)),
        subtitle=str(pick(volume.subtitle, frame)),
        edition=str(pick(volume.edition.title, frame)),
        place_date=_month(published, frame),
        identifier=_identifier(volume, language),
        published=published,
        front=(FrontPart(framing.foreword, foreword),) if foreword else (),
        sections=sections,
        labels=framing.labels,
        labels_by_language={code: words(code).labels for code in sorted(used)},
        imprint=(framing.version(volume.version),),
    )


def _month(moment: datetime, code: str) -> str:
    return format_skeleton("yMMMM", moment, locale=LANGUAGES[code].locale)


def _identifier(volume: Volume, language: str) -> str:
    """Stable from build to build, and another one on another site."""
    name = f"jesuisinternet:{volume.slug}:{volume.created_at.isoformat()}:{language}"
    return uuid5(NAMESPACE_URL, name).urn


def _sections(
    session: Session,
    volume: Volume,
    frame: str,
    words: Words,
    site: str,
    store: ObjectStore | None,
) -> Iterator[BookSection]:
    by_section: dict[int, list[BookEssay]] = {}
    tracks = _titles(session, Track.code, Track.title, Track.edition_id == volume.edition_id)
    asked = _entries(session, volume)
    questions = _titles(
        session,
        Question.id,
        Question.title,
        Question.id.in_({revision.question_id for _, _, revision in asked}),
    )
    figures = _figures(session, volume, store) if store else {}
    for section_id, contribution, revision in asked:
        code = revision.language
        own = words(code)
        by_section.setdefault(section_id, []).append(
            BookEssay(
                number=contribution.number or "",
                language=code,
                title=revision.title,
                authors=tuple(_author(author, code) for author in revision.authors),
                abstract=revision.abstract,
                keywords=tuple(revision.keywords),
                body=revision.body,
                licence=LICENCES.get(revision.licence, own.by_permission),
                track_label=str(pick(tracks.get(contribution.track, {}), code)),
                question=str(pick(questions.get(revision.question_id, {}), code)),
                url=f"{site}/{code}/contributions/{contribution.number}/" if site else "",
                references=revision.reference_list,
                figures=figures.get(contribution.id, {}),
            )
        )
    sections = session.execute(
        select(VolumeSection.id, VolumeSection.title)
        .where(VolumeSection.volume_id == volume.id)
        .order_by(VolumeSection.position, VolumeSection.id)
    )
    for section_id, title in sections:
        if essays := by_section.get(section_id):
            yield BookSection(str(pick(title, frame)), tuple(essays))


def _entries(session: Session, volume: Volume) -> list[tuple[int, Contribution, Revision]]:
    rows = session.execute(
        select(VolumeEntry.section_id, Contribution, Revision)
        .join(Contribution, Contribution.id == VolumeEntry.contribution_id)
        .join(Revision, Revision.id == VolumeEntry.revision_id)
        .where(VolumeEntry.volume_id == volume.id, Contribution.state.in_(INCLUDED))
        .options(raiseload("*"))
        .order_by(VolumeEntry.position, VolumeEntry.id)
    )
    return [(section_id, contribution, revision) for section_id, contribution, revision in rows]


def _figures(
    session: Session, volume: Volume, store: ObjectStore
) -> dict[int, dict[str, BookFigure]]:
    """By contribution and digest, all figures of the volume's contributions."""
    found: dict[int, dict[str, BookFigure]] = {}
    rows = session.execute(
        select(
            ContributionFigure.contribution_id,
            Figure.digest,
            Figure.kind,
            Figure.width,
            Figure.height,
        )
        .join(Figure, Figure.id == ContributionFigure.figure_id)
        .join(VolumeEntry, VolumeEntry.contribution_id == ContributionFigure.contribution_id)
        .where(VolumeEntry.volume_id == volume.id)
    )
    for contribution_id, digest, kind, width, height in rows:
        found.setdefault(contribution_id, {})[digest] = BookFigure(
            f"{digest}.{kind}", kind, width, height, partial(storage.read, store, key(digest, kind))
        )
    return found


def _titles(session: Session, key: Any, title: Any, where: Any) -> dict[Any, dict[str, str]]:
    return {row[0]: row[1] for row in session.execute(select(key, title).where(where))}


def _author(author: dict[str, Any], code: str) -> BookAuthor:
    countries = Locale.parse(LANGUAGES[code].locale).territories
    country = author.get("country", "")
    return BookAuthor(
        name=author["name"],
        latin=author.get("latin", ""),
        affiliation=author.get("affiliation", ""),
        country=countries.get(country, country),
        personal_capacity=bool(author.get("personal_capacity")),
        sort_key=author.get("sort_key", ""),
        orcid=author.get("orcid", ""),
        biography=author.get("biography", ""),
    )
