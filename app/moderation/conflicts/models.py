"""Conflicts of interest that moderators and organisers declare; others are found (``queries``)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class ConflictKind(StrEnum):
    """What may be declared."""

    PERSONAL = "personal"
    PROFESSIONAL = "professional"
    FINANCIAL = "financial"
    RIVALRY = "rivalry"
    OTHER = "other"


class Conflict(Base):
    """A moderator's or an organiser's own word that they should have no part in a contribution.

    Attributes:
        words: what they say about it, for organisers only.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind.value}'" for kind in ConflictKind) + ")",
            name="known_kind",
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime] = mapped_column(default=clock.now)
