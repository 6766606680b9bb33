"""Taking back, taking up again, more time: every state, every role, both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations, policy
from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution, Draft
from app.contributions.states import RevisionKind, State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, DomainError, Forbidden, Invalid
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY
from app.moderation.organising import operations as organising
from tests.factories import Cast, make_contribution, make_edition, make_essay

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=9)
At = Callable[[datetime], None]

ACTS: dict[str, Callable[[Session, Any, int], object]] = {
    "withdraw": lambda session, actor, id: lifecycle.withdraw(session, actor, id, reason="Non."),
    "revive": lifecycle.revive,
    "extend": lambda session, actor, id: organising.extend(
        session, actor, id, until=LATER, reason="Malade."
    ),
}
ROLES = ("author", "stranger", "moderator", "organiser", "administrator", "nobody")
MOVED, UNKNOWN = "contribution.moved_on", "contribution.unknown"
WITHDRAWABLE = {State.SUBMITTED, State.DECIDED, State.CHANGES_REQUESTED, State.ACCEPTED}
EXTENDABLE = {State.DRAFT, State.WITHDRAWN}


def expected(act: str, state: State, role: str) -> str:
    """ "done", or the code of the refusal."""
    if act == "extend":
        if role not in {"organiser", "administrator"}:
            return "forbidden"
        return "done" if state in EXTENDABLE else MOVED
    if role != "author":
        return UNKNOWN
    allowed = WITHDRAWABLE if act == "withdraw" else {State.WITHDRAWN}
    return "done" if state in allowed else MOVED


@pytest.mark.parametrize("state", State)
def test_every_state_and_role(session: Session, cast: Cast, at: At, state: State) -> None:
    at(NOON)
    edition = make_edition(session, closes_at=NOON + timedelta(days=2))
    essay = make_contribution(session, cast.author, edition=edition, state=state)
    session.flush()
    found, wanted = {}, {}
    for act, do in ACTS.items():
        for role in ROLES:
            actor = NOBODY if role == "nobody" else cast.actor(role)
            wanted[act, role] = expected(act, state, role)
            with session.begin_nested() as step:
                try:
                    do(session, actor, essay.id)
                    session.flush()
                    found[act, role] = "done"
                except DomainError as error:
                    found[act, role] = error.code
                step.rollback()
            session.expire_all()
    assert found == wanted


def entries(session: Session, essay: Contribution) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject == "contribution", AuditEntry.subject_id == essay.id)
            .order_by(AuditEntry.id)
        )
    )


def test_withdraw_keeps_the_reason(session: Session, cast: Cast) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session))
    lifecycle.withdraw(session, cast.author.actor, essay.id, reason="  Publié ailleurs.\r\n")
    session.flush()
    session.refresh(essay)
    assert (essay.state, essay.withdrawal_reason) == (State.WITHDRAWN, "Publié ailleurs.")
    assert entries(session, essay)[-1] == "contribution:withdrawn"


@pytest.mark.parametrize("reason", ["x" * 2001, "a\x00b"])
def test_withdraw_refuses_words_that_cannot_be_kept(
    session: Session, cast: Cast, reason: str
) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session))
    with pytest.raises(Invalid) as refused:
        lifecycle.withdraw(session, cast.author.actor, essay.id, reason=reason)
    assert refused.value.field == "reason"
    assert essay.state == State.SUBMITTED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_revive_makes_a_draft_that_keeps_its_number_and_revisions(
    session: Session, cast: Cast, state: State
) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session), state=state)
    number = essay.number
    lifecycle.withdraw(session, cast.author.actor, essay.id)
    lifecycle.revive(session, cast.author.actor, essay.id)
    session.flush()
    session.refresh(essay)
    assert (essay.state, essay.number, essay.accepted_at) == (State.DRAFT, number, None)
    assert not policy.can_discard(cast.author.actor, essay)
    with pytest.raises(Conflict):
        operations.discard(session, cast.author.actor, essay.id)
    draft = session.get_one(Draft, essay.id)
    changed = make_essay("fr", title="Autrement", question_id=essay.question_id)
    operations.save_draft(session, cast.author.actor, essay.id, changed, seen_version=draft.version)
    revision = operations.submit(session, cast.author.actor, essay.id)
    assert (revision.number, revision.kind) == (2, RevisionKind.RESUBMISSION)
    assert (essay.state, essay.number) == (State.SUBMITTED, number)
    assert entries(session, essay)[-2:] == ["contribution:revived", "contribution:submitted"]


def test_revive_needs_an_open_call_or_more_time(session: Session, cast: Cast, at: At) -> None:
    at(NOON)
    edition = make_edition(session, closes_at=NOON + timedelta(days=1))
    essay = make_contribution(session, cast.author, edition=edition, state=State.WITHDRAWN)
    at(NOON + timedelta(days=2))
    with pytest.raises(Forbidden):
        lifecycle.revive(session, cast.author.actor, essay.id)
    organising.extend(session, cast.actor("organiser"), essay.id, until=LATER, reason="Malade.")
    lifecycle.revive(session, cast.author.actor, essay.id)
    operations.submit(session, cast.author.actor, essay.id)
    assert essay.state == State.SUBMITTED


def test_extend_lets_one_draft_be_submitted_after_the_call(
    session: Session, cast: Cast, at: At
) -> None:
    at(NOON)
    edition = make_edition(session, closes_at=NOON + timedelta(days=1))
    make = {"edition": edition, "state": State.DRAFT}
    essay, other = (make_contribution(session, cast.author, **make) for _ in range(2))
    cast.author.ui_language = "ar"
    at(NOON + timedelta(days=3))
    organising.extend(session, cast.actor("organiser"), essay.id, until=LATER, reason="Malade.")
    operations.submit(session, cast.author.actor, essay.id)
    with pytest.raises(Forbidden):
        operations.submit(session, cast.author.actor, other.id)
    mail = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.MORE_TIME.value)
    ).one()
    assert (mail.language, mail.recipient) == ("ar", cast.author.email)
    assert mail.data["until"] == LATER.isoformat()
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "contribution:extended")
    ).one()
    assert entry.data == {"until": LATER.isoformat()}


def test_extend_ends_at_its_moment(session: Session, cast: Cast, at: At) -> None:
    at(NOON)
    edition = make_edition(session, closes_at=NOON + timedelta(days=1))
    essay = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    organising.extend(session, cast.actor("organiser"), essay.id, until=LATER, reason="Malade.")
    at(LATER)
    with pytest.raises(Forbidden):
        operations.submit(session, cast.author.actor, essay.id)
    assert clock.now() == LATER


@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [
        (NOON, "Malade.", "deadline.past"),
        (NOON + timedelta(hours=20), "Malade.", "deadline.not_later"),
        (LATER, " ", "required"),
    ],
)
def test_extend_refuses(
    session: Session, cast: Cast, at: At, until: datetime, reason: str, code: str
) -> None:
    at(NOON)
    edition = make_edition(session, closes_at=NOON + timedelta(days=1))
    essay = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    with pytest.raises(Invalid) as refused:
        organising.extend(session, cast.actor("organiser"), essay.id, until=until, reason=reason)
    assert refused.value.code == code
    assert essay.extended_until is None


def test_withdraw_sent_twice_is_one(session: Session, cast: Cast) -> None:
    essay = make_contribution(session, cast.author, edition=make_edition(session))
    for _ in range(2):
        lifecycle.withdraw(session, cast.author.actor, essay.id, reason="Je renonce.")
    with pytest.raises(Conflict):
        lifecycle.withdraw(session, cast.author.actor, essay.id, reason="Autre chose.")
    acts = select(AuditEntry.action).where(AuditEntry.subject_id == essay.id)
    assert session.scalars(acts).all().count("contribution:withdrawn") == 1
