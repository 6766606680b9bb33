"""Who may look after the mail."""

from app.core.outbox import MailState, OutboxMail
from app.core.policy import Actor, Role


def can_see_mails(actor: Actor) -> bool:
    """Administrators see what waits and what failed, with the recipients' addresses."""
    return actor.has(Role.ADMINISTRATOR)


def can_retry(actor: Actor, mail: OutboxMail) -> bool:
    """A mail that has been sent is never sent again."""
    return can_see_mails(actor) and mail.state != MailState.SENT
