"""Mail that is owed: a row written in the transaction that causes it, rendered and sent later.

The row holds a kind and data (ids, codes, links), no prose: the words are put together when the
mail is sent, in the recipient's language (``app/notifications``).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, queue
from app.core.db import Base

SEND_JOB = "notifications.send"


class MailKind(StrEnum):
    """Every mail there is; each has its templates under ``templates/mails/<kind>``."""

    CONFIRM_ADDRESS = "confirm_address"
    ALREADY_REGISTERED = "already_registered"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a mail
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a mail
    CONFIRM_NEW_ADDRESS = "confirm_new_address"
    ADDRESS_CHANGED = "address_changed"
    RECEIPT = "receipt"
    DECISION = "decision"
    APPEAL_ANSWERED = "appeal_answered"
    DECISION_UNDONE = "decision_undone"
    REMOVED = "removed"
    RESTORED = "restored"
    REPORT_ANSWERED = "report_answered"
    MORE_TIME = "more_time"
    REMINDER = "reminder"
    HANDED_OVER = "handed_over"
    HANDED_OVER_TOGETHER = "handed_over_together"
    DIGEST = "digest"
    MESSAGE = "message"
    AUTHOR_ANSWERED = "author_answered"
    CO_AUTHOR_INVITED = "co_author_invited"
    CO_AUTHOR_ANSWERED = "co_author_answered"


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutboxMail(Base):
    """One mail owed to one address.

    Attributes:
        key: what makes it one of a kind; a second request with the same key is the same mail.
        data: what the words need. Emptied once sent, since it may carry a secret link.
        lease_until: while a worker is sending it, nobody else does.
        error: the last refusal, for the administrator.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_moment"),
        Index("ix_outbox_mail_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    recipient_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    language: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=MailState.WAITING.value)
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


def put(
    session: Session,
    kind: MailKind,
    *,
    key: str,
    recipient: str,
    recipient_id: int | None,
    language: str,
    data: dict[str, Any],
) -> OutboxMail:
    """Owe a mail, in this transaction; asking again with the same key changes nothing."""
    known = session.scalar(select(OutboxMail).where(OutboxMail.key == key))
    if known is not None:
        return known
    mail = OutboxMail(
        kind=kind.value,
        key=key,
        recipient=recipient,
        recipient_id=recipient_id,
        language=language,
        data=data,
    )
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        # Asked for twice at the same moment: the other one's is there by now.
        return session.scalars(select(OutboxMail).where(OutboxMail.key == key)).one()
    queue.request(session, SEND_JOB, mail.id)
    return mail
