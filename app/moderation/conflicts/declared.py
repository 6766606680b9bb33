"""Which conflicts with a contribution were declared, for its organisers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.policy import Actor
from app.moderation.conflicts import policy
from app.moderation.conflicts.models import Conflict, ConflictKind


@dataclass(frozen=True, slots=True)
class Declared:
    """One conflict of interest: whose, of which kind, in which words, since when."""

    account_id: int
    name: str
    kind: ConflictKind
    words: str
    declared_at: datetime
    can_lift: bool


def declared(session: Session, actor: Actor, contribution_id: int) -> list[Declared]:
    """All of them, oldest first. One query. Checks no permission: organisers' pages show it."""
    rows = session.execute(
        select(Conflict, Account.name)
        .join(Account, Account.id == Conflict.account_id)
        .where(Conflict.contribution_id == contribution_id)
        .order_by(Conflict.declared_at, Conflict.account_id)
    )
    return [
        Declared(
            account_id=conflict.account_id,
            name=name,
            kind=ConflictKind(conflict.kind),
            words=conflict.words,
            declared_at=conflict.declared_at,
            can_lift=policy.can_lift(actor, conflict),
        )
        for conflict, name in rows
    ]
