"""What the machine noticed about a revision, for moderators to judge."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Inspection(Base):
    """The signs found on a contribution's newest revision, made by the worker after submission.

    Attributes:
        revision_id: what was looked at; another one than the newest is looked at again.
        inspector: which rules did it; others than today's look again.
        attempt: how often a worker has begun. ``begun_at``: when, the last time.
        inspected_at: None until it has come to an end.
        signs: each as ``{"kind": …, …}`` with ids, codes, hosts and numbers, never prose.
    """

    __tablename__ = "inspection"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    inspector: Mapped[str] = mapped_column(default="", index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None]
    inspected_at: Mapped[datetime | None]
    signs: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class Sketch(Base):
    """One band of a text's MinHash signature: texts that share a band may be near-duplicates.

    Attributes:
        value: a hash of the band and of which one it is.
    """

    __tablename__ = "sketch"
    __table_args__ = (Index("ix_sketch_contribution_id", "contribution_id"),)

    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )


class Resemblance(Base):
    """That looking at an essay found much of it in another: for who reads that other one.

    Attributes:
        contribution_id: what was looked at. ``other_id``: what it resembles.
        percent: how much of the shorter text stands in the longer one.
    """

    __tablename__ = "resemblance"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    percent: Mapped[int]
