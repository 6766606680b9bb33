"""Sending a mail, step by step: hold it, then note that it left or why it didn't; try again."""

from datetime import timedelta
from typing import Final

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.core import audit, clock, queue
from app.core.audit import AuditAction
from app.core.errors import Forbidden, NotFound
from app.core.outbox import SEND_JOB, MailState, OutboxMail
from app.core.policy import Actor
from app.notifications.models import DemoMessage
from app.notifications.policy import can_retry, can_see_mails

LEASE: Final = timedelta(minutes=5)
"""Longer than an attempt to send may last, so that a mail held longer has lost its worker."""

BACK_OFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long after each failed attempt the next one follows; after one more, the mail is given up."""

REMEMBERED: Final = timedelta(days=30)
"""How long a mail that was sent keeps its address, in case somebody asks whether it came."""

_LONGEST_ERROR: Final = 500


def lease(session: Session, mail_id: int) -> OutboxMail | None:
    """Hold a mail for sending; None where it isn't due, is held by another or has been sent."""
    now = clock.now()
    return session.scalar(
        update(OutboxMail)
        .where(
            OutboxMail.id == mail_id,
            OutboxMail.state == MailState.WAITING,
            OutboxMail.due_at <= now,
            or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= now),
        )
        .values(lease_until=now + LEASE)
        .returning(OutboxMail),
        execution_options={"populate_existing": True, "synchronize_session": False},
    )


def note_sent(session: Session, held: OutboxMail) -> bool:
    """The mail left. What its words needed is forgotten: it may hold a secret link.

    False where the lease had ended and the mail is another worker's now.
    """
    return _settle(
        session,
        held,
        state=MailState.SENT.value,
        sent_at=clock.now(),
        attempts=held.attempts + 1,
        data={},
        error=None,
    )


def note_refused(session: Session, held: OutboxMail, error: str) -> MailState:
    """The mail was not taken: it waits for its next attempt, or is given up after the last."""
    again = held.attempts < len(BACK_OFF)
    state = MailState.WAITING if again else MailState.FAILED
    _settle(
        session,
        held,
        state=state.value,
        due_at=clock.now() + BACK_OFF[held.attempts] if again else held.due_at,
        attempts=held.attempts + 1,
        error=error[:_LONGEST_ERROR],
    )
    return state


def _settle(session: Session, held: OutboxMail, **values: object) -> bool:
    # Only while the lease is still ours: another worker may have taken the mail up after it ended.
    settled = session.scalar(
        update(OutboxMail)
        .where(
            OutboxMail.id == held.id,
            OutboxMail.state == MailState.WAITING,
            OutboxMail.lease_until == held.lease_until,
        )
        .values(lease_until=None, **values)
        .returning(OutboxMail.id),
        execution_options={"synchronize_session": False},
    )
    return settled is not None


def forget_address(session: Session, mail_id: int) -> None:
    """Keep of a mail sent long ago that it was sent, but not to which address."""
    session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.id == mail_id,
            OutboxMail.state == MailState.SENT,
            OutboxMail.sent_at < clock.now() - REMEMBERED,
        )
        .values(recipient="")
    )


def keep_for_mailbox(session: Session, held: OutboxMail, *, subject: str, text: str) -> DemoMessage:
    """Show a mail in the demonstration's mailbox."""
    message = DemoMessage(
        mail_id=held.id,
        recipient=held.recipient,
        language=held.language,
        subject=subject,
        text=text,
        sent_at=clock.now(),
    )
    session.add(message)
    return message


def retry(session: Session, actor: Actor, mail_id: int) -> OutboxMail:
    """Send a mail that waits or was given up now, with all its attempts before it again.

    Raises NotFound, Forbidden.
    """
    if not can_see_mails(actor):
        raise Forbidden("forbidden")
    mail = session.get(OutboxMail, mail_id, with_for_update=True)
    if mail is None or not can_retry(actor, mail):
        raise NotFound("mail.not_found")
    mail.state = MailState.WAITING.value
    mail.attempts = 0
    mail.due_at = clock.now()
    audit.record(session, actor, AuditAction.MAIL_RETRIED, mail.id, kind=mail.kind)
    queue.request(session, SEND_JOB, mail.id)
    return mail
