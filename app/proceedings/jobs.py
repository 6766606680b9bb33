"""The worker's part: a build is taken, its book put together, typeset, and stored.

Every write is a short transaction of its own, so that a page sees the progress and nobody waits
for the typesetting.
"""

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from flask import current_app
from obstore.store import ObjectStore
from sqlalchemy.orm import Session, sessionmaker

from app.config import Settings
from app.core import clock, storage
from app.core.db import writing
from app.core.errors import DomainError
from app.jobs import Job
from app.proceedings import assemble, builds, labels, queries
from app.proceedings.builds import Lost, due
from app.proceedings.formats import FORMATS
from app.proceedings.models import Build, Volume

__all__ = ["JOB", "Watch", "run"]

Watch = Callable[[str, int, int], None]
"""Called with a step (``assemble``, the format's own, ``store``), what is done, and the total."""

HEARTBEAT_SECONDS: Final = 5.0
NOTE_SECONDS: Final = 1.0
_DAY: Final = 86_400

logger = logging.getLogger(__name__)


def run(build_id: int, watch: Watch | None = None) -> None:
    """Make the build's file, unless it is made or being made already.

    What goes wrong is written into its row; nothing is raised. ``watch`` is told of each step too.
    """
    sessions: sessionmaker[Session] = current_app.extensions["jsi_sessions"]
    with writing(sessions) as session:
        build = builds.take(session, build_id)
    if build is None:
        return
    settings: Settings = current_app.config["JSI"]
    try:
        with _Progress(sessions, build.id, build.attempt, watch) as progress:
            product = _make(
                sessions, current_app.extensions["jsi_store"], build, settings, progress
            )
        with writing(sessions) as session:
            builds.finish(session, build.id, build.attempt, **product)
    except Lost:
        logger.warning("build %s was taken up by another worker", build.id)
    except DomainError as error:
        with suppress(Lost), writing(sessions) as session:
            builds.fail(session, build.id, build.attempt, error.code, error.data)
    except Exception:
        logger.exception("build %s broke off in attempt %s", build.id, build.attempt)
        with suppress(Lost), writing(sessions) as session:
            builds.give_back(session, build.id, build.attempt)


JOB: Final = Job(run=run, due=due, long=True)


def _make(
    sessions: sessionmaker[Session],
    store: ObjectStore,
    build: Build,
    settings: Settings,
    progress: "_Progress",
) -> dict[str, Any]:
    """Build into a folder that is gone afterwards, and store; gives the product's columns."""
    form = FORMATS[build.format]
    fonts = Path(settings.fonts_dir) if settings.fonts_dir else None
    progress("assemble", 0, 1)
    with sessions() as session:
        slug = session.get_one(Volume, build.volume_id).slug
        volume = queries.volume(session, slug)
        book = assemble.book(
            session,
            volume,
            build.language,
            cache(labels.words),
            site=settings.base_url,
            store=store,
        )
    progress("assemble", 1, 1)
    key = f"builds/{slug}/{build.number}{form.extension}"
    with _workshop(settings.data_dir, build.id) as folder:
        out = folder / f"book{form.extension}"
        form.build(book, out=out, progress=progress, extra_fonts=fonts)
        progress("store", 0, 1)
        with out.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        size = out.stat().st_size
        storage.put(store, key, out)
    progress("store", 1, 1)
    return {
        "file_key": key,
        "file_size": size,
        "sha256": digest,
        "volume_version": volume.version,
    }


@contextmanager
def _workshop(data: Path, build_id: int) -> Iterator[Path]:
    """A folder for this attempt, gone afterwards.

    What workers left that were killed goes first: of this build, whose worker is known to be dead,
    and of any other after a day.
    """
    workshops = data / "workshops"
    workshops.mkdir(parents=True, exist_ok=True)
    for left in workshops.iterdir():
        with suppress(FileNotFoundError):  # its own worker has just finished
            if left.name.startswith(f"{build_id}-") or left.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{build_id}-", dir=workshops) as folder:
        yield Path(folder)


@dataclass
class _Step:
    step: str
    at: str
    done: int
    total: int


class _Progress:
    """Writes the steps into the build's row, not too often, and a sign of life in between.

    Used as a context; called as ``progress(step, done, total)``. Raises Lost out of a call once
    another worker has the build.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        build_id: int,
        attempt: int,
        watch: Watch | None,
    ) -> None:
        self._sessions = sessions
        self._row = (build_id, attempt)
        self._watch = watch
        self._steps: list[_Step] = []
        self._noted = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="build-heartbeat", daemon=True)

    def __enter__(self) -> "_Progress":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, step: str, done: int, total: int) -> None:
        begins = not self._steps or self._steps[-1].step != step
        if begins:
            self._steps.append(_Step(step, clock.now().isoformat(), done, total))
        self._steps[-1].done, self._steps[-1].total = done, total
        if self._watch is not None:
            self._watch(step, done, total)
        if begins or done >= total or time.monotonic() - self._noted >= NOTE_SECONDS:
            self._note(steps=[asdict(each) for each in self._steps])
            self._noted = time.monotonic()

    def _note(self, **values: Any) -> None:
        with writing(self._sessions) as session:
            builds.note(session, *self._row, **values)

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_SECONDS):
            try:
                self._note()
            except Lost:
                return
            except Exception:
                logger.exception("no sign of life of build %s", self._row[0])
