"""Reads of builds, and of volumes with their builds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased, raiseload

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.errors import NotFound
from app.core.languages import LANGUAGES
from app.proceedings import queries
from app.proceedings.book import MULTI
from app.proceedings.formats import FORMATS
from app.proceedings.models import Build, Volume
from app.proceedings.states import BuildState

MOST_BUILDS: Final = 30


@dataclass(frozen=True, slots=True)
class BuildView:
    """A build as pages show it.

    Attributes:
        step, done, total: what its worker does now, or did last; "" before it has begun.
        error: code and data, None while nothing went wrong.
        withdrawn: numbers of the essays that have left the books since, for which readers may no
            longer have the file.
    """

    id: int
    number: int
    language: str
    format: str
    volume_version: int
    state: BuildState
    step: str
    done: int
    total: int
    requested_at: datetime
    finished_at: datetime | None
    size: int
    sha256: str
    filename: str
    error: dict[str, Any] | None
    withdrawn: tuple[str, ...] = ()

    @property
    def is_pending(self) -> bool:
        return self.state in {BuildState.WAITING, BuildState.RUNNING}


def _views(statement: Select[Build, str], session: Session) -> list[BuildView]:
    return [_view(row) for row in session.execute(statement.options(raiseload("*")))]


def _view(row: Row[Build, str]) -> BuildView:
    build, slug = row
    last = build.steps[-1] if build.steps else {}
    return BuildView(
        id=build.id,
        number=build.number,
        language=build.language,
        format=build.format,
        volume_version=build.volume_version,
        state=BuildState(build.state),
        step=last.get("step", ""),
        done=last.get("done", 0),
        total=last.get("total", 0),
        requested_at=build.requested_at,
        finished_at=build.finished_at,
        size=build.file_size or 0,
        sha256=build.sha256 or "",
        filename=filename(slug, build),
        error=build.error,
    )


def filename(slug: str, build: Build) -> str:
    """What the file is called where it is downloaded: ``<volume>-<language>-<number>.<ext>``."""
    return f"{slug}-{build.language}-{build.number}{FORMATS[build.format].extension}"


def _of(volume: Volume) -> Select[Build, str]:
    return (
        select(Build, Volume.slug)
        .join(Volume, Volume.id == Build.volume_id)
        .where(Build.volume_id == volume.id)
        .order_by(Build.number.desc())
    )


def builds(session: Session, volume: Volume) -> list[BuildView]:
    """The volume's newest builds, in whatever state. Two queries, or one where there is none."""
    found = _views(_of(volume).limit(MOST_BUILDS), session)
    if not found:
        return []
    since = session.execute(
        select(Build.id, Contribution.number)
        .join(Contribution, _gone_since())
        .where(Build.id.in_([build.id for build in found]))
        .order_by(Contribution.sequence)
    )
    numbers: dict[int, list[str]] = {}
    for build_id, number in since:
        numbers.setdefault(build_id, []).append(str(number))
    return [replace(build, withdrawn=tuple(numbers.get(build.id, ()))) for build in found]


def _gone_since() -> ColumnElement[bool]:
    """Whether the essay may stand in the finished build, and has left the edition's books after it.

    Asked of the volume's edition, not of its entries: these may have been taken out since, and the
    file stays what it is.
    """
    edition = select(Volume.edition_id).where(Volume.id == Build.volume_id).correlate(Build)
    return and_(
        Build.state == BuildState.DONE.value,
        Contribution.edition_id == edition.scalar_subquery(),
        or_(_taken_down(), _accepted_no_longer()),
    )


def _taken_down() -> ColumnElement[bool]:
    return and_(
        Contribution.state == State.REMOVED.value,
        Contribution.accepted_at <= Build.finished_at,
        # A build's essays are read some time after it is asked for.
        Contribution.removed_at >= Build.requested_at,
    )


def _accepted_no_longer() -> ColumnElement[bool]:
    """Whether it was withdrawn, or its acceptance undone, before it was published.

    The contribution doesn't keep when; its audit entries do.
    """
    came, left = aliased(AuditEntry), aliased(AuditEntry)
    accepted = State.ACCEPTED.value
    into = (came.data["after"].as_string() == accepted) & (came.at <= Build.finished_at)
    out_of = (left.data["before"].as_string() == accepted) & (left.at >= Build.requested_at)
    return and_(
        Contribution.state.not_in(queries.INCLUDED),
        _move(came).where(into).exists(),
        _move(left).where(out_of).exists(),
    )


def _move(entry: type[AuditEntry]) -> Select[int]:
    mine = (entry.subject == "contribution") & (entry.subject_id == Contribution.id)
    return select(entry.id).where(mine).correlate(Contribution, Build)


def _shown() -> ColumnElement[bool]:
    """Whether readers may have the build: no essay that may stand in it has left since."""
    return ~select(Contribution.id).where(_gone_since()).correlate(Build).exists()


def downloads(session: Session, volume: Volume, language: str) -> list[BuildView]:
    """The newest finished build in each language and format that readers may have. One query.

    The reader's own ``language`` comes first, then the books of all languages at once.
    """
    newest = (
        select(func.max(Build.number))
        .where(Build.volume_id == volume.id, Build.state == BuildState.DONE.value, _shown())
        .group_by(Build.language, Build.format)
    )
    found = _views(_of(volume).where(Build.number.in_(newest)), session)
    order = [language, MULTI, *LANGUAGES]
    formats = list(FORMATS)
    return sorted(found, key=lambda each: (order.index(each.language), formats.index(each.format)))


def finished_build(session: Session, volume: Volume, name: str, *, hidden: bool) -> Build:
    """The finished build whose file is called that. One query. Raises NotFound.

    ``hidden`` finds those too that readers may no longer have, for organisers.
    """
    number = name.rpartition(".")[0].rpartition("-")[2]
    # Longer numbers would not fit the databases' integers.
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise NotFound("build.unknown")
    build = session.scalar(
        select(Build)
        .where(
            Build.volume_id == volume.id,
            Build.number == int(number),
            Build.state == BuildState.DONE.value,
            true() if hidden else _shown(),
        )
        .options(raiseload("*"))
    )
    if build is None or filename(volume.slug, build) != name:
        raise NotFound("build.unknown")
    return build


def as_records(session: Session) -> Iterator[dict[str, Any]]:
    """Every volume as the command line lists it, with its finished builds. Two queries."""
    by_volume: dict[int, list[dict[str, Any]]] = {}
    finished = (
        select(Build, Volume.slug)
        .join(Volume, Volume.id == Build.volume_id)
        .where(Build.state == BuildState.DONE.value)
        .order_by(Build.volume_id, Build.number)
        .options(raiseload("*"))
    )
    for build, slug in session.execute(finished):
        by_volume.setdefault(build.volume_id, []).append(
            {
                "number": build.number,
                "language": build.language,
                "format": build.format,
                "volume_version": build.volume_version,
                "size": build.file_size,
                "sha256": build.sha256,
                "file": filename(slug, build),
            }
        )
    for row in queries.volumes(session, only_published=False):
        yield {
            "id": row.id,
            "slug": row.slug,
            "edition": row.edition_slug,
            "title": row.title,
            "version": row.version,
            "essays": row.essays,
            "published_at": row.published_at.isoformat() if row.published_at else None,
            "builds": by_volume.get(row.id, []),
        }
