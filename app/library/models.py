"""Pages that organisers edit in ten languages (about, charter, moderation, privacy …)."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class Page(Base):
    """One page of the site.

    Attributes:
        title, body: by language; the body in the text format.
        html: of the body by language, rendered when it was saved.
    """

    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    body: Mapped[dict[str, str]] = mapped_column(default=dict)
    html: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
