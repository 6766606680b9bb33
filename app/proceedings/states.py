"""The states of a build; ``builds`` moves it from one to the next."""

from enum import StrEnum


class BuildState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
