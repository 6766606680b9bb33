"""A database as a site of that size would have it.

A few essays in each language go the whole way by the application's own operations: written,
submitted, decided, published. The rest are copies of their rows with ids, numbers and moments of
their own, since ten thousand by hand would take longer than all measuring. A copy has no draft and
no decisions; no page that is measured reads them.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Engine, Table, delete, func, insert, select
from sqlalchemy.orm import Session

from app import create_app, migrate
from app.accounts.operations import create_account
from app.config import Settings
from app.contributions import operations as writing
from app.contributions.models import Contribution, PublishedText, Revision, TitleWords
from app.contributions.numbering import LETTERS
from app.contributions.states import State
from app.core import clock
from app.core.db import make_engine
from app.core.languages import CODES
from app.core.outbox import OutboxMail
from app.core.policy import Actor, Role, TrackCode
from app.demonstration import load
from app.editions.models import Edition, Question
from app.library import jobs as frame_jobs
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Reason, Verdict
from app.proceedings.models import Build
from app.web.database import transaction
from bench.texts import essay

PASSWORD: Final = "a password for benchmarks only"
EDITION: Final = "standing"
QUESTION: Final = "norms-into-practice"
"""Asked of both tracks."""

_CHUNK: Final = 250
_FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


def author(number: int) -> str:
    """Address of one of the accounts that write."""
    return f"author{number}@bench.example"


def moderator(number: int) -> str:
    """Address of one of those that decide, in all languages and both tracks."""
    return f"moderator{number}@bench.example"


def environment(folder: Path) -> dict[str, str]:
    """The settings of a site that keeps its data there, without the demonstration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JSI_")}
    return {**kept, "JSI_DATA_DIR": str(folder), "JSI_DEMO": "0"}


def make(folder: Path, *, people: int, variants: int) -> None:
    """A new site: the demonstration, some authors and moderators, and essays in each language.

    Of these ``variants`` are published and as many wait.
    """
    app = create_app(Settings.from_environment(environment(folder)))
    engine: Engine = app.extensions["jsi_engine"]
    migrate.upgrade(engine)
    with app.app_context(), transaction() as session:
        load(session, app.extensions["jsi_store"])
        # What the worker would do of it by itself would come in between.
        session.execute(delete(Build))
        writers = [
            create_account(session, email=author(number), password=PASSWORD, name="Avery Author")
            for number in range(people)
        ]
        moderators = [
            create_account(
                session,
                email=moderator(number),
                password=PASSWORD,
                roles=[Role.MODERATOR],
                name="Mo Moderator",
            )
            for number in range(people)
        ]
        with clock.standing_at(_FIRST):
            _prototypes(session, writers[0].actor, moderators[0].actor, variants)
        session.execute(delete(OutboxMail))
    engine.dispose()


def _prototypes(session: Session, writer: Actor, decider: Actor, variants: int) -> None:
    edition = session.scalars(select(Edition).where(Edition.slug == EDITION)).one()
    question = session.scalars(select(Question).where(Question.slug == QUESTION)).one()
    for seed in range(2 * variants):
        for position, language in enumerate(CODES):
            track = list(TrackCode)[(seed + position) % 2]
            contribution = writing.open_draft(
                session, writer, edition, track, language=language, question=question
            )
            content = essay(language, seed, track, question_id=question.id)
            writing.save_draft(session, writer, contribution.id, content, seen_version=1)
            writing.submit(session, writer, contribution.id)
            if seed < variants:
                claim_and_decide(
                    session, decider, contribution.id, Verdict.ACCEPT, reasons=[Reason.RELEVANT]
                )


def copy(source: Path, target: Path) -> None:
    """The same site in another folder."""
    shutil.copytree(source, target)


def fill(
    folder: Path,
    *,
    published: int,
    waiting: int,
    translated: bool = False,
    longest: int | None = None,
) -> None:
    """Multiply what :func:`make` made to that many published essays, and so many that wait.

    With ``translated`` each published one is there in all ten languages. Bodies of the copies are
    cut after ``longest`` characters, where a page that reads none would only wait for the disk.
    """
    engine = make_engine(f"sqlite:///{folder / 'jesuisinternet.db'}")
    with Session(engine) as session:
        # A contribution and its revision point at each other.
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        copies = _Copies(session, longest)
        copies.add(State.SUBMITTED, waiting)
        copies.add(State.PUBLISHED, published, translated=translated)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()


def make_ready(folder: Path, address: str) -> None:
    """What the worker has long done on such a site: every essay's page is made ready."""
    app = create_app(Settings.from_environment(environment(folder) | {"JSI_BASE_URL": address}))
    with app.app_context():
        with app.extensions["jsi_sessions"]() as session:
            waiting = frame_jobs.due(session, most=sys.maxsize)
        for text_id in waiting:
            frame_jobs.run_frame(text_id)
    app.extensions["jsi_engine"].dispose()


