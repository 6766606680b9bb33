"""Decisions on revisions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base
from app.moderation.decisions.verdicts import Verdict


class Decision(Base):
    """A verdict on one revision, only ever added.

    Attributes:
        reasons: codes of :class:`app.moderation.verdicts.Reason`; shown in the author's language.
        words: the moderator's own, in ``words_language``.
        points: what is to be changed, one by one, in the same language; each gets an answer.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "verdict IN (" + ", ".join(f"'{verdict.value}'" for verdict in Verdict) + ")",
            name="known_verdict",
        ),
        Index("ix_decision_contribution", "contribution_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), unique=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    verdict: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(default="")
    words_language: Mapped[str] = mapped_column(default="")
    points: Mapped[list[str]] = mapped_column(default=list)
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
