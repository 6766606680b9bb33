"""What the rooms hold of a person: what of it they can take along, and what is left if they leave.

Each room answers for its own tables (``personal.py``); the factory puts the answers together, and a
test refuses a table that has none (``docs/personal-data.md``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Part:
    """One file of what somebody takes along: its path in the archive, its content."""

    path: str
    content: str | bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table holds of a person, and what becomes of it; English, for the documentation.

    Attributes:
        holds: "" where it is nothing personal.
        exported: the files it is in.
        erased: what an account's deletion does to it.
    """

    holds: str = ""
    exported: str = ""
    erased: str = ""


NOTHING: Final = Answer()


@dataclass(frozen=True, slots=True)
class Keeper:
    """A room's answers.

    Attributes:
        tables: by name of the table.
        collect: the files of an account, by its id.
        outlook: what a deletion would do, as numbers by code, for the page that asks.
        erase: do it; the last argument says whether names go from published essays too.
    """

    tables: Mapping[str, Answer]
    collect: Callable[[Session, int, ObjectStore], Iterator[Part]]
    erase: Callable[[Session, int, bool], None]
    outlook: Callable[[Session, int], Mapping[str, int]] = lambda _session, _account_id: {}
