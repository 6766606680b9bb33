"""Handing over, assigning and claiming at the same instant, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.core import clock
from app.core.audit import AuditEntry
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor, Role
from app.moderation.claims import handing, operations
from app.moderation.claims.models import Claim
from tests.factories import make_account
from tests.moderation.crowds import at_once, crowd


def acts(sessions: sessionmaker[Session], essay: int) -> list[tuple[str, int | None]]:
    """What was recorded of it, and by whom."""
    with sessions() as session:
        rows = session.execute(
            select(AuditEntry.action, AuditEntry.actor_id)
            .where(AuditEntry.subject_id == essay, AuditEntry.subject == "contribution")
            .order_by(AuditEntry.id)
        )
        names = {"contribution:claimed", "contribution:handed_over", "contribution:assigned"}
        return [(row.action, row.actor_id) for row in rows if row.action in names]


def holder(sessions: sessionmaker[Session], essay: int) -> int:
    with sessions() as session:
        return session.get_one(Claim, essay).moderator_id


def organiser_of(sessions: sessionmaker[Session]) -> Actor:
    with sessions() as session:
        account = make_account(session, "organiser@example.org", Role.ORGANISER)
        session.commit()
        return account.actor


def test_two_hand_overs_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    [me, first, second, *_], [essay] = crowd(sessions, 1)
    with sessions() as session:
        operations.claim(session, me, essay)
        session.commit()
    receivers = iter([first, second])

    def give(session: Session, actor: Actor) -> object:
        to = next(receivers)
        assert to.id is not None
        return handing.hand_over(session, actor, essay, to=to.id)

    results = at_once(sessions, [me, me], give)
    given = [each for each in results if isinstance(each, Claim)]
    assert len(given) == 1
    assert results.count("claim.held_by_other") == 1
    assert holder(sessions, essay) == given[0].moderator_id
    assert len(acts(sessions, essay)) == 2
    with sessions() as session:
        mails = select(OutboxMail).where(OutboxMail.kind == MailKind.HANDED_OVER.value)
        assert [each.recipient_id for each in session.scalars(mails)] == [given[0].moderator_id]


def test_claim_against_assign_is_had_by_one(sessions: sessionmaker[Session]) -> None:
    [me, receiver, *_], [essay] = crowd(sessions, 1)
    organiser = organiser_of(sessions)
    assert receiver.id is not None
    to = receiver.id

    def act(session: Session, actor: Actor) -> object:
        if actor == organiser:
            return handing.assign(session, actor, essay, to=to, holder_seen=None)
        return operations.claim(session, actor, essay)

    results = at_once(sessions, [me, organiser], act)
    assert results.count("claim.held_by_other") == 1
    [claim] = [each for each in results if isinstance(each, Claim)]
    assert holder(sessions, essay) == claim.moderator_id
    assert len(acts(sessions, essay)) == 1


@pytest.mark.parametrize("renewed", [True, False], ids=["renewed", "ran out"])
def test_hand_over_against_a_colleague_s_claim_when_the_lease_ends(
    sessions: sessionmaker[Session], renewed: bool
) -> None:
    [me, colleague, other, *_], [essay] = crowd(sessions, 1)
    assert colleague.id is not None
    to = colleague.id
    with sessions() as session:
        operations.claim(session, me, essay)
        if not renewed:
            session.get_one(Claim, essay).expires_at = clock.now() - timedelta(seconds=1)
        session.commit()

    def act(session: Session, actor: Actor) -> object:
        if actor == me:
            return handing.hand_over(session, actor, essay, to=to)
        return operations.claim(session, actor, essay)

    results = at_once(sessions, [me, other], act)
    had = [each.moderator_id for each in results if isinstance(each, Claim)]
    assert had == [to if renewed else other.id]
    assert holder(sessions, essay) == had[0]
