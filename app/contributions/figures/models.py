"""Figures: files kept once for everybody, and which contributions have them."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Base

FORGOTTEN_AFTER: Final = timedelta(days=7)
"""So long a figure is kept that no text mentions."""


def _later() -> datetime:
    return clock.now() + FORGOTTEN_AFTER


def key(digest: str, kind: str) -> str:
    """Of a figure's file in storage."""
    return f"figures/{digest[:2]}/{digest}.{kind}"


class Figure(Base):
    """An image in storage, made safe (``app.documents.images``).

    Attributes:
        digest: the first 32 hexadecimal digits of the file's SHA-256; texts name it by that.
        kind: ``png``, ``jpg`` or ``svg``, which is also the file's extension.
        width, height: in pixels. ``size``: in bytes.
        sweep_at: when to look next whether anybody still needs it.
    """

    __tablename__ = "figure"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sweep_at: Mapped[datetime] = mapped_column(default=_later, index=True)

    @property
    def key(self) -> str:
        """Of its file in storage."""
        return key(self.digest, self.kind)


class ContributionFigure(Base):
    """That a contribution has a figure, since when, and who brought it.

    Attributes:
        alternative, caption: as given with the file; what counts is what the text says.
        is_public: whether the text that readers are served shows it.
    """

    __tablename__ = "contribution_figure"

    contribution_id: Mapped[int] = mapped_column(
        ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True
    )
    figure_id: Mapped[int] = mapped_column(ForeignKey("figure.id"), primary_key=True, index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    alternative: Mapped[str] = mapped_column(default="")
    caption: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    figure: Mapped[Figure] = relationship(lazy="raise")
