"""The works a draft refers to: added, changed, moved, sorted and taken out, one at a time.

They are written on a page of their own, by identifier, so that two writers and the editor's saves
don't get in each other's way.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from app.contributions.models import Draft
from app.contributions.moves import writable
from app.core.collation import in_order
from app.core.errors import Invalid, NotFound
from app.core.policy import Actor
from app.documents.references.items import MOST, Item, identifier_of, line

UP: Final = "up"
DOWN: Final = "down"


def add(session: Session, actor: Actor, contribution_id: int, items: Sequence[Item]) -> None:
    """Put references at the end; one whose identifier is taken meanwhile gets a new one.

    Raises NotFound for a stranger, Conflict once handed in, Invalid (``references.too_many``).
    """
    draft = _draft(session, actor, contribution_id)
    kept = list(draft.bibliography)
    if len(kept) + len(items) > MOST:
        raise Invalid("references.too_many", field="text", limit=MOST)
    for item in items:
        kept.append(item | {"id": identifier_of(item["id"], {each["id"] for each in kept})})
    draft.bibliography = kept
    session.flush()


def change(
    session: Session, actor: Actor, contribution_id: int, identifier: str, item: Item
) -> None:
    """Put an item in the place of one. Raises as ``add`` does, and NotFound where it is gone."""
    draft = _draft(session, actor, contribution_id)
    place = _place(draft.bibliography, identifier)
    kept = list(draft.bibliography)
    kept[place] = item | {"id": identifier}
    draft.bibliography = kept
    session.flush()


def remove(session: Session, actor: Actor, contribution_id: int, identifier: str) -> None:
    """Take one out. Gone already is as good. Raises NotFound for a stranger, Conflict."""
    draft = _draft(session, actor, contribution_id)
    draft.bibliography = [item for item in draft.bibliography if item["id"] != identifier]
    session.flush()


def move(
    session: Session, actor: Actor, contribution_id: int, identifier: str, direction: str
) -> None:
    """Move one a place up or down, as far as there is one. Raises as ``change`` does."""
    draft = _draft(session, actor, contribution_id)
    place = _place(draft.bibliography, identifier)
    other = place + (1 if direction == DOWN else -1)
    kept = list(draft.bibliography)
    if 0 <= other < len(kept):
        kept[place], kept[other] = kept[other], kept[place]
        draft.bibliography = kept
    session.flush()


def sort(session: Session, actor: Actor, contribution_id: int) -> None:
    """Order them as readers of the essay's language look names up. Raises NotFound, Conflict."""
    draft = _draft(session, actor, contribution_id)
    draft.bibliography = in_order(draft.bibliography, draft.language, by=line)
    session.flush()


def find(bibliography: Sequence[Item], identifier: str) -> Item:
    """The reference of that identifier. Raises NotFound."""
    return bibliography[_place(bibliography, identifier)]


def _draft(session: Session, actor: Actor, contribution_id: int) -> Draft:
    writable(session, actor, contribution_id)
    return session.get_one(Draft, contribution_id, with_for_update=True, populate_existing=True)


def _place(bibliography: Sequence[Item], identifier: str) -> int:
    for place, item in enumerate(bibliography):
        if item["id"] == identifier:
            return place
    raise NotFound("reference.unknown")
