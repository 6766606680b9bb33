"""Mail that is owed, by several at once."""

import threading
import time

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core import outbox
from app.core.db import begin_write
from app.core.outbox import MailKind, OutboxMail


def owe(session: Session, key: str) -> int:
    return outbox.put(
        session,
        MailKind.RECEIPT,
        key=key,
        recipient="author@example.org",
        recipient_id=None,
        language="fr",
        data={},
    ).id


def test_put_with_the_same_key_is_the_same_mail(session: Session) -> None:
    begin_write(session)
    assert owe(session, "one") == owe(session, "one")
    assert owe(session, "one") != owe(session, "two")


def test_put_at_the_same_moment_is_the_same_mail(sessions: sessionmaker[Session]) -> None:
    """As when somebody clicks twice: the second waits for the first, and goes on."""
    owed: list[int] = []

    def second() -> None:
        with sessions() as other:
            begin_write(other)
            owed.append(owe(other, "same"))
            other.commit()

    with sessions() as session:
        begin_write(session)
        first = owe(session, "same")
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        session.commit()
        waiting.join(timeout=10)
        assert owed == [first]
        assert len(session.scalars(select(OutboxMail)).all()) == 1
