"""That this room holds nothing of a person."""

from collections.abc import Iterator, Mapping
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.core.personal import NOTHING, Answer, Keeper, Part

TABLES: Final[Mapping[str, Answer]] = {
    "edition": NOTHING,
    "track": NOTHING,
    "theme": NOTHING,
    "question": NOTHING,
    "page": NOTHING,
}


def collect(_session: Session, _account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """Nothing."""
    yield from ()


def erase(_session: Session, _account_id: int, _anonymous: bool) -> None:
    """Nothing to do."""


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)
