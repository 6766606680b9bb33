"""Decisions that are looked at a second time."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base
from app.core.policy import TrackCode
from app.moderation.decisions.verdicts import Verdict

_WAITING: Final = "looked_at IS NULL AND left_at IS NULL"


class SecondLook(Base):
    """A decision its author was told, drawn at random to be looked at again by somebody else.

    What that moderator thinks of it changes nothing about it.

    Attributes:
        track: the one it was drawn in; the essay may have moved since.
        left_at: when it left the sample, since it was undone, or another came after it, before
            anybody had looked at it.
        looked_by_id: a moderator who had no part in the essay.
        verdict: what that moderator would have decided; the decision's own where they agree.
        words, words_language: why; for organisers.
    """

    __tablename__ = "second_look"
    __table_args__ = (
        CheckConstraint(
            "track IN (" + ", ".join(f"'{track.value}'" for track in TrackCode) + ")",
            name="known_track",
        ),
        CheckConstraint(
            "verdict IN (" + ", ".join(f"'{verdict.value}'" for verdict in Verdict) + ")",
            name="known_verdict",
        ),
        CheckConstraint("(looked_at IS NULL) = (verdict IS NULL)", name="looked_has_verdict"),
        CheckConstraint("looked_at IS NULL OR left_at IS NULL", name="looked_or_left"),
        Index(
            "ix_second_look_waiting",
            "drawn_at",
            "decision_id",
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    track: Mapped[str]
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    looked_at: Mapped[datetime | None]
    verdict: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="")
    words_language: Mapped[str] = mapped_column(default="")
