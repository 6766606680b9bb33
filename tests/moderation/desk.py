"""What tests of the desk's pages share."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.http import Browser

Act = Callable[[Session, Any, int], object]

ACTIONS: dict[str, Act] = {
    "claim": claiming.claim,
    "release": claiming.release,
    "decide": lambda session, actor, id: deciding.decide(
        session, actor, id, Verdict.REJECT, reasons=[Reason.UNCLEAR], words="No.", revision_seen=1
    ),
    "claim_and_decide": lambda session, actor, id: deciding.claim_and_decide(
        session, actor, id, Verdict.SPAM
    ),
}

Open = Callable[..., Browser]


WORDS = "Merci, mais citez vos sources."


REJECTION = {"verdict": "reject", "reasons": ["sources"], "words": WORDS, "words_language": "fr"}


def page_of(contribution: Contribution, tail: str = "", lang: str = "en") -> str:
    return f"/{lang}/moderation/{contribution.id}/{tail}"


def state(db: Session, contribution: Contribution) -> str:
    db.rollback()
    db.refresh(contribution)
    return contribution.state


def number(db: Session, model: type) -> int | None:
    db.rollback()
    return db.scalar(select(func.count()).select_from(model))


def messages(visitor: Browser) -> str:
    notices = visitor.tree.xpath("//div[contains(@class, 'notice')]")
    return " ".join(" ".join(notice.text_content().split()) for notice in notices)


def take(visitor: Browser, contribution: Contribution) -> None:
    """Open it and take it in hand."""
    visitor.get(page_of(contribution))
    visitor.submit({}, form="/claim", follow_redirects=True)
