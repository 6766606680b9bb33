"""Reads of the outbox and of the demonstration's mailbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.outbox import MailState, OutboxMail
from app.notifications.models import DemoMessage


def due(session: Session, limit: int) -> Sequence[int]:
    """Ids of the mails whose time has come and which no worker holds, longest due first."""
    now = clock.now()
    return session.scalars(
        select(OutboxMail.id)
        .where(
            OutboxMail.state == MailState.WAITING,
            OutboxMail.due_at <= now,
            or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= now),
        )
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(limit)
    ).all()


def remembered(session: Session, before: datetime, limit: int) -> Sequence[int]:
    """Ids of the mails sent before that moment that still say to which address."""
    return session.scalars(
        select(OutboxMail.id)
        .where(
            OutboxMail.state == MailState.SENT,
            OutboxMail.sent_at < before,
            OutboxMail.recipient != "",
        )
        .order_by(OutboxMail.id)
        .limit(limit)
    ).all()


def is_published(session: Session, mail: OutboxMail) -> bool:
    """Whether the contribution a mail is about, if any, can be read by everybody now."""
    state = session.scalar(
        select(Contribution.state).where(Contribution.id == mail.data.get("contribution"))
    )
    return state == State.PUBLISHED


def owed(session: Session, *, limit: int, before: int | None = None) -> Sequence[OutboxMail]:
    """Mails that wait or were given up, newest first, older than the mail ``before``."""
    wanted = select(OutboxMail).where(OutboxMail.state != MailState.SENT)
    if before is not None:
        wanted = wanted.where(OutboxMail.id < before)
    return session.scalars(wanted.order_by(OutboxMail.id.desc()).limit(limit)).all()


def counts(session: Session) -> dict[MailState, int]:
    """How many mails wait, and how many were given up."""
    found = session.execute(
        select(OutboxMail.state, func.count())
        .where(OutboxMail.state != MailState.SENT)
        .group_by(OutboxMail.state)
    )
    return {MailState(state): number for state, number in found}


def messages(
    session: Session, *, limit: int, recipient: str = "", before: int | None = None
) -> Sequence[DemoMessage]:
    """The demonstration's mails, to one recipient or to all: the last owed first.

    Two workers may send in another order; ``before`` is the ``mail_id`` of the page before.
    """
    wanted = select(DemoMessage)
    if recipient:
        wanted = wanted.where(DemoMessage.recipient == recipient)
    if before is not None:
        wanted = wanted.where(DemoMessage.mail_id < before)
    return session.scalars(wanted.order_by(DemoMessage.mail_id.desc()).limit(limit)).all()


def recipients(session: Session) -> Sequence[str]:
    """Everybody the demonstration has written to."""
    return session.scalars(
        select(DemoMessage.recipient).distinct().order_by(DemoMessage.recipient)
    ).all()
