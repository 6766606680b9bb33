"""Reads of volumes: for organisers, for readers, for the command line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, raiseload

from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.errors import NotFound
from app.core.languages import LANGUAGES
from app.core.localised import Localised
from app.editions.models import Edition, Question, Theme, Track
from app.proceedings.models import Volume, VolumeEntry, VolumeSection

#: What may stand in a book: an essay that was taken down later is left out.
INCLUDED: Final = (State.ACCEPTED.value, State.PUBLISHED.value)


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """One line of a list of volumes; texts by language."""

    id: int
    slug: str
    title: dict[str, str]
    subtitle: dict[str, str]
    edition: dict[str, str]
    edition_slug: str
    version: int
    essays: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An essay's place in a volume.

    Attributes:
        pinned: number of the revision it is pinned to. ``newest``: of the one it could be.
        left_out: the essay was taken down since; books and readers don't see it.
    """

    id: int
    contribution_id: int
    number: str
    title: Localised
    authors: tuple[str, ...]
    state: State
    pinned: int
    newest: int
    position: int

    @property
    def is_outdated(self) -> bool:
        return self.newest != self.pinned

    @property
    def is_published(self) -> bool:
        return self.state is State.PUBLISHED

    @property
    def left_out(self) -> bool:
        return self.state not in INCLUDED


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section and its entries, in order; the title by language."""

    id: int
    title: dict[str, str]
    position: int
    entries: tuple[EntryView, ...]


def volume(session: Session, slug: str) -> Volume:
    """That volume with its edition. One query. Raises NotFound."""
    found = session.scalar(
        select(Volume)
        .where(Volume.slug == slug)
        .options(joinedload(Volume.edition).raiseload("*"), raiseload("*"))
    )
    if found is None:
        raise NotFound("volume.unknown")
    return found


def _included() -> Select[int]:
    """Entries whose essays may stand in a book."""
    return (
        select(VolumeEntry.id)
        .join(Contribution, Contribution.id == VolumeEntry.contribution_id)
        .where(Contribution.state.in_(INCLUDED))
    )


def holds_essays(session: Session, volume: Volume) -> bool:
    """Whether a book of the volume would have an essay in it. One query."""
    statement = _included().where(VolumeEntry.volume_id == volume.id).limit(1)
    return session.scalar(statement) is not None


def volumes(session: Session, *, only_published: bool) -> list[VolumeRow]:
    """All volumes, or the published ones, the newest first. One query."""
    essays = (
        select(func.count())
        .select_from(VolumeEntry)
        .join(Contribution, Contribution.id == VolumeEntry.contribution_id)
        .where(VolumeEntry.volume_id == Volume.id, Contribution.state.in_(INCLUDED))
        .scalar_subquery()
    )
    statement = (
        select(
            Volume.id,
            Volume.slug,
            Volume.title,
            Volume.subtitle,
            Edition.title.label("edition"),
            Edition.slug.label("edition_slug"),
            Volume.version,
            essays.label("essays"),
            Volume.published_at,
        )
        .join(Edition, Edition.id == Volume.edition_id)
        .order_by(Edition.position.desc(), Volume.id.desc())
    )
    if only_published:
        statement = statement.where(Volume.published_at.is_not(None))
    return [VolumeRow(**row) for row in session.execute(statement).mappings()]


def contents(session: Session, volume: Volume) -> tuple[SectionView, ...]:
    """The volume's sections and entries, in order. Two queries."""
    by_section: dict[int, list[EntryView]] = {}
    for section_id, entry in _entries(session, volume):
        by_section.setdefault(section_id, []).append(entry)
    sections = session.execute(
        select(VolumeSection.id, VolumeSection.title, VolumeSection.position)
        .where(VolumeSection.volume_id == volume.id)
        .order_by(VolumeSection.position, VolumeSection.id)
    )
    return tuple(
        SectionView(row.id, row.title, row.position, tuple(by_section.get(row.id, ())))
        for row in sections
    )


def _entries(session: Session, volume: Volume) -> Iterator[tuple[int, EntryView]]:
    newest = aliased(Revision)
    statement = (
        select(
            VolumeEntry.id,
            VolumeEntry.section_id,
            VolumeEntry.position,
            Contribution.id.label("contribution_id"),
            Contribution.number,
            Contribution.state,
            Revision.number.label("pinned"),
            Revision.title,
            Revision.language,
            Revision.authors,
            newest.number.label("newest"),
        )
        .join(Contribution, Contribution.id == VolumeEntry.contribution_id)
        .join(Revision, Revision.id == VolumeEntry.revision_id)
        .join(
            newest,
            newest.id
            == func.coalesce(Contribution.published_revision_id, Contribution.revision_id),
        )
        .where(VolumeEntry.volume_id == volume.id)
        .order_by(VolumeEntry.position, VolumeEntry.id)
    )
    for row in session.execute(statement):
        yield (
            row.section_id,
            EntryView(
                id=row.id,
                contribution_id=row.contribution_id,
                number=row.number,
                title=Localised(row.title, LANGUAGES[row.language]),
                authors=tuple(author["name"] for author in row.authors),
                state=State(row.state),
                pinned=row.pinned,
                newest=row.newest,
                position=row.position,
            ),
        )


def for_readers(sections: tuple[SectionView, ...]) -> tuple[SectionView, ...]:
    """The same without what was taken down, and without sections that have nothing left."""
    kept = (
        SectionView(
            section.id,
            section.title,
            section.position,
            tuple(entry for entry in section.entries if not entry.left_out),
        )
        for section in sections
    )
    return tuple(section for section in kept if section.entries)


def eligible(volume: Volume) -> Select[Contribution]:
    """Accepted essays of the volume's edition that don't stand in it, as they would stand there."""
    stands = exists().where(
        VolumeEntry.volume_id == volume.id, VolumeEntry.contribution_id == Contribution.id
    )
    return (
        select(Contribution)
        .join(
            Track,
            and_(Track.edition_id == Contribution.edition_id, Track.code == Contribution.track),
        )
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .outerjoin(Question, Question.id == Contribution.question_id)
        .where(
            Contribution.edition_id == volume.edition_id,
            Contribution.state.in_(INCLUDED),
            ~stands,
        )
        .options(raiseload("*"))
        # Where null sorts differs from database to database.
        .order_by(
            Track.position,
            Theme.position.is_(None),
            Theme.position,
            Question.position.is_(None),
            Question.position,
            Contribution.sequence,
        )
    )


def missing(session: Session, volume: Volume) -> list[Contribution]:
    """What :func:`eligible` finds. One query."""
    return list(session.scalars(eligible(volume)))


def section(session: Session, volume: Volume, section_id: int) -> VolumeSection:
    """One section of the volume. One query. Raises NotFound."""
    found = session.scalar(
        select(VolumeSection)
        .where(VolumeSection.volume_id == volume.id, VolumeSection.id == section_id)
        .options(raiseload("*"))
    )
    if found is None:
        raise NotFound("section.unknown")
    return found
