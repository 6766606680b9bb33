"""A build's life between request and product: taken, noted, finished or failed.

A build belongs to the worker that has taken it for as long as it gives signs of life. Each taking
is counted, and every later write names its count: a worker that was thought dead and comes back
can't write over the one that took up its work.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import DomainError
from app.core.policy import SYSTEM
from app.proceedings.models import Build
from app.proceedings.states import BuildState

SILENCE: Final = timedelta(seconds=30)
"""After so long without a sign of life a worker counts as dead."""

MOST_ATTEMPTS: Final = 3
CRASHED: Final = "build.crashed"


_ALSO_OF_THE_FRAME: Final = frozenset(
    {"build.missing_glyph", "build.unsupported", "build.typst_failed"}
)


class Lost(Exception):
    """Another worker has taken the build up meanwhile."""


def _takeable() -> ColumnElement[bool]:
    silent = or_(Build.alive_at.is_(None), Build.alive_at < clock.now() - SILENCE)
    return or_(
        Build.state == BuildState.WAITING.value,
        and_(Build.state == BuildState.RUNNING.value, silent),
    )


def due(session: Session) -> list[int]:
    """Ids of the builds that wait, or whose worker has gone silent, the oldest first."""
    return list(session.scalars(select(Build.id).where(_takeable()).order_by(Build.id)))


def take(session: Session, build_id: int) -> Build | None:
    """Take a build that waits or whose worker has died; None where there is nothing to take.

    One that has been taken ``MOST_ATTEMPTS`` times without coming to an end is failed instead.
    """
    build = session.scalar(
        update(Build)
        .where(Build.id == build_id, _takeable())
        .values(
            state=BuildState.RUNNING.value,
            attempt=Build.attempt + 1,
            alive_at=clock.now(),
            steps=[],
        )
        .returning(Build)
        .execution_options(populate_existing=True)
    )
    if build is None or build.attempt <= MOST_ATTEMPTS:
        return build
    fail(session, build.id, build.attempt, CRASHED, {})
    return None


def note(session: Session, build_id: int, attempt: int, **values: Any) -> None:
    """Write progress, and with it a sign of life. Raises Lost."""
    done = session.execute(
        update(Build)
        .where(
            Build.id == build_id,
            Build.attempt == attempt,
            Build.state == BuildState.RUNNING.value,
        )
        .values(alive_at=clock.now(), **values)
        .returning(Build.id)
    )
    if done.first() is None:
        raise Lost


def finish(session: Session, build_id: int, attempt: int, **product: Any) -> None:
    """The product is in storage: ``file_key, file_size, sha256, volume_version``. Raises Lost."""
    _end(session, build_id, attempt, BuildState.DONE, error=None, **product)


def fail(session: Session, build_id: int, attempt: int, code: str, data: dict[str, Any]) -> None:
    """It can't be made as it is; code and data say why. Raises Lost."""
    _end(session, build_id, attempt, BuildState.FAILED, error={"code": code, "data": data})


def _end(session: Session, build_id: int, attempt: int, state: BuildState, **values: Any) -> None:
    note(session, build_id, attempt, state=state.value, finished_at=clock.now(), **values)
    record(session, SYSTEM, AuditAction.BUILD_FINISHED, build_id, state=state.value)


def failure(error: dict[str, Any]) -> DomainError:
    """The stored code and data as an error again.

    What names no essay lies in the volume's own texts, and has words of its own (``….frame``).
    """
    code, data = error["code"], error["data"]
    if code in _ALSO_OF_THE_FRAME and not data.get("essay"):
        code += ".frame"
    return DomainError(code, **data)


def give_back(session: Session, build_id: int, attempt: int) -> None:
    """Something unforeseen happened: the sweep has it tried again, a few times. Raises Lost."""
    if attempt >= MOST_ATTEMPTS:
        fail(session, build_id, attempt, CRASHED, {})
    else:
        note(session, build_id, attempt, state=BuildState.WAITING.value)
