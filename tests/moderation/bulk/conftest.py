"""Contributions by the dozen, and the worker's part in one session."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import DomainError
from app.editions.models import Edition
from app.moderation.bulk import operations
from app.moderation.bulk.models import BulkItem
from tests.factories import Cast, make_contribution, make_edition

REJECT = {"reasons": ["off_topic"], "words": "Hors sujet.", "words_language": "fr"}


Many = Callable[..., list[Contribution]]


@pytest.fixture
def many(session: Session, cast: Cast, edition: Edition) -> Many:
    """``many(3)`` waiting contributions of the author."""

    def make(number: int, **changes: Any) -> list[Contribution]:
        values = {"owner": cast.author, "edition": edition} | changes
        return [make_contribution(session, **values) for _ in range(number)]

    return make


@pytest.fixture
def essays(db: Session, people: Cast) -> list[Contribution]:
    """Sixty of the author's, in French, for jurists."""
    edition = make_edition(db)
    found = [
        make_contribution(db, people.author, edition=edition, title=f"Essai {number}")
        for number in range(60)
    ]
    db.commit()
    return found


def do_all(session: Session, run_id: int) -> None:
    """What the worker does, in one session."""
    assert operations.take(session, run_id)
    session.commit()
    while (contribution_id := operations.next_item(session, run_id)) is not None:
        try:
            operations.do(session, run_id, contribution_id)
        except DomainError as error:
            session.rollback()
            operations.refuse(session, run_id, contribution_id, error)
        session.commit()
    operations.finish(session, run_id)
    session.commit()


def answers(session: Session, run_id: int) -> dict[int, tuple[str, str]]:
    rows = session.scalars(
        select(BulkItem).where(BulkItem.run_id == run_id).execution_options(populate_existing=True)
    )
    return {row.contribution_id: (row.state, row.code) for row in rows}


def start(session: Session, cast: Cast, name: str, *args: Any) -> int:
    """Prepared, and confirmed as it was found."""
    run = operations.prepare(session, cast.actor(name), *args)
    session.commit()
    assert operations.confirm(session, cast.actor(name), run.id)
    session.commit()
    return run.id
