"""The chain of the audit entries: each gets a seal that covers it and the seal before it.

Seals are written by the transaction that wrote the entries, last of all, just before it commits:
what is sealed can't be changed unnoticed, and nothing waits for a lock of the chain's meanwhile
(``docs/decisions/017``). The bytes that are hashed are told in ``docs/audit-events.md``.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from sqlalchemy import ForeignKey, event, insert, inspect, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from app.core.db import Base

FIRST: Final = "0" * 64
"""What the first seal has in place of the hash before it."""

_UNSEALED: Final = "audit_unsealed"
# Any number, the same in every process: PostgreSQL knows such a lock by nothing else.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7120170401)")


class Sealable(Protocol):
    """The columns of an audit entry."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def data(self) -> dict[str, Any]: ...


class AuditSeal(Base):
    """A link of the chain of entries: it covers its own entry and the link before it.

    Attributes:
        position: from 1, without a gap.
        hash: SHA-256 in hexadecimal digits.
    """

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    hash: Mapped[str]


_LAST: Final = (
    select(AuditSeal.position, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
)
_INSERT: Final = insert(AuditSeal.__table__)  # type: ignore[arg-type]  # it is a Table


def canonical(position: int, previous: str, entry: Sealable) -> bytes:
    """What is hashed: JSON in the form of RFC 8785, in UTF-8.

    Raises TypeError where data hold a fraction, which databases write each in its own way.
    """
    whole = {
        "action": entry.action,
        "actor_id": entry.actor_id,
        "at": f"{entry.at.astimezone(UTC).replace(tzinfo=None).isoformat('T', 'microseconds')}Z",
        "data": entry.data,
        "entry_id": entry.id,
        "position": position,
        "previous": previous,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
    }
    # Read back first: numbers as keys, for one, become texts, as they do in the database.
    stored = json.loads(json.dumps(whole), parse_float=_refuse, parse_constant=_refuse)
    return json.dumps(
        stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _refuse(number: str) -> Any:
    raise TypeError(f"data of an audit entry hold no fractions: {number}")


def link(position: int, previous: str, entry: Sealable) -> str:
    """The hash of an entry's seal."""
    return hashlib.sha256(canonical(position, previous, entry)).hexdigest()


def note(_mapper: Any, _connection: Any, entry: Base) -> None:
    """Remember an entry that has just been written, for the seal it gets before the commit."""
    session = inspect(entry).session
    if session is not None:
        session.info.setdefault(_UNSEALED, []).append(entry)


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    if session.in_nested_transaction():
        # A savepoint's end keeps nothing yet, and the lock must come last.
        return
    session.flush()
    entries = session.info.pop(_UNSEALED, None)
    if entries:
        _add(session, sorted(entries, key=lambda entry: entry.id))


def _add(session: Session, entries: list[Any]) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    # SQLite has one writer at a time, and the entries have made this one it.
    last = connection.execute(_LAST).one_or_none()
    reached, previous = (last.position, last.hash) if last else (0, FIRST)
    seals = []
    for position, entry in enumerate(entries, start=reached + 1):
        previous = link(position, previous, entry)
        seals.append({"position": position, "entry_id": entry.id, "hash": previous})
    connection.execute(_INSERT, seals)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _transaction: SessionTransaction) -> None:
    """What was rolled back, to a savepoint or wholly, has nothing left to seal."""
    entries = session.info.pop(_UNSEALED, ())
    if kept := [entry for entry in entries if not inspect(entry).transient]:
        session.info[_UNSEALED] = kept


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    """A session that was closed in the middle may be used again."""
    if transaction.parent is None:
        session.info.pop(_UNSEALED, None)
