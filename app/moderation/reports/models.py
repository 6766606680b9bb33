"""Readers' reports on published essays, gathered in cases."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, word


class CaseOutcome(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    REMOVED = "removed"


class Complaint(StrEnum):
    """Why a reader reports an essay."""

    UNLAWFUL = "unlawful"
    HATEFUL = "hateful"
    PRIVACY = "privacy"
    COPYRIGHT = "copyright"
    FALSE = "false"
    OTHER = "other"


class ReportCase(Base):
    """All that readers reported about one essay since it was last looked at; one is open at a time.

    Attributes:
        outcome: :class:`CaseOutcome`.
        words, language: of whoever closed it, for moderators and organisers.
        take_down_id: what it took down, if it did.
    """

    __tablename__ = "report_case"
    __table_args__ = (
        CheckConstraint(
            "outcome IN (" + ", ".join(f"'{each.value}'" for each in CaseOutcome) + ")",
            name="known_outcome",
        ),
        Index(
            "uq_report_case_open",
            "contribution_id",
            unique=True,
            sqlite_where=text("outcome = 'open'"),
            postgresql_where=text("outcome = 'open'"),
        ),
        Index("ix_report_case_waiting", "outcome", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    outcome: Mapped[str] = mapped_column(default=CaseOutcome.OPEN.value)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    take_down_id: Mapped[int | None] = mapped_column(ForeignKey("take_down.id"), unique=True)
    words: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")


#: As a word of the statement. With a parameter SQLite, to see whether the index of open cases will
#: do, would plan the statement anew at each execution: ten times what it takes to execute it.
IS_OPEN: Final = ReportCase.outcome == word(CaseOutcome.OPEN)


class Report(Base):
    """What one reader says is wrong with an essay.

    Attributes:
        reason: :class:`Complaint`.
        reporter_id: the account, where the reader was signed in.
        email: where the reader wants to hear what came of it, "" for not at all; forgotten when the
            case is closed.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(
            "reason IN (" + ", ".join(f"'{each.value}'" for each in Complaint) + ")",
            name="known_reason",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report_case.id"), index=True)
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime] = mapped_column(default=clock.now)
