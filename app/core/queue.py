"""Jobs: a row in our database first, a note to the worker after the commit.

An operation calls :func:`request`; the transaction's owner calls :func:`dispatch` once it has
committed. The note may be lost (a killed worker, an emptied queue): the worker's sweep finds the
rows that still wait and sends it again, so every job must bear being called twice.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy.orm import Session

_PENDING = "pending_jobs"


def make_queue(url: str) -> Huey:
    """The queue at that address: ``sqlite:///path``, ``postgresql://…``, ``redis://…``.

    ``memory://`` keeps the notes in the process, for tests.

    Raises ValueError for any other scheme.
    """
    huey = _make(url)
    # Making the tables opened a connection, which must not be shared with forked processes.
    huey.storage.close()
    return huey


def _make(url: str) -> Huey:
    scheme, _, rest = url.partition("://")
    match scheme.partition("+")[0]:
        case "sqlite":
            path = Path(rest.removeprefix("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            return SqliteHuey("jesuisinternet", filename=str(path), timeout=20, results=False)
        case "memory":
            return MemoryHuey("jesuisinternet", results=False)
        case "postgresql" | "postgres":
            return PostgresHuey("jesuisinternet", dsn=f"postgresql://{rest}", results=False)
        case "redis" | "rediss" | "unix":
            return RedisHuey("jesuisinternet", url=url, results=False)
    raise ValueError(f"JSI_QUEUE_URL: no queue for {scheme!r}")


def request(session: Session, job: str, row_id: int) -> None:
    """Ask for a job on a row of this transaction; it is sent when the transaction has committed."""
    session.info.setdefault(_PENDING, []).append((job, row_id))


def dispatch(session: Session, send: Callable[[str, int], Any]) -> None:
    """Send what was requested in the transaction that has just been committed."""
    for job, row_id in session.info.pop(_PENDING, []):
        send(job, row_id)


def forget(session: Session) -> None:
    """Drop what was requested in a transaction that has been rolled back."""
    session.info.pop(_PENDING, None)
