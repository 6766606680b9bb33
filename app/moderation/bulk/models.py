"""One action on all that a search finds, done by the worker."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base

KEPT_UNCONFIRMED: Final = timedelta(days=1)
"""What somebody looked at longer ago they don't remember."""

KEPT_EXPIRED: Final = timedelta(days=7)
"""So much longer what was chosen for it, and written, can be begun from again."""


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class ItemState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class BulkRun(Base):
    """What somebody asked to have done, to what, and how far it is.

    Attributes:
        search: the words of the search, in its language.
        action, choices: what to do, and with which values.
        asked_at: when its items were found; ``confirmed_at``: when its owner had seen them and
            said so. Until then it is nothing but a list.
        leased_until: while a worker is at it; a dead one's run is taken up again after that.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{each.value}'" for each in RunState) + ")",
            name="known_state",
        ),
        Index("ix_bulk_run_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    search: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=RunState.WAITING.value, index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BulkItem(Base):
    """One contribution of a run, and what became of it.

    Attributes:
        revision: number of the newest one when it was found; 0 where there was none.
        decision_id: the last decision on it then that had not been undone.
        code, data: of the refusal, as :class:`app.core.errors.DomainError` carries them.
    """

    __tablename__ = "bulk_item"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{each.value}'" for each in ItemState) + ")",
            name="known_state",
        ),
        Index("ix_bulk_item_state", "run_id", "state", "contribution_id"),
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True
    )
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    revision: Mapped[int]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    state: Mapped[str] = mapped_column(default=ItemState.WAITING.value)
    code: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
