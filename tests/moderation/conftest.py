"""What the moderators' tests share: an essay that waits, and shorthands for acting on it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import operations as contributions
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution, make_essay
from tests.http import Browser

COMPLETE: dict[Verdict, dict[str, Any]] = {
    Verdict.ACCEPT: {"reasons": [Reason.RELEVANT]},
    Verdict.CHANGES: {"reasons": [Reason.SOURCES], "words": "Citez vos sources."},
    Verdict.REJECT: {"reasons": [Reason.OFF_TOPIC], "words": "Hors sujet."},
    Verdict.SPAM: {},
    Verdict.WRONG_TRACK: {},
}


def complete(session: Session, contribution: Contribution, verdict: Verdict) -> dict[str, Any]:
    """What that verdict needs; a duplicate is one of another essay of the same author."""
    if verdict is not Verdict.DUPLICATE:
        return COMPLETE[verdict]
    owner = session.get_one(Account, contribution.owner_id)
    edition = session.get_one(Edition, contribution.edition_id)
    return {"duplicate_of": make_contribution(session, owner, edition=edition).number}


def in_conflict(session: Session, essay: Contribution, *accounts: Account) -> None:
    """Each of them has declared a conflict of interest with the essay."""
    kind = ConflictKind.RIVALRY.value
    for each in accounts:
        session.add(Conflict(account_id=each.id, contribution_id=essay.id, kind=kind))
    session.flush()


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session)


@pytest.fixture
def essay(session: Session, cast: Cast, edition: Edition) -> Contribution:
    """The author's, in French, for jurists, waiting."""
    return make_contribution(session, cast.author, edition=edition)


@pytest.fixture
def decide(session: Session, cast: Cast) -> Callable[..., Decision]:
    """``decide("moderator", essay, Verdict.REJECT)``: claimed first, complete unless changed."""

    def act(name: str, contribution: Contribution, verdict: Verdict, **changes: Any) -> Decision:
        claiming.claim(session, cast.actor(name), contribution.id)
        values = complete(session, contribution, verdict) | {"revision_seen": 1} | changes
        return deciding.decide(session, cast.actor(name), contribution.id, verdict, **values)

    return act


def answer(session: Session, cast: Cast, contribution: Contribution, note: str = "") -> Revision:
    """The author answers a request for changes with the next revision."""
    version = contributions.save_draft(
        session,
        cast.actor("author"),
        contribution.id,
        make_essay("fr", title="De la paix, revu", question_id=contribution.question_id),
        seen_version=2,
    )
    assert version.version == 3
    return contributions.submit(session, cast.actor("author"), contribution.id, note=note)


def entries(session: Session, contribution: Contribution, action: str) -> list[dict[str, Any]]:
    """The data of the audit entries of that action, oldest first."""
    session.flush()
    return [
        {"actor": entry.actor_id, **entry.data}
        for entry in session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_id == contribution.id, AuditEntry.action == action)
            .order_by(AuditEntry.id)
        )
    ]


def mails(session: Session) -> list[OutboxMail]:
    """The mails about decisions."""
    return list(
        session.scalars(
            select(OutboxMail)
            .where(OutboxMail.kind == MailKind.DECISION.value)
            .order_by(OutboxMail.id)
        )
    )


def state(session: Session, contribution: Contribution) -> State:
    """As the database has it."""
    session.flush()
    session.refresh(contribution)
    return State(contribution.state)


@pytest.fixture
def standing(db: Session, people: Cast) -> Edition:
    edition = make_edition(db)
    db.commit()
    return edition


@pytest.fixture
def waiting(db: Session, people: Cast, standing: Edition) -> Contribution:
    """The author's, in French, for jurists."""
    contribution = make_contribution(db, people.author, edition=standing)
    db.commit()
    return contribution


@pytest.fixture
def moderator(browser: Callable[..., Browser], people: Cast) -> Browser:
    return browser("moderator@example.org")
