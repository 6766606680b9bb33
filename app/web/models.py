"""Forms that were posted without a valid sign-in, kept until their writer has signed in again."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class ParkedForm(Base):
    """What somebody had written when their session turned out to have expired.

    Attributes:
        token: random, known only to the browser that posted the form (in its session cookie).
        path: the page it was posted to. ``fields``: name to list of values, as posted.
    """

    __tablename__ = "parked_form"

    token: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    fields: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
