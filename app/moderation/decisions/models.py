"""Decisions on revisions, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base
from app.moderation.decisions.verdicts import Verdict


class Standing(StrEnum):
    """How a decision was made: for good, to be seconded, or to be released with others."""

    FINAL = "final"
    PROPOSED = "proposed"
    PENDING = "pending"


class Decision(Base):
    """A verdict on one revision, only ever added; what became of it is in its marks.

    Attributes:
        standing: :class:`Standing`, when it was made.
        reasons: codes of :class:`app.moderation.decisions.verdicts.Reason` or of the track's own
            reasons; shown in the author's language.
        reason_texts: of those with words of the track's own, these words as they were then, by
            language.
        reason_rules: of those of the track's own, the rules of the charter they rested on then.
        words: the moderator's own, in ``words_language``.
        points: what is to be changed, one by one, in the same language; each gets an answer.
        duplicate_of_id: the contribution it repeats. ``new_track``: the one it should move to.
        signs: kinds of the automatic signs that were shown beside the essay.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "verdict IN (" + ", ".join(f"'{verdict.value}'" for verdict in Verdict) + ")",
            name="known_verdict",
        ),
        CheckConstraint(
            "standing IN (" + ", ".join(f"'{standing.value}'" for standing in Standing) + ")",
            name="known_standing",
        ),
        Index("ix_decision_contribution", "contribution_id", "id"),
        # Whether somebody had a part, what they proposed: without reading all they decided.
        Index("ix_decision_part", "moderator_id", "contribution_id"),
        Index("ix_decision_standing", "standing", "moderator_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    moderator_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    verdict: Mapped[str]
    standing: Mapped[str] = mapped_column(default=Standing.FINAL.value)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    reason_texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason_rules: Mapped[dict[str, str]] = mapped_column(default=dict)
    words: Mapped[str] = mapped_column(default="")
    words_language: Mapped[str] = mapped_column(default="")
    points: Mapped[list[str]] = mapped_column(default=list)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    new_track: Mapped[str] = mapped_column(default="")
    signs: Mapped[list[str]] = mapped_column(default=list)
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)


class MarkKind(StrEnum):
    """What may become of a decision."""

    RELEASED = "released"
    SECONDED = "seconded"
    OVERRULED = "overruled"
    UNDONE = "undone"


class DecisionMark(Base):
    """What became of a decision, only ever added.

    Attributes:
        words: why, where it was undone; for moderators and organisers.
    """

    __tablename__ = "decision_mark"
    __table_args__ = (
        CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind.value}'" for kind in MarkKind) + ")",
            name="known_kind",
        ),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
