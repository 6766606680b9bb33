"""One mail of each kind, with the data its room gives it."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.reminders import DIGEST, token
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
    MailKind.DECISION_UNDONE: ESSAY,
    MailKind.MORE_TIME: ESSAY
    | {"reason": "You were ill.", "until": "2026-12-01T22:59:00+00:00", "zone": "Europe/Paris"},
    MailKind.REMINDER: ESSAY
    | {"number": None, "until": "2026-12-01T22:59:00+00:00", "zone": "Europe/Paris"},
    MailKind.APPEAL_ANSWERED: ESSAY
    | {"outcome": "upheld", "words": "Nach erneuter Lektüre: nein.", "words_language": "de"},
    MailKind.REPORT_ANSWERED: ESSAY | {"outcome": "kept"},
    MailKind.MESSAGE: ESSAY
    | {"sender": "", "words": "Quelle est la source ?", "words_language": "fr"},
    MailKind.AUTHOR_ANSWERED: ESSAY
    | {"organiser": False, "words": "المصدر في الحاشية.", "words_language": "ar"},
    MailKind.HANDED_OVER: ESSAY
    | {
        "giver": "ليلى حداد",
        "words": "You know this better.",
        "words_language": "en",
        "until": "2026-12-01T22:59:00+00:00",
    },
    MailKind.HANDED_OVER_TOGETHER: {
        "giver": "ليلى حداد",
        "words": "You know these better.",
        "words_language": "en",
        "number_given": 3,
        "essays": [
            {"id": 7, "number": "2017-J-042", "title": "Der Frieden im Netz", "language": "de"},
            {"id": 8, "number": "2017-J-043", "title": "في السلام", "language": "ar"},
        ],
        "until": "2026-12-01T22:59:00+00:00",
    },
    MailKind.DIGEST: {
        "lanes": [
            {"track": "jurist", "language": "fr", "number": 3, "more": False},
            {"track": "digital_actor", "language": "ar", "number": 99, "more": True},
        ],
        "oldest": [
            {
                "id": 7,
                "number": "2017-J-042",
                "title": "Der Frieden im Netz",
                "language": "de",
                "since": "2026-11-01T12:00:00+00:00",
                "overdue": True,
            }
        ],
        "held": [
            {
                "number": "2017-J-043",
                "title": "في السلام",
                "language": "ar",
                "until": "2026-12-01T22:59:00+00:00",
            }
        ],
        "appeals": 2,
        "stranded": 1,
        "stranded_essays": 2,
    },
    MailKind.REMOVED: ESSAY
    | {
        "reason": "تذكر المقالة شخصًا بعينه.",
        "words_language": "ar",
        "rules": [{"rule": "prudence", "title": {"de": "Vorsicht", "fr": "Prudence"}}],
        "reports": 2,
        "complaints": ["privacy", "other"],
        "decided_at": "2026-11-20T12:00:00+00:00",
        "appeal_until": "2026-12-20T12:00:00+00:00",
        "zone": "Europe/Paris",
    },
    MailKind.RESTORED: ESSAY,
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
    if kind is MailKind.DECISION:
        charter = f"https://site.example/{language}/pages/charter/"
        return [charter, link(kind, language)]
    if kind is MailKind.HANDED_OVER_TOGETHER:
        desk = f"https://site.example/{language}/moderation"
        return [f"{desk}/7/", f"{desk}/8/", f"{desk}/"]
    if kind is MailKind.REMOVED:
        charter = f"https://site.example/{language}/pages/charter/#charter-prudence"
        return [charter, OWN.format(language), PUBLIC.format(language)]
    if kind is MailKind.DIGEST:
        desk = f"https://site.example/{language}/moderation"
        stop = f"{desk}/digest/stop/{token(3, DIGEST)}"
        return [f"{desk}/7/", f"{desk}/appeals/", f"{desk}/", stop]
    if kind is MailKind.MESSAGE:
        return [f"{OWN.format(language)}messages/"]
    if kind is MailKind.AUTHOR_ANSWERED:
        return [f"https://site.example/{language}/moderation/7/messages/"]
    if kind is MailKind.HANDED_OVER:
        return [f"https://site.example/{language}/moderation/7/"]
    return [link(kind, language)]


def link(kind: MailKind, language: str = "en") -> str:
    """The one link of such a mail."""
    if kind in (
        MailKind.RECEIPT,
        MailKind.DECISION,
        MailKind.DECISION_UNDONE,
        MailKind.APPEAL_ANSWERED,
        MailKind.MORE_TIME,
        MailKind.RESTORED,
    ):
        return OWN.format(language)
    if kind is MailKind.CO_AUTHOR_ANSWERED:
        return f"{OWN.format(language)}authors/"
    return PUBLIC.format(language) if kind is MailKind.REPORT_ANSWERED else LINK
