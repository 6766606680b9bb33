"""Reads of a draft's saves, for those who write it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import DraftSave
from app.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Save:
    """One line of the list of earlier versions.

    Attributes:
        author: name of who saved it. ``characters``: of the body.
        is_aside: whether it was not taken into the draft, since another save had come between.
    """

    id: int
    version: int
    saved_at: datetime
    author: str
    characters: int
    is_aside: bool


def _rows(contribution_id: int) -> Select[int, int, datetime, str, int, bool]:
    return (
        select(
            DraftSave.id,
            DraftSave.version,
            DraftSave.saved_at,
            Account.name,
            DraftSave.characters,
            DraftSave.is_aside,
        )
        .join(Account, Account.id == DraftSave.account_id)
        .where(DraftSave.contribution_id == contribution_id)
    )


def history(session: Session, contribution_id: int) -> list[Save]:
    """All that are kept, newest first."""
    statement = _rows(contribution_id).order_by(DraftSave.saved_at.desc(), DraftSave.id.desc())
    return [Save(*row) for row in session.execute(statement)]


def present(session: Session, contribution_id: int, version: int) -> Save | None:
    """The save that made that version of the draft."""
    statement = _rows(contribution_id).where(
        DraftSave.version == version, DraftSave.is_aside.is_(False)
    )
    row = session.execute(statement.limit(1)).first()
    return Save(*row) if row else None


def save(session: Session, contribution_id: int, save_id: int) -> DraftSave:
    """One with its content. Raises NotFound."""
    found = session.get(DraftSave, save_id)
    if found is None or found.contribution_id != contribution_id:
        raise NotFound("save.unknown")
    return found
