"""An appeal is claimed and answered; what comes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.moderation.appeals import authors, operations, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.parts import after_appeal
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue.overview import overview
from app.moderation.queue.queries import next_item, waiting_ids
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.appeals.conftest import REPLY, WORDS, acts, answered
from tests.moderation.conftest import state

At = Callable[[Any], None]
Decide = Callable[..., Decision]


def test_claim_is_held_for_a_lease(session: Session, cast: Cast, appeal: Appeal, at: At) -> None:
    now = clock.now()
    at(now)
    held = operations.claim(session, cast.other_moderator.actor, appeal.id)
    assert held.expires_at == now + LEASE
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        operations.claim(session, cast.jurist_moderator.actor, appeal.id)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        answered(session, cast, appeal, Outcome.UPHELD, "jurist_moderator")
    at(now + LEASE)
    assert (
        operations.claim(session, cast.jurist_moderator.actor, appeal.id).claimed_at == now + LEASE
    )
    assert operations.claim(session, cast.jurist_moderator.actor, appeal.id)
    assert acts(session, appeal) == ["appeal:filed", "appeal:claimed", "appeal:claimed"]


def test_release_leaves_it_to_others(session: Session, cast: Cast, appeal: Appeal) -> None:
    operations.claim(session, cast.other_moderator.actor, appeal.id)
    assert not operations.release(session, cast.jurist_moderator.actor, appeal.id)
    assert operations.release(session, cast.other_moderator.actor, appeal.id)
    assert not operations.release(session, cast.other_moderator.actor, appeal.id)
    assert session.get(Claim, appeal.contribution_id) is None
    assert operations.claim(session, cast.jurist_moderator.actor, appeal.id)
    assert acts(session, appeal)[1:3] == ["appeal:claimed", "appeal:released"]


def test_answer_upheld_leaves_the_decision(
    session: Session, cast: Cast, appeal: Appeal, essay: Contribution
) -> None:
    operations.claim(session, cast.other_moderator.actor, appeal.id)
    answered(session, cast, appeal, Outcome.UPHELD)
    assert state(session, essay) == State.REJECTED
    assert session.scalars(select(DecisionMark)).all() == []
    assert session.get(Claim, essay.id) is None
    assert (appeal.reply, appeal.answered_by_id) == (REPLY, cast.other_moderator.id)
    assert acts(session, appeal)[-1] == "appeal:upheld"
    mail = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.APPEAL_ANSWERED.value)
    ).one()
    assert (mail.recipient, mail.language) == ("author@example.org", "en")
    assert (mail.data["outcome"], mail.data["words"]) == ("upheld", REPLY)


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.SPAM])
def test_answer_granted_puts_it_at_the_front_for_others(
    session: Session,
    cast: Cast,
    essay: Contribution,
    edition: Edition,
    decide: Decide,
    verdict: Verdict,
    at: At,
) -> None:
    at(clock.now() + timedelta(days=1))
    waits = make_contribution(session, cast.author, edition=edition)
    decision = decide("moderator", essay, verdict)
    made = operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr")
    answered(session, cast, made, Outcome.GRANTED)
    assert state(session, essay) == State.SUBMITTED
    assert essay.waiting_since == essay.submitted_at
    mark = session.get_one(DecisionMark, (decision.id, "undone"))
    assert mark.account_id == cast.other_moderator.id
    assert list(waiting_ids(session, cast.other_moderator.actor, limit=9)) == [essay.id, waits.id]
    assert acts(session, made)[-1] == "appeal:granted"
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "contribution:reopened")
    ).one()
    assert (entry.subject_id, entry.data["after"]) == (essay.id, "submitted")


def test_answer_granted_is_marked(session: Session, cast: Cast, appeal: Appeal) -> None:
    marked = select(Contribution.id).where(after_appeal())
    assert session.scalars(marked).all() == []
    answered(session, cast, appeal, Outcome.GRANTED)
    assert session.scalars(marked).all() == [appeal.contribution_id]


def test_answer_granted_is_not_offered_to_who_decided(
    session: Session, cast: Cast, appeal: Appeal, essay: Contribution
) -> None:
    answered(session, cast, appeal, Outcome.GRANTED)
    assert next_item(session, cast.moderator.actor) is None
    with pytest.raises(NotFound):
        claiming.claim(session, cast.moderator.actor, essay.id)
    assert next_item(session, cast.jurist_moderator.actor) == essay.id


def test_a_new_decision_after_an_appeal_can_be_appealed_against(
    session: Session, cast: Cast, appeal: Appeal, essay: Contribution, decide: Decide
) -> None:
    answered(session, cast, appeal, Outcome.GRANTED)
    decision = decide("jurist_moderator", essay, Verdict.REJECT, words="Toujours hors sujet.")
    again = operations.file(session, cast.author.actor, decision.id, words="Non.", language="fr")
    assert again.id != appeal.id
    # Who answered the first one had a part in what came of it.
    assert queries.appeals(session, cast.other_moderator.actor).items == []


def test_an_appeal_against_what_was_undone_never_waits_again(
    session: Session, cast: Cast, appeal: Appeal, essay: Contribution, decide: Decide
) -> None:
    undo(session, cast.organiser.actor, appeal.decision_id, "Non.")
    decide("moderator", essay, Verdict.REJECT, words="Toujours hors sujet.")
    assert queries.appeals(session, cast.other_moderator.actor).items == []
    assert overview(session, cast.other_moderator.actor).appeals.number == 0
    assert [each.is_moot for each in authors.of_author(session, essay)] == [True]
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        answered(session, cast, appeal, Outcome.GRANTED)


def test_answer_twice_is_one(session: Session, cast: Cast, appeal: Appeal) -> None:
    answered(session, cast, appeal, Outcome.GRANTED)
    assert answered(session, cast, appeal, Outcome.GRANTED) is appeal
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        answered(session, cast, appeal, Outcome.UPHELD)
    assert queries.appeals(session, cast.jurist_moderator.actor).items == []


@pytest.mark.parametrize("reply", [" ", "x" * 5_001, "a\x00b"])
def test_answer_needs_words_that_can_be_kept(
    session: Session, cast: Cast, appeal: Appeal, reply: str
) -> None:
    with pytest.raises(Invalid):
        operations.answer(
            session,
            cast.other_moderator.actor,
            appeal.id,
            Outcome.UPHELD,
            reply=reply,
            language="fr",
        )
    assert appeal.outcome == Outcome.OPEN
