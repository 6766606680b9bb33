"""Changing rows that hold texts in ten languages, one language at a time."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.languages import CODES
from app.core.localised import put
from app.core.policy import Actor, can_organise
from app.documents.text import normalise

Step = Literal[-1, 1]
"""One place up or one place down."""


class Placed(Protocol):
    """A row that has a place among others."""

    position: Any


P = TypeVar("P", bound=Placed)

SLUG: Final = re.compile(r"[a-z0-9-]{1,60}")


def allow(actor: Actor) -> None:
    """Raise Forbidden unless the actor may organise."""
    if not can_organise(actor):
        raise Forbidden("forbidden")


def checked_slug(slug: str, field: str = "slug") -> str:
    """The slug. Raises Invalid (``slug.pattern``) for anything but ``[a-z0-9-]+``."""
    if not SLUG.fullmatch(slug):
        raise Invalid("slug.pattern", field=field)
    return slug


def assign(row: Base, **values: Any) -> list[str]:
    """Set these attributes; gives the names of those that were different before."""
    names = [name for name, value in values.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, values[name])
    return names


def write(row: Base, language: str, texts: Mapping[str, str]) -> list[str]:
    """Set the row's texts in one language, by attribute; the other languages stay as they are.

    Empty texts take the language away. Gives the names of what has changed. Raises Invalid:
    ``language.unknown``; ``title.missing`` for texts without a title; ``title.last`` where no
    language would be left with one.
    """
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    given = {name: normalise(text).strip() for name, text in texts.items()}
    values = {name: put(getattr(row, name), language, text) for name, text in given.items()}
    if not given["title"] and any(given.values()):
        raise Invalid("title.missing", field="title")
    if not values["title"]:
        raise Invalid("title.last", field="title")
    return assign(row, **values)


def shift(siblings: Sequence[P], row: P, step: Step) -> bool:
    """Swap the row with its neighbour and number all anew; False where there is none."""
    order = list(siblings)
    here = order.index(row)
    there = here + step
    if not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    for position, sibling in enumerate(order):
        sibling.position = position
    return True


def flush(session: Session) -> None:
    """Send the changes to the database. Raises Conflict where somebody else was faster."""
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("conflict") from error
