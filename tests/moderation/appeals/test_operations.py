"""Appealing and answering: who may, when, and what comes of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions.models import AuthorAffiliation, Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import begin_write
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Role
from app.editions.models import Edition
from app.moderation.appeals import operations, policy, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.parts import after_appeal
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.conflicts.models import Conflict as Declared
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.queue.queries import next_item, waiting_ids
from app.moderation.talk.models import Message
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution
from tests.moderation.appeals.conftest import REPLY, WORDS
from tests.moderation.conftest import state

At = Callable[[Any], None]
Decide = Callable[..., Decision]
NOBODYS = ["moderator", "author", "stranger", "organiser", "administrator"]


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


# Filing


def test_file_is_kept_and_recorded(session: Session, appeal: Appeal, essay: Contribution) -> None:
    assert (appeal.words, appeal.language, appeal.outcome) == (WORDS, "fr", Outcome.OPEN)
    assert acts(session, appeal) == ["appeal:filed"]
    assert state(session, essay) == State.REJECTED


@pytest.mark.parametrize(
    "name",
    ["stranger", "moderator", "other_moderator", "organiser", "administrator"],
)
def test_file_by_anybody_else_finds_nothing(
    session: Session, cast: Cast, rejection: Decision, name: str
) -> None:
    with pytest.raises(NotFound):
        operations.file(session, cast.actor(name), rejection.id, words=WORDS, language="fr")
    assert session.scalar(select(func.count()).select_from(Appeal)) == 0


@pytest.mark.parametrize(
    ("verdict", "possible"),
    [
        (Verdict.REJECT, True),
        (Verdict.SPAM, True),
        (Verdict.CHANGES, False),
        (Verdict.ACCEPT, False),
    ],
)
def test_file_against_what_ends_an_essay_only(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
    possible: bool,
) -> None:
    decision = decide("moderator", essay, verdict)
    if possible:
        operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr")
        return
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr")


def test_file_within_the_days_only(
    session: Session, cast: Cast, rejection: Decision, edition: Edition, at: At
) -> None:
    until = policy.appeal_until(rejection, edition)
    assert until == rejection.decided_at + timedelta(days=30)
    at(until)
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        operations.file(session, cast.author.actor, rejection.id, words=WORDS, language="fr")
    at(until - timedelta(seconds=1))
    assert operations.file(session, cast.author.actor, rejection.id, words=WORDS, language="fr")


def test_file_in_an_edition_without_appeals_is_refused(
    session: Session, cast: Cast, rejection: Decision, edition: Edition
) -> None:
    edition.appeal_days = 0
    assert policy.appeal_until(rejection, edition) is None
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        operations.file(session, cast.author.actor, rejection.id, words=WORDS, language="fr")


def test_appeal_until_counts_from_when_the_author_was_told(
    rejection: Decision, edition: Edition
) -> None:
    released = rejection.decided_at + timedelta(days=90)
    pending = Decision(verdict="reject", standing="pending", decided_at=rejection.decided_at)
    assert policy.appeal_until(pending, edition) is None
    assert policy.appeal_until(pending, edition, released) == released + timedelta(days=30)


def test_chance_counts_from_the_release_of_a_pending_decision(
    session: Session, cast: Cast, essay: Contribution, edition: Edition
) -> None:
    decided = clock.now() - timedelta(days=60)
    pending = Decision(
        contribution_id=essay.id,
        revision_id=essay.revision_id,
        moderator_id=cast.moderator.id,
        verdict="reject",
        standing="pending",
        decided_at=decided,
    )
    session.add(pending)
    essay.state = State.REJECTED.value
    session.flush()
    assert queries.chance(session, cast.author.actor, essay, edition) is None
    released = clock.now() - timedelta(days=1)
    session.add(
        DecisionMark(
            decision_id=pending.id, kind="released", account_id=cast.organiser.id, at=released
        )
    )
    session.flush()
    chance = queries.chance(session, cast.author.actor, essay, edition)
    assert chance == queries.Chance(pending.id, released + timedelta(days=30))


def test_file_twice_is_one_appeal(session: Session, cast: Cast, appeal: Appeal) -> None:
    again = operations.file(
        session, cast.author.actor, appeal.decision_id, words=f" {WORDS}\r\n", language="fr"
    )
    assert again is appeal
    with pytest.raises(Conflict, match=r"appeal\.filed"):
        operations.file(
            session, cast.author.actor, appeal.decision_id, words="Encore.", language="fr"
        )


@pytest.mark.parametrize(
    ("words", "language", "code"),
    [
        (" ", "fr", "required"),
        ("x" * 5_001, "fr", "text.too_long"),
        ("a\x00b", "fr", "text.control_characters"),
        ("Non.", "tlh", "language.unknown"),
    ],
)
def test_file_with_words_that_cannot_be_kept(
    session: Session, cast: Cast, rejection: Decision, words: str, language: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        operations.file(session, cast.author.actor, rejection.id, words=words, language=language)
    assert refused.value.code == code


# Who may answer


@pytest.mark.parametrize("name", NOBODYS)
def test_appeal_is_none_of_their_business(
    session: Session, cast: Cast, appeal: Appeal, name: str
) -> None:
    actor = cast.actor(name)
    assert queries.appeals(session, actor).items == []
    assert queries.count(session, actor).number == 0
    for act in (
        lambda: queries.appeal(session, actor, appeal.id),
        lambda: operations.claim(session, actor, appeal.id),
        lambda: operations.release(session, actor, appeal.id),
        lambda: answered(session, cast, appeal, Outcome.GRANTED, name),
    ):
        with pytest.raises(NotFound):
            act()
    assert appeal.outcome == Outcome.OPEN


@pytest.mark.parametrize("name", ["other_moderator", "jurist_moderator"])
def test_appeal_is_for_moderators_who_had_no_part(
    session: Session, cast: Cast, appeal: Appeal, name: str
) -> None:
    [item] = queries.appeals(session, cast.actor(name)).items
    assert (item.id, item.verdict, item.hold) == (appeal.id, Verdict.REJECT, None)
    assert queries.count(session, cast.actor(name)).number == 1
    assert queries.appeal(session, cast.actor(name), appeal.id).decided.words == "Hors sujet."


@pytest.mark.parametrize("part", ["claim", "note", "mark", "conflict", "affiliation", "lane"])
def test_appeal_is_not_for_who_had_a_part(
    session: Session, cast: Cast, essay: Contribution, decide: Decide, part: str
) -> None:
    other = cast.other_moderator
    if part == "claim":
        claiming.claim(session, other.actor, essay.id)
        claiming.release(session, other.actor, essay.id)
    decision = decide("moderator", essay, Verdict.REJECT)
    if part == "note":
        session.add(
            Message(
                contribution_id=essay.id,
                audience="moderators",
                sender_id=other.id,
                words="Hm.",
                language="fr",
                sent_at=clock.now(),
            )
        )
    if part == "mark":
        session.add(DecisionMark(decision_id=decision.id, kind="seconded", account_id=other.id))
    if part == "conflict":
        session.add(Declared(account_id=other.id, contribution_id=essay.id, kind="rivalry"))
    if part == "affiliation":
        other.affiliation_key = session.scalars(select(AuthorAffiliation.key)).one()
    if part == "lane":
        other.reads = ["ar"]
    session.flush()
    made = operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr")
    assert queries.appeals(session, other.actor).items == []
    with pytest.raises(NotFound):
        operations.claim(session, other.actor, made.id)
    assert queries.appeals(session, cast.jurist_moderator.actor).items


def test_a_note_after_the_appeal_is_no_part(session: Session, cast: Cast, appeal: Appeal) -> None:
    session.add(
        Message(
            contribution_id=appeal.contribution_id,
            audience="moderators",
            sender_id=cast.other_moderator.id,
            words="Hm.",
            language="fr",
            sent_at=appeal.filed_at + timedelta(minutes=1),
        )
    )
    session.flush()
    assert queries.appeals(session, cast.other_moderator.actor).items


def test_appeals_oldest_first_by_parts_at_constant_cost(
    session: Session,
    cast: Cast,
    edition: Edition,
    decide: Decide,
    at: At,
    count_queries: Callable[..., Any],
) -> None:
    start, made = clock.now(), []
    for index in range(3):
        at(start + timedelta(minutes=index))
        essay = make_contribution(session, cast.author, edition=edition)
        decision = decide("moderator", essay, Verdict.REJECT)
        made.append(
            operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr").id
        )
        session.flush()
        with count_queries(session.get_bind()) as statements:
            found = queries.appeals(session, cast.other_moderator.actor)
        assert [item.id for item in found.items] == made
        assert len(statements) == 1
    first = queries.appeals(session, cast.other_moderator.actor, limit=2)
    assert [item.id for item in first.items] == made[:2]
    rest = queries.appeals(session, cast.other_moderator.actor, limit=2, after=first.after)
    assert ([item.id for item in rest.items], rest.after) == (made[2:], None)


# Claiming


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


# Answering


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
    assert queries.count(session, cast.other_moderator.actor).number == 0
    assert [each.is_moot for each in queries.of_author(session, essay)] == [True]
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


def test_of_author_names_nobody(session: Session, cast: Cast, appeal: Appeal) -> None:
    essay = session.get_one(Contribution, appeal.contribution_id)
    [seen] = queries.of_author(session, essay)
    assert (seen.words, seen.outcome, seen.is_moot) == (WORDS, Outcome.OPEN, False)
    answered(session, cast, appeal, Outcome.UPHELD)
    [seen] = queries.of_author(session, essay)
    assert (seen.reply, seen.outcome) == (REPLY, Outcome.UPHELD)
    assert not hasattr(seen, "answered_by_id")


# At the same instant


def test_answers_by_many_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    crowd = 6
    with sessions() as session:
        edition = make_edition(session)
        author = make_account(session, "author@example.org")
        first = make_account(session, "first@example.org", Role.MODERATOR)
        others = [
            make_account(session, f"moderator.{index}@example.org", Role.MODERATOR).actor
            for index in range(crowd)
        ]
        essay = make_contribution(session, author, edition=edition)
        decision = deciding.claim_and_decide(
            session, first.actor, essay.id, Verdict.REJECT, reasons=[Reason.OFF_TOPIC], words="Non."
        )
        made = operations.file(session, author.actor, decision.id, words=WORDS, language="fr").id
        session.commit()
    start = Barrier(crowd)

    def run(index: int) -> str:
        outcome = Outcome.GRANTED if index % 2 else Outcome.UPHELD
        with sessions() as session:
            start.wait()
            begin_write(session)
            try:
                operations.answer(
                    session, others[index], made, outcome, reply=str(index), language="fr"
                )
                session.commit()
            except DomainError as error:
                session.rollback()
                return error.code
            return outcome

    with ThreadPoolExecutor(crowd) as pool:
        results = list(pool.map(run, range(crowd)))
    assert results.count("appeal.answered") == crowd - 1
    with sessions() as session:
        kind = OutboxMail.kind == MailKind.APPEAL_ANSWERED.value
        assert len(session.scalars(select(OutboxMail).where(kind)).all()) == 1
        assert session.get_one(Appeal, made).outcome in results


def test_claims_by_many_at_once_are_one(sessions: sessionmaker[Session]) -> None:
    crowd = 6
    with sessions() as session:
        edition = make_edition(session)
        author = make_account(session, "author@example.org")
        first = make_account(session, "first@example.org", Role.MODERATOR)
        others = [
            make_account(session, f"moderator.{index}@example.org", Role.MODERATOR).actor
            for index in range(crowd)
        ]
        essay = make_contribution(session, author, edition=edition)
        decision = deciding.claim_and_decide(session, first.actor, essay.id, Verdict.SPAM)
        made = operations.file(session, author.actor, decision.id, words=WORDS, language="fr").id
        session.commit()
    start = Barrier(crowd)

    def run(index: int) -> str:
        with sessions() as session:
            start.wait()
            begin_write(session)
            try:
                operations.claim(session, others[index], made)
                session.commit()
            except DomainError as error:
                session.rollback()
                return error.code
            return "held"

    with ThreadPoolExecutor(crowd) as pool:
        results = list(pool.map(run, range(crowd)))
    assert sorted(results) == ["claim.held_by_other"] * (crowd - 1) + ["held"]
