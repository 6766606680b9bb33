"""An essay that was turned down, and its author's appeal."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.moderation.appeals import operations
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast

WORDS = "La question est bien celle posée."
REPLY = "Vous avez raison."


@pytest.fixture
def rejection(essay: Contribution, decide: Callable[..., Decision]) -> Decision:
    """Of the author's essay, by the moderator."""
    return decide("moderator", essay, Verdict.REJECT)


@pytest.fixture
def appeal(session: Session, cast: Cast, rejection: Decision) -> Appeal:
    """Of the author against that."""
    return operations.file(session, cast.author.actor, rejection.id, words=WORDS, language="fr")


def answered(
    session: Session, cast: Cast, appeal: Appeal, outcome: Outcome, name: str = "other_moderator"
) -> Appeal:
    return operations.answer(
        session, cast.actor(name), appeal.id, outcome, reply=REPLY, language="fr"
    )


def acts(session: Session, appeal: Appeal) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject == "appeal", AuditEntry.subject_id == appeal.id)
            .order_by(AuditEntry.id)
        )
    )
