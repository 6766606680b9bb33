"""What the machine noticed about a revision, for moderators to judge."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Inspection(Base):
    """The signs found on a contribution's newest revision, made by the worker after submission.

    Attributes:
        revision_id: what was looked at; another one than the newest is looked at again.
        inspected_at: None while it waits for the worker.
        signs: each as ``{"kind": …, …}`` with ids, codes and numbers, never prose.
    """

    __tablename__ = "inspection"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    inspected_at: Mapped[datetime | None] = mapped_column(index=True)
    signs: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class Sketch(Base):
    """One band of a text's MinHash signature: texts that share a band may be near-duplicates."""

    __tablename__ = "sketch"
    __table_args__ = (Index("ix_sketch_contribution_id", "contribution_id"),)

    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
