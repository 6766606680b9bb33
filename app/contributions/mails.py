"""Mail about a contribution."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core import outbox


def tell_owner(
    session: Session,
    kind: outbox.MailKind,
    contribution: Contribution,
    occasion: object,
    **data: Any,
) -> None:
    """Owe the owner a mail about the contribution as it stands, one for each occasion."""
    owner = session.get_one(Account, contribution.owner_id)
    tell(session, kind, owner, contribution, occasion, **data)


def tell_authors(
    session: Session,
    kind: outbox.MailKind,
    contribution: Contribution,
    occasion: object,
    *,
    but: Collection[int],
    **data: Any,
) -> None:
    """The same to the owner and the co-authors who have confirmed; ``but`` those accounts."""
    authors = {contribution.owner_id, *map(int, contribution.co_authors)} - set(but)
    for each in session.scalars(select(Account).where(Account.id.in_(authors))).all():
        tell(session, kind, each, contribution, f"{occasion}:{each.id}", **data)


def tell(
    session: Session,
    kind: outbox.MailKind,
    receiver: Account,
    contribution: Contribution,
    occasion: object,
    **data: Any,
) -> None:
    """Owe somebody a mail about the contribution as it stands, one for each occasion.

    Nobody reads it whose account is deleted.
    """
    if receiver.deleted_at is not None:
        return
    outbox.put(
        session,
        kind,
        key=f"{kind}:{occasion}",
        recipient=receiver.email,
        recipient_id=receiver.id,
        language=receiver.ui_language,
        data=about(contribution) | data,
    )


def about(contribution: Contribution) -> dict[str, Any]:
    """What every mail about a contribution is given."""
    return {
        "contribution": contribution.id,
        "number": contribution.number,
        "title": contribution.title,
        "title_language": contribution.language,
    }
