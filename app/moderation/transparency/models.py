"""What the public is told of moderation, in numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class TransparencyReport(Base):
    """An edition's numbers as the worker last counted them; small counts are already suppressed."""

    __tablename__ = "transparency_report"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
    )
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted_at: Mapped[datetime]
