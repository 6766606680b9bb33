"""What the pages about mail show, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import LazyString
from sqlalchemy.orm import Session

from app.core.languages import LANGUAGES, Language
from app.core.outbox import MailKind, MailState, OutboxMail
from app.notifications import mails, queries
from app.notifications.labels import KINDS, STATES
from app.notifications.models import DemoMessage

PAGE: Final = 50
MAILBOX_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class OwedMail:
    """A mail that has not left."""

    id: int
    kind: LazyString
    recipient: str
    state: LazyString
    failed: bool
    attempts: int
    error: str
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outbox:
    """A page of them, and how many there are."""

    mails: Sequence[OwedMail]
    waiting: int
    failed: int
    next: int | None


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail of the demonstration."""

    id: int
    recipient: str
    language: Language
    subject: str
    blocks: tuple[mails.Block, ...]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A page of them; ``recipient`` is "" for everybody's."""

    mails: Sequence[ShownMail]
    recipients: Sequence[str]
    recipient: str
    next: int | None


def outbox(session: Session, *, before: int | None) -> Outbox:
    """The administrators' page."""
    found = queries.owed(session, limit=PAGE + 1, before=before)
    counts = queries.counts(session)
    return Outbox(
        mails=[_owed(mail) for mail in found[:PAGE]],
        waiting=counts.get(MailState.WAITING, 0),
        failed=counts.get(MailState.FAILED, 0),
        next=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def mailbox(session: Session, *, recipient: str, before: int | None) -> Mailbox:
    """The demonstration's mailbox."""
    found = queries.messages(session, limit=MAILBOX_PAGE + 1, recipient=recipient, before=before)
    return Mailbox(
        mails=[_shown(message) for message in found[:MAILBOX_PAGE]],
        recipients=queries.recipients(session),
        recipient=recipient,
        next=found[MAILBOX_PAGE - 1].mail_id if len(found) > MAILBOX_PAGE else None,
    )


def _owed(mail: OutboxMail) -> OwedMail:
    state = MailState(mail.state)
    return OwedMail(
        id=mail.id,
        kind=KINDS[MailKind(mail.kind)],
        recipient=mail.recipient,
        state=STATES[state],
        failed=state is MailState.FAILED,
        attempts=mail.attempts,
        error=mail.error or "",
        created_at=mail.created_at,
        due_at=mail.due_at,
    )


def _shown(message: DemoMessage) -> ShownMail:
    return ShownMail(
        id=message.mail_id,
        recipient=message.recipient,
        language=LANGUAGES[message.language],
        subject=message.subject,
        blocks=tuple(mails.blocks(message.text)),
        sent_at=message.sent_at,
    )
