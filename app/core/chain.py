"""Goes through the chain of audit entries, and says where it breaks."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.seals import FIRST, AuditSeal, Sealable, link

_AT_ONCE: Final = 1_000


class Fault(StrEnum):
    """What is wrong with a chain."""

    GAP = "gap"
    ENTRY_GONE = "entry_gone"
    MISMATCH = "mismatch"
    UNSEALED = "unsealed"
    UNKNOWN_HEAD = "unknown_head"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain breaks.

    Attributes:
        position: the seal that is missing or wrong; of an entry without one and of an unknown head,
            the last seal there is.
        entry_id: the entry's that is wrong or gone, or the first without a seal; None for a gap.
    """

    fault: Fault
    position: int
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What was found.

    Attributes:
        length: how many entries are sound, from the first. ``head``: the hash of the last of them.
    """

    length: int
    head: str
    broken: Break | None = None


def verify(session: Session, head: str = "") -> Chain:
    """Go through all entries and seals in their order, a thousand at a time in memory.

    ``head`` is a hash noted earlier: a chain that no longer has it was cut off or written anew.
    """
    known = not head
    length, previous = 0, FIRST
    with session.execute(_ALL) as rows:
        for row in rows:
            if row.position != length + 1:
                return Chain(length, previous, Break(Fault.GAP, length + 1))
            if (fault := _fault(row, previous)) is not None:
                return Chain(length, previous, Break(fault, row.position, row.entry_id))
            length, previous = row.position, row.hash
            known = known or previous == head
    if (unsealed := first_unsealed(session)) is not None:
        return Chain(length, previous, Break(Fault.UNSEALED, length, unsealed))
    return Chain(length, previous, None if known else Break(Fault.UNKNOWN_HEAD, length))


_ALL: Final = (
    select(
        AuditSeal.position,
        AuditSeal.entry_id,
        AuditSeal.hash,
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_id,
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.subject_id,
        AuditEntry.data,
    )
    .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
    .order_by(AuditSeal.position)
    .execution_options(yield_per=_AT_ONCE)
)


def _fault(row: Row[Any], previous: str) -> Fault | None:
    if row.id is None:
        return Fault.ENTRY_GONE
    try:
        fits = link(row.position, previous, cast(Sealable, row)) == row.hash
    except (TypeError, ValueError):
        # Somebody put into it what no entry holds.
        fits = False
    return None if fits else Fault.MISMATCH


def first_unsealed(session: Session) -> int | None:
    """The id of the first entry that has no seal."""
    return session.scalar(
        select(AuditEntry.id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None))
        .order_by(AuditEntry.id)
        .limit(1)
    )


def head(session: Session) -> tuple[int, str]:
    """Position and hash of the last seal, (0, :data:`FIRST`) where there is none."""
    row = session.execute(
        select(AuditSeal.position, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    ).one_or_none()
    return (row.position, row.hash) if row else (0, FIRST)


def is_complete(session: Session) -> bool:
    """Whether there are as many entries and seals as the last position says, at one moment."""
    seals, entries, last = session.execute(
        select(
            select(func.count()).select_from(AuditSeal).scalar_subquery(),
            select(func.count()).select_from(AuditEntry).scalar_subquery(),
            select(func.coalesce(func.max(AuditSeal.position), 0)).scalar_subquery(),
        )
    ).one()
    return bool(seals == entries == last)
