"""Claims on queue items."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core import clock
from app.core.db import Base


class Claim(Base):
    """A moderator's time-limited hold on a contribution in the queue; at most one at a time."""

    __tablename__ = "claim"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    claimed_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    moderator: Mapped[Account] = relationship(lazy="raise")
