"""What the demonstration's mailbox holds of a person."""

from collections.abc import Iterator, Mapping
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.core.personal import Answer, Keeper, Part
from app.notifications.models import DemoMessage

TABLES: Final[Mapping[str, Answer]] = {
    "demo_message": Answer(
        "mails as they were sent, in the demonstration only", "`mails/`", "deleted"
    ),
}


def collect(session: Session, account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """The mails as they were sent."""
    address = session.scalars(select(Account.email).where(Account.id == account_id)).one()
    for each in session.scalars(
        select(DemoMessage).where(DemoMessage.recipient == address).order_by(DemoMessage.id)
    ):
        yield Part(f"mails/{each.id}.txt", f"{each.subject}\n\n{each.text}")


def erase(session: Session, account_id: int, _anonymous: bool) -> None:
    """Delete them."""
    address = session.scalars(select(Account.email).where(Account.id == account_id)).one()
    session.execute(delete(DemoMessage).where(DemoMessage.recipient == address))


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)
