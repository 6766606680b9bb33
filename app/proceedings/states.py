"""The states of a build and the moves between them."""

from enum import StrEnum
from typing import Final


class BuildState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


MOVES: Final[dict[BuildState, frozenset[BuildState]]] = {
    BuildState.WAITING: frozenset({BuildState.RUNNING, BuildState.FAILED}),
    BuildState.RUNNING: frozenset(
        {BuildState.RUNNING, BuildState.WAITING, BuildState.DONE, BuildState.FAILED}
    ),
    BuildState.DONE: frozenset(),
    BuildState.FAILED: frozenset({BuildState.WAITING}),
}
