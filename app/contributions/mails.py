"""Mail about a contribution."""

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
    tell(session, kind, owner, contribution, occasion, **data)


def tell(
    session: Session,
    kind: outbox.MailKind,
    receiver: Account,
    contribution: Contribution,
    occasion: object,
    **data: Any,
) -> None:
    """Owe somebody a mail about the contribution as it stands, one for each occasion."""
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
