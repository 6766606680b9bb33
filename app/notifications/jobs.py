"""The worker's part in mail: send what the outbox owes."""

import logging
from collections.abc import Iterable
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from app.config import Settings
from app.core import clock
from app.core.outbox import MailState, OutboxMail
from app.jobs import Job, writing
from app.notifications import mails, operations, post, queries

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 500
"""How many mails one sweep takes up; the next one follows a minute later."""


def send(mail_id: int) -> None:
    """Send one mail of the outbox, if it is due and nobody else is sending it."""
    settings = _settings()
    if not _can_send(settings):
        return
    with writing() as session:
        held = operations.lease(session, mail_id)
    if held is not None:
        _send(held, settings)


def due(session: Session) -> Iterable[int]:
    """The mails a sweep sends: whose time has come and that no living worker holds."""
    return queries.due(session, MOST_AT_ONCE) if _can_send(_settings()) else ()


JOB: Final = Job(run=send, due=due)


def forget(mail_id: int) -> None:
    """Forget the address of one mail that was sent long ago."""
    with writing() as session:
        operations.forget_address(session, mail_id)


def to_forget(session: Session) -> Iterable[int]:
    """The mails sent so long ago that nobody asks any more whether they came."""
    return queries.remembered(session, clock.now() - operations.REMEMBERED, MOST_AT_ONCE)


FORGET_JOB: Final = "notifications.forget_address"
FORGET: Final = Job(run=forget, due=to_forget)


def _send(held: OutboxMail, settings: Settings) -> None:
    try:
        with current_app.extensions["jsi_sessions"]() as session:
            published = queries.is_published(session, held)
        rendered = mails.render(held, settings.address, published=published)
        if settings.mail_url:
            message = mails.message(held, rendered, settings.mail_from)
            post.Server.parse(settings.mail_url).deliver(message)
    except Exception as error:  # whatever it is, the mail is owed and its next attempt is planned
        _refused(held, error)
        return
    with writing() as session:
        if operations.note_sent(session, held) and settings.demo:
            operations.keep_for_mailbox(session, held, subject=rendered.subject, text=rendered.text)


def _refused(held: OutboxMail, error: Exception) -> None:
    why = post.explain(error)
    with writing() as session:
        state = operations.note_refused(session, held, why)
    outcome = "given up" if state is MailState.FAILED else "will be tried again"
    log.warning("mail %s (%s) was not taken and %s: %s", held.id, held.kind, outcome, why)


def _can_send(settings: Settings) -> bool:
    # Without a server mail waits, so that none is lost; the demonstration has its mailbox.
    return bool(settings.mail_url) or settings.demo


def _settings() -> Settings:
    settings: Settings = current_app.config["JSI"]
    return settings
