"""Many moderators at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.core.db import begin_write
from app.core.errors import DomainError
from app.core.policy import Actor, Role
from tests.factories import make_account, make_edition
from tests.factories.contributions import make_contribution

CROWD = 8


def crowd(sessions: sessionmaker[Session], essays: int) -> tuple[list[Actor], list[int]]:
    """Moderators and essays that wait for them, committed."""
    with sessions() as session:
        edition = make_edition(session)
        author = make_account(session, "author@example.org")
        moderators = [
            make_account(session, f"moderator.{index}@example.org", Role.MODERATOR)
            for index in range(CROWD)
        ]
        made = [make_contribution(session, author, edition=edition).id for _ in range(essays)]
        session.commit()
        return [account.actor for account in moderators], made


def at_once(
    sessions: sessionmaker[Session],
    actors: list[Actor],
    act: Callable[[Session, Actor], Any],
) -> list[Any]:
    """Everybody acts at the same instant, each in a transaction; results, or codes of refusals."""
    start = Barrier(len(actors))

    def run(actor: Actor) -> Any:
        with sessions() as session:
            start.wait()
            begin_write(session)
            try:
                result = act(session, actor)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error.code
            return result

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(run, actors))
