"""A list of contributions as one ZIP of Markdown, CSV and JSON, made while it is sent.

Memory stays the same however long the list is: each essay is written on its own, the two tables
grow in temporary files. The same rows give the same names and the same bytes.

Sources: RFC 4180 (CSV); OWASP, "CSV Injection"; PKWARE APPNOTE 4.3.9 (data descriptors, which let
an archive be written without going back).
"""

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, Any, Final

from obstore.store import ObjectStore
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.figures.models import ContributionFigure, Figure, key
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import storage
from app.core.audit import AuditAction, record
from app.core.errors import Forbidden
from app.core.policy import Actor, can_organise
from app.documents.parse import parse
from app.editions.models import Edition, Question, Theme
from app.moderation.conflicts.queries import is_apart
from app.moderation.search.conditions import Condition, conditions
from app.moderation.search.language import EVERYTHING, Search

EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The first moment a ZIP can name."""

ROWS_AT_ONCE: Final = 50
PIECE_BYTES: Final = 256 * 1024
FIGURES: Final = "figures"
LIST_SEPARATOR: Final = "; "
# Where programs of half the world set cells apart by semicolons, one begins behind each of these.
_FORMULA: Final = re.compile(r"(^(?=[\t\r])|(?:^|[;\t\r\n] *)(?=[=+\-@＝＋－＠]))")


@dataclass(frozen=True, slots=True)
class Exported:
    """A contribution with its newest revision (once published, the one readers are served).

    ``figures`` are the names in the archive of those the body shows.
    """

    number: str
    language: str
    title: str
    state: str
    edition: str
    track: str
    theme: str
    question: str
    revision: int
    authors: tuple[dict[str, Any], ...]
    keywords: tuple[str, ...]
    licence: str
    previously_published: str
    extra: dict[str, str]
    submitted_at: str
    accepted_at: str
    published_at: str
    length: int
    abstract: str
    summary: str
    body: str
    references: str
    bibliography: tuple[dict[str, Any], ...]
    figures: tuple[str, ...]
    written_at: datetime

    @property
    def name(self) -> str:
        """Of its file in the archive."""
        return f"contributions/{self.number}-{self.language}.md"


def note_download(session: Session, actor: Actor, search: Search) -> None:
    """Write down that somebody takes this list away. Raises Forbidden."""
    if not can_organise(actor):
        raise Forbidden("forbidden")
    statement = select(func.count(Contribution.id)).where(*_found(search, actor))
    count = session.scalars(statement, {"me": actor.id}).one()
    record(
        session,
        actor,
        AuditAction.EXPORT_DOWNLOADED,
        actor.id or 0,
        search=str(search.coded),
        contributions=count,
    )


def _found(search: Search, actor: Actor) -> list[Condition]:
    """As on the page of the list: without what ``me`` is in conflict with."""
    return [Contribution.state != State.DRAFT.value, is_apart(), *conditions(search, actor)]


def rows(session: Session, actor: Actor, search: Search = EVERYTHING) -> Iterator[Exported]:
    """The contributions of that list, drafts left out, oldest first, read in parts. Two queries."""
    found = _found(search, actor)
    me = {"me": actor.id}
    figures = _figures(session, found, me)
    listed: Any = (
        select(Contribution, Revision, Edition.slug, Theme.code, Question.slug)
        .join(
            Revision,
            Revision.id
            == func.coalesce(Contribution.published_revision_id, Contribution.revision_id),
        )
        .join(Edition, Edition.id == Contribution.edition_id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .outerjoin(Question, Question.id == Contribution.question_id)
        .where(*found)
        .order_by(Contribution.id)
    )
    listing = session.execute(listed.execution_options(yield_per=ROWS_AT_ONCE), me)
    for contribution, revision, edition, theme, question in listing:
        shown = parse(revision.body).figures if contribution.id in figures else {}
        names = figures.get(contribution.id, {})
        yield _exported(
            contribution,
            revision,
            edition,
            theme or "",
            question or "",
            tuple(names[digest] for digest in shown if digest in names),
        )


def _figures(
    session: Session, among: Sequence[Condition], values: Mapping[str, Any]
) -> dict[int, dict[str, str]]:
    """By contribution and digest, the names in the archive of their figures."""
    rows: Any = (
        select(ContributionFigure.contribution_id, Figure.digest, Figure.kind)
        .join(Figure, Figure.id == ContributionFigure.figure_id)
        .join(Contribution, Contribution.id == ContributionFigure.contribution_id)
        .where(*among)
    )
    found: dict[int, dict[str, str]] = {}
    for contribution_id, digest, kind in session.execute(rows, values):
        found.setdefault(contribution_id, {})[digest] = f"{FIGURES}/{digest}.{kind}"
    return found


def _exported(
    contribution: Contribution,
    revision: Revision,
    edition: str,
    theme: str,
    question: str,
    figures: tuple[str, ...],
) -> Exported:
    return Exported(
        number=contribution.number or "",
        language=revision.language,
        title=revision.title,
        state=contribution.state,
        edition=edition,
        track=contribution.track,
        theme=theme,
        question=question,
        revision=revision.number,
        authors=tuple(revision.authors),
        keywords=tuple(revision.keywords),
        licence=revision.licence,
        previously_published=revision.previously_published,
        extra=revision.extra,
        submitted_at=_iso(contribution.submitted_at),
        accepted_at=_iso(contribution.accepted_at),
        published_at=_iso(contribution.published_at),
        length=revision.length,
        abstract=revision.abstract,
        summary=revision.summary,
        body=revision.body,
        references=revision.reference_list,
        bibliography=tuple(revision.bibliography),
        figures=figures,
        written_at=revision.created_at,
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def archive(found: Iterable[Exported], store: ObjectStore | None = None) -> Iterator[bytes]:
    """The ZIP in pieces: an essay a file, after it its figures, then the tables.

    These are ``contributions.csv`` and ``contributions.json``. A figure's file that is lost is
    left out (and all of them without ``store``); one that several essays show is there once.
    """
    sink = _Sink()
    packed_figures: set[str] = set()
    newest = EPOCH
    with (
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed,
        tempfile.TemporaryFile() as table,
        tempfile.TemporaryFile() as objects,
    ):
        tables = _Tables(table, objects)
        for each in found:
            newest = max(newest, each.written_at)
            packed.writestr(_entry(each.name, each.written_at), markdown(each))
            tables.add(each)
            yield sink.take()
            for name in each.figures:
                if store and name not in packed_figures:
                    packed_figures.add(name)
                    _pack_figure(packed, name, each.written_at, store)
                    yield sink.take()
        tables.end()
        for name, file in (("contributions.csv", table), ("contributions.json", objects)):
            with packed.open(_entry(name, newest), "w") as target:
                file.seek(0)
                while piece := file.read(PIECE_BYTES):
                    target.write(piece)
                    yield sink.take()
    yield sink.take()


def _pack_figure(packed: zipfile.ZipFile, name: str, moment: datetime, store: ObjectStore) -> None:
    digest, _, kind = name.removeprefix(f"{FIGURES}/").partition(".")
    with suppress(FileNotFoundError):
        packed.writestr(_entry(name, moment), storage.read(store, key(digest, kind)))


class _Sink(io.RawIOBase):
    """What the archive writer writes to: can't be sought in, and is emptied by ``take``."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class _Tables:
    """The same contributions as CSV and as one JSON array, each growing in a file."""

    def __init__(self, table: IO[bytes], objects: IO[bytes]) -> None:
        # With a byte order mark, as the spreadsheet programs of most offices want it.
        self._text = io.TextIOWrapper(table, "utf-8-sig", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._objects = objects
        self._first = True
        self._csv.writerow(COLUMNS)

    def add(self, each: Exported) -> None:
        self._csv.writerow([cell(value) for value in _cells(each)])
        self._objects.write(b"[\n" if self._first else b",\n")
        self._objects.write(json.dumps(as_object(each), ensure_ascii=False).encode())
        self._first = False

    def end(self) -> None:
        self._text.flush()
        self._text.detach()
        self._objects.write(b"[]\n" if self._first else b"\n]\n")


COLUMNS: Final = (
    "number",
    "title",
    "authors",
    "affiliations",
    "countries",
    "orcids",
    "language",
    "state",
    "edition",
    "track",
    "theme",
    "question",
    "revision",
    "length",
    "keywords",
    "licence",
    "previously_published",
    "submitted_at",
    "accepted_at",
    "published_at",
    "abstract",
    "summary",
    "file",
)


def _cells(each: Exported) -> Iterator[str]:
    joined = {
        "authors": LIST_SEPARATOR.join(author["name"] for author in each.authors),
        "affiliations": LIST_SEPARATOR.join(a.get("affiliation", "") for a in each.authors),
        "countries": LIST_SEPARATOR.join(a.get("country", "") for a in each.authors),
        "orcids": LIST_SEPARATOR.join(a.get("orcid", "") for a in each.authors),
        "keywords": LIST_SEPARATOR.join(each.keywords),
        "file": each.name,
    }
    for name in COLUMNS:
        yield joined[name] if name in joined else str(getattr(each, name))


def cell(value: str) -> str:
    """The value as a spreadsheet program may read it: no part of it as a formula."""
    return _FORMULA.sub(r"\1'", value)


def as_object(each: Exported) -> dict[str, Any]:
    """The contribution for ``contributions.json``."""
    made = asdict(each)
    del made["written_at"]
    return made | {"file": each.name}


def markdown(each: Exported) -> str:
    """The essay in the text format under a header of YAML (whose values are written as JSON).

    Its images lead to the files of the archive.
    """
    header = as_object(each)
    del header["body"], header["file"], header["references"]
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in header.items()]
    body = each.body.strip()
    for name in each.figures:
        digest = name.removeprefix(f"{FIGURES}/").partition(".")[0]
        body = body.replace(f"figure:{digest}", f"../{name}")
    parts = [body, *(["***", each.references.strip()] if each.references else [])]
    return "\n".join(["---", *lines, "---", "", f"# {each.title}", "", "\n\n".join(parts), ""])


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    at = max(moment, EPOCH).astimezone(UTC)
    entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry
