"""Appeals against decisions, and against the taking down of what was published."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class Outcome(StrEnum):
    """How an appeal ends: the decision stands, or the essay is looked at anew."""

    OPEN = "open"
    UPHELD = "upheld"
    GRANTED = "granted"


class Appeal(Base):
    """An author's appeal against one decision, or one taking down; at most one against each.

    Attributes:
        words, language: the author's.
        outcome: :class:`Outcome`. ``answered_by_id``: a moderator who had no part in the decision.
        reply, reply_language: that moderator's words to the author.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(
            "outcome IN (" + ", ".join(f"'{each.value}'" for each in Outcome) + ")",
            name="known_outcome",
        ),
        CheckConstraint(
            "(decision_id IS NULL) <> (take_down_id IS NULL)", name="against_one_thing"
        ),
        CheckConstraint("outcome = 'open' OR answered_at IS NOT NULL", name="answered_has_moment"),
        Index("ix_appeal_waiting", "outcome", "filed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), unique=True)
    take_down_id: Mapped[int | None] = mapped_column(ForeignKey("take_down.id"), unique=True)
    words: Mapped[str]
    language: Mapped[str]
    filed_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[str] = mapped_column(default=Outcome.OPEN.value)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    answered_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(default="")
    reply_language: Mapped[str] = mapped_column(default="")
