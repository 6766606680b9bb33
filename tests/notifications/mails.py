"""One mail of each kind, with the data its room gives it."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.reminders import token
from app.core import clock, outbox
from app.core.outbox import MailKind, MailState, OutboxMail

LINK = "https://site.example/fr/there?token=a.b&next=c"
ESSAY = {
    "contribution": 7,
    "number": "2017-J-042",
    "title": "Der Frieden im Netz",
    "title_language": "de",
}
OWN = "https://site.example/{}/my/contributions/7/"
PUBLIC = "https://site.example/{}/contributions/2017-J-042/"

DATA: dict[MailKind, dict[str, Any]] = {
    MailKind.CONFIRM_ADDRESS: {"link": LINK},
    MailKind.ALREADY_REGISTERED: {"login_link": LINK},
    MailKind.RESET_PASSWORD: {"link": LINK},
    MailKind.PASSWORD_CHANGED: {"reset_link": LINK},
    MailKind.CONFIRM_NEW_ADDRESS: {"link": LINK},
    MailKind.ADDRESS_CHANGED: {"new_address": "new@example.org"},
    MailKind.RECEIPT: ESSAY | {"track": "jurist"},
    MailKind.DECISION: ESSAY
    | {
        "verdict": "changes",
        "reasons": ["unclear", "sources"],
        "words": "شكرا لكم.\n\nيرجى توضيح الفقرة الثانية.",
        "words_language": "ar",
    },
    MailKind.MORE_TIME: ESSAY
    | {"reason": "You were ill.", "until": "2026-12-01T22:59:00+00:00", "zone": "Europe/Paris"},
    MailKind.REMINDER: ESSAY
    | {"number": None, "until": "2026-12-01T22:59:00+00:00", "zone": "Europe/Paris"},
    MailKind.REMOVED: ESSAY | {"reason": "Asked for by the author."},
    MailKind.CO_AUTHOR_INVITED: {
        "link": LINK,
        "inviter": "Anne Duval",
        "co_author": "ليلى حداد",
        "title": "Der Frieden im Netz",
        "title_language": "de",
        "days": 30,
    },
    MailKind.CO_AUTHOR_ANSWERED: ESSAY | {"answer": "confirmed", "co_author": "ليلى حداد"},
}


def put(
    session: Session,
    kind: MailKind = MailKind.RESET_PASSWORD,
    *,
    key: str = "a mail",
    recipient: str = "someone@example.org",
    language: str = "en",
    **data: Any,
) -> OutboxMail:
    """Owe that mail, in this transaction."""
    return outbox.put(
        session,
        kind,
        key=key,
        recipient=recipient,
        recipient_id=None,
        language=language,
        data=DATA[kind] | data,
    )


def given_up(session: Session, key: str = "given up") -> OutboxMail:
    """A mail no server would take."""
    mail = put(session, key=key)
    mail.state, mail.attempts, mail.error = MailState.FAILED.value, 6, "550 no such person"
    mail.due_at = clock.now() - timedelta(days=1)
    session.flush()
    return mail


EDIT = "https://site.example/{}/my/contributions/7/edit"


def links(kind: MailKind, language: str = "en") -> list[str]:
    """All links of such a mail to the account 3, in order."""
    if kind is MailKind.ADDRESS_CHANGED:
        return []
    if kind is MailKind.REMINDER:
        return [EDIT.format(language), f"https://site.example/{language}/reminders/stop/{token(3)}"]
    return [link(kind, language)]


def link(kind: MailKind, language: str = "en") -> str:
    """The one link of such a mail."""
    if kind in (MailKind.RECEIPT, MailKind.DECISION, MailKind.MORE_TIME):
        return OWN.format(language)
    if kind is MailKind.CO_AUTHOR_ANSWERED:
        return f"{OWN.format(language)}authors/"
    return PUBLIC.format(language) if kind is MailKind.REMOVED else LINK
