"""Messages to authors that organisers have prepared."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class MessageTemplate(Base):
    """A prepared message of a track, which moderators begin from.

    Attributes:
        title: how moderators find it, by language. ``text``: the message, with placeholders.
        verdicts: the decisions it is meant for; none means all.
        is_offered: whether moderators can choose it.
    """

    __tablename__ = "message_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    text: Mapped[dict[str, str]] = mapped_column(default=dict)
    verdicts: Mapped[list[str]] = mapped_column(default=list)
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
