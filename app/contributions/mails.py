"""Mail to the owner of a contribution."""

from typing import Any

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
    outbox.put(
        session,
        kind,
        key=f"{kind}:{occasion}",
        recipient=owner.email,
        recipient_id=owner.id,
        language=owner.ui_language,
        data={
            "contribution": contribution.id,
            "number": contribution.number,
            "title": contribution.title,
            "title_language": contribution.language,
            **data,
        },
    )
