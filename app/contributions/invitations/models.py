"""Co-authors who were asked by mail whether they are."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class Answer(StrEnum):
    """How an invitation stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Invitation(Base):
    """One co-author of a contribution, asked to confirm being one.

    Attributes:
        author_key: which of the essay's authors (:class:`app.contributions.byline.Author`).
        email: whom the mail went to; "" once there is nothing to wait for any more.
        token_hash: SHA-256 of the link's random part; None once the link leads nowhere.
        may_edit: whether the owner lets this co-author write.
        account_id: of the co-author, once confirmed.
        times: how often the mail was sent.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{each.value}'" for each in Answer) + ")",
            name="known_state",
        ),
        CheckConstraint("state <> 'confirmed' OR account_id IS NOT NULL", name="confirmed_by"),
        UniqueConstraint("contribution_id", "author_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    author_key: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    may_edit: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=Answer.WAITING.value)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    times: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
