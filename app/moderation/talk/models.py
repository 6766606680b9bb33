"""What moderators write to each other, and to and from the author, about a contribution."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class Audience(StrEnum):
    """Who reads it: the moderators among themselves, or the author; authors write to moderators."""

    MODERATORS = "moderators"
    AUTHOR = "author"
    FROM_AUTHOR = "from_author"


class Message(Base):
    """One note or message, only ever added.

    Attributes:
        names_sender: whether authors may be told a moderator's name: their track said so then.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "audience IN (" + ", ".join(f"'{each.value}'" for each in Audience) + ")",
            name="known_audience",
        ),
        Index("ix_message_contribution", "contribution_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"))
    audience: Mapped[str]
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    names_sender: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str]
    language: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
