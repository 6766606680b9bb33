"""The mails of the demonstration, kept to be read in its mailbox."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base


class DemoMessage(Base):
    """A mail as it was rendered; written in demonstration mode only.

    Attributes:
        mail_id: of the row in the outbox it was made from.
        language: one of the ten codes.
        text: the plain form of the mail, secret links included.
    """

    __tablename__ = "demo_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_mail.id", ondelete="CASCADE"), unique=True
    )
    recipient: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
