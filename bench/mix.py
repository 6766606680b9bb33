"""Everybody at once: readers, authors, moderators, the mail and a book, on one SQLite file."""

from collections import Counter
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import Final

from sqlalchemy import select

from app import create_app
from app.config import Settings
from app.contributions.models import Contribution
from app.core.policy import SYSTEM
from app.editions.models import Edition
from app.proceedings import contents, operations
from app.proceedings.models import Build
from app.web.database import transaction
from bench import data, stack
from bench.load import Aim, Tally, press
from bench.pages import aims_of
from bench.people import Moderator, Writer
from bench.post import mail_server
from bench.report import Line, Target
from bench.stack import CannotMeasure
from bench.stage import MODERATORS, WRITERS, Lines, Stage
from bench.submission import STEPS, Done, for_seconds, write

NONE: Final = Target(most=0)
LOCKED: Final = "database is locked"

_WRITES: Final = frozenset({*STEPS, "claim", "decide"})
_BOOK: Final = "benchmark"
_BOOK_ESSAYS: Final = 10
_ESSAYS: Final = 100


def mix(stage: Stage) -> Lines:
    """How often the database was locked, or an answer was an error."""
    seconds, folder = stage.scale.mix_seconds, stage.usual
    with mail_server() as mail, stack.site(folder, mail_url=mail.url) as server:
        reading = _mixed(aims_of(server, data.numbers(folder, _ESSAYS)))
        writers = [Writer.sign_in(server.port, data.author(n)) for n in range(WRITERS)]
        moderators = [Moderator.sign_in(server.port, data.moderator(n)) for n in range(MODERATORS)]
        _ask_for_a_book(folder)
        readers = stage.pool.apply_async(press, (reading, seconds, 0))
        workers = [
            *(stage.pool.apply_async(write, (each.again(0), seconds)) for each in writers),
            *(stage.pool.apply_async(_decide, (each.again(), seconds)) for each in moderators),
        ]
        read: Tally = readers.get()
        done, failures = _gather(workers)
        book = _state_of_the_book(folder)
        log = server.log.read_text("utf-8", "replace")
    seen = [each for one in done for each in one.seen]
    statuses = read.statuses + Counter(status for _, status, _ in seen)
    errors = sum(number for status, number in statuses.items() if status >= 500) + len(failures)
    writes = sorted(taken for name, _, taken in seen if name in _WRITES)
    yield Line("answers that were errors", errors, target=NONE, details="; ".join(failures)[:500])
    yield Line(f"“{LOCKED}” in what web and worker said", log.count(LOCKED), target=NONE)
    yield Line(
        "requests in that time",
        statuses.total(),
        details=f"{len(writes)} of them writes, p50 {1000 * writes[len(writes) // 2]:.0f} ms, "
        f"longest {1000 * writes[-1]:.0f} ms; the worker sent {mail.taken} mails, "
        f"and its book is {book}",
    )


def _mixed(aims: dict[str, Aim]) -> Aim:
    """Visitors' essays and lists, ten to one."""
    essays, lists = aims["essay"], aims["list"].paths
    paths = [path for n, path in enumerate(essays.paths) for path in (path, *_every(10, n, lists))]
    return Aim(essays.port, tuple(paths))


def _every(period: int, number: int, paths: tuple[str, ...]) -> tuple[str, ...]:
    return (paths[number // period % len(paths)],) if number % period == 0 else ()


def _decide(moderator: Moderator, seconds: float) -> Done:
    return for_seconds(seconds, moderator.person, moderator.accept_one)


def _gather(workers: list[AsyncResult[Done]]) -> tuple[list[Done], list[str]]:
    """What all of them did, and what stopped those that were stopped."""
    done, failures = list[Done](), list[str]()
    for each in workers:
        try:
            done.append(each.get())
        except CannotMeasure as error:
            failures.append(str(error))
    return done, failures


def _ask_for_a_book(folder: Path) -> None:
    """Have the worker make a PDF meanwhile."""
    app = create_app(Settings.from_environment(data.environment(folder)))
    with app.app_context(), transaction() as session:
        edition = session.scalars(select(Edition).where(Edition.slug == data.EDITION)).one()
        title = {"en": "Benchmark"}
        volume = operations.create_volume(session, SYSTEM, edition, _BOOK, title)
        essays = select(Contribution.id).where(
            Contribution.edition_id == edition.id, Contribution.published_at.is_not(None)
        )
        for id in session.scalars(essays.order_by(Contribution.id.desc()).limit(_BOOK_ESSAYS)):
            contents.add_entry(session, SYSTEM, volume, id)
        operations.request_build(session, SYSTEM, volume, "multi", "pdf")
    app.extensions["jsi_engine"].dispose()


def _state_of_the_book(folder: Path) -> str:
    app = create_app(Settings.from_environment(data.environment(folder)))
    with app.extensions["jsi_sessions"]() as session:
        state = session.scalar(select(Build.state).order_by(Build.id.desc()).limit(1))
    app.extensions["jsi_engine"].dispose()
    return str(state)
