"""The one place that reads the time, so that tests can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, with time zone UTC."""
    return _source()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Replace the source of time; None puts the system's clock back. For tests."""
    global _source  # noqa: PLW0603 - one clock for the process is the point
    _source = source or _system


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Within it, ``now()`` is that moment: for events told after the fact. One thread only."""
    before = _source
    set_source(lambda: moment)
    try:
        yield
    finally:
        set_source(before)
