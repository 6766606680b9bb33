"""What a track says otherwise than the standard reasons, and the reasons it adds."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class CodedReason(Base):
    """A reason of a track's own, or what the track changes of a standard one.

    It is never deleted: searches and figures know decisions by their codes.

    Attributes:
        code: of :class:`app.moderation.decisions.verdicts.Reason`, or the track's own.
        text: the words by language; a standard reason has its usual ones where there are none.
        verdicts: what it is offered for; none means all.
        rule: of one of the track's own, the rule of the charter it rests on (``editions.charter``).
        is_offered: whether it can be given.
    """

    __tablename__ = "coded_reason"
    __table_args__ = (UniqueConstraint("track_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    code: Mapped[str]
    text: Mapped[dict[str, str]] = mapped_column(default=dict)
    verdicts: Mapped[list[str]] = mapped_column(default=list)
    rule: Mapped[str] = mapped_column(default="")
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