def numbers(folder: Path, most: int) -> list[tuple[str, str]]:
    """(language, number) of published essays, evenly spread over all of them."""
    engine = make_engine(f"sqlite:///{folder / 'jesuisinternet.db'}")
    statement = (
        select(PublishedText.language, PublishedText.number)
        .where(PublishedText.is_source, PublishedText.published_at >= _FIRST)
        .order_by(PublishedText.id)
    )
    with Session(engine) as session:
        found = [(language, number) for language, number in session.execute(statement)]
    engine.dispose()
    return found[:: max(len(found) // most, 1)][:most]


class _Copies:
    """Copies of the prototypes, with ids and numbers that go on where the others end."""

    def __init__(self, session: Session, longest: int | None) -> None:
        self.session = session
        self.longest = longest
        self.contribution_id = self._highest(Contribution.id)
        self.revision_id = self._highest(Revision.id)
        self.sequences = Counter[str](
            dict(
                session.execute(
                    select(Contribution.track, func.max(Contribution.sequence))
                    .join(Edition, Edition.id == Contribution.edition_id)
                    .where(Edition.slug == EDITION)
                    .group_by(Contribution.track)
                ).all()
            )
        )

    def _highest(self, column: Any) -> int:
        return self.session.scalar(select(func.max(column))) or 0

    def _rows(self, model: type[Any], *where: Any) -> list[Row]:
        table: Table = model.__table__
        return [dict(row) for row in self.session.execute(select(table).where(*where)).mappings()]

    def add(self, state: State, wanted: int, *, translated: bool = False) -> None:
        """Add as many as are missing in that state."""
        prototypes = self._rows(
            Contribution, Contribution.state == state.value, Contribution.opened_at == _FIRST
        )
        ids = [row["id"] for row in prototypes]
        revisions = {
            row["contribution_id"]: row
            for row in self._rows(Revision, Revision.contribution_id.in_(ids))
        }
        published = {
            row["contribution_id"]: row
            for row in self._rows(PublishedText, PublishedText.contribution_id.in_(ids))
        }
        here = select(func.count()).select_from(Contribution)
        present = self.session.scalar(here.where(Contribution.state == state.value)) or 0
        languages = len(CODES) if translated else 1
        batch = _Batch(self.session)
        for index in range(wanted - present):
            prototype = prototypes[index % len(prototypes)]
            new = self._contribution(prototype, _FIRST + timedelta(minutes=index + 1))
            revision = revisions[prototype["id"]]
            batch.contributions.append(new)
            batch.revisions.append(
                revision
                | {
                    "id": new["revision_id"],
                    "contribution_id": new["id"],
                    "body": revision["body"][: self.longest],
                }
            )
            if state is State.PUBLISHED:
                # Prototypes stand in the order of languages, so that any ten in a row have all ten.
                around = (prototypes[(index + k) % len(prototypes)]["id"] for k in range(languages))
                batch.texts += _texts(new, [published[id] for id in around])
            batch.flush_at(_CHUNK)
        batch.flush_at(1)

    def _contribution(self, prototype: Row, moment: datetime) -> Row:
        self.contribution_id += 1
        self.revision_id += 1
        track = prototype["track"]
        self.sequences[track] += 1
        sequence = self.sequences[track]
        is_published = prototype["published_at"] is not None
        return prototype | {
            "id": self.contribution_id,
            "number": f"S-{LETTERS[TrackCode(track)]}-{sequence:03d}",
            "sequence": sequence,
            "waiting_since": moment,
            "published_at": moment if is_published else None,
            "revision_id": self.revision_id,
            "published_revision_id": self.revision_id if is_published else None,
        }


def _texts(contribution: Row, prototypes: list[Row]) -> Iterator[Row]:
    for position, prototype in enumerate(prototypes):
        yield {name: value for name, value in prototype.items() if name != "id"} | {
            "contribution_id": contribution["id"],
            "number": contribution["number"],
            "revision_id": contribution["revision_id"],
            "track": contribution["track"],
            "published_at": contribution["published_at"],
            "is_source": position == 0,
            "etag": f"{contribution['id']}-{prototype['etag']}",
        }


class _Batch:
    """Rows on their way into the database."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.contributions: list[Row] = []
        self.revisions: list[Row] = []
        self.texts: list[Row] = []

    def flush_at(self, size: int) -> None:
        """Send them once there are so many."""
        if len(self.contributions) < size:
            return
        titles = [
            {"contribution_id": each["id"], "words": each["title"].casefold()}
            for each in self.contributions
        ]
        for model, rows in (
            (Contribution, self.contributions),
            (TitleWords, titles),
            (Revision, self.revisions),
            (PublishedText, self.texts),
        ):
            if rows:
                self.session.execute(insert(cast(Table, model.__table__)), rows)
                rows.clear()
