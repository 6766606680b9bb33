"""When moderators looked at essays."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Look(Base):
    """A moderator's newest look at a contribution, and the one before; at most one row for both.

    Attributes:
        revision: number of what was shown. ``signs``: the keys of the automatic signs beside it.
        at: when it was opened; what is opened again soon is the same look.
        earlier_revision, earlier_signs, earlier_at: the same of the look before, where there is
            one.
    """

    __tablename__ = "look"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), primary_key=True, index=True
    )
    revision: Mapped[int]
    signs: Mapped[list[str]] = mapped_column(default=list)
    at: Mapped[datetime]
    earlier_revision: Mapped[int | None]
    earlier_signs: Mapped[list[str]] = mapped_column(default=list)
    earlier_at: Mapped[datetime | None]
