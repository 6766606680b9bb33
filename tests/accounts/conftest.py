"""People who open an account, and what they are sent."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.audit import AuditEntry
from app.core.outbox import OutboxMail
from tests.factories import PASSWORD
from tests.http import Browser

NEW_PASSWORD = "another long password"
PERSON = {"name": "Nadia 나디아", "email": "Nadia@Example.org", "password": PASSWORD}


def mails(db: Session) -> list[OutboxMail]:
    db.rollback()
    return list(db.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def actions(db: Session) -> list[str]:
    db.rollback()
    return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def account(db: Session, email: str) -> Account | None:
    db.rollback()
    return db.scalar(select(Account).where(Account.email == email))


def register(visitor: Browser, lang: str = "en", **changes: str) -> Any:
    visitor.get(f"/{lang}/register")
    return visitor.submit(PERSON | changes)


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost")


def shown(visitor: Browser) -> str:
    """What the page says in its body, in one line."""
    return " ".join(visitor.tree.xpath("string(//main)").split())
