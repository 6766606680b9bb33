"""An author's appeal: against what, until when, in which words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.moderation.appeals import authors, operations, policy
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions import releasing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast
from tests.moderation.appeals.conftest import REPLY, WORDS, acts, answered
from tests.moderation.conftest import state

NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)
At = Callable[[Any], None]


Decide = Callable[..., Decision]


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


def test_chance_counts_from_when_a_kept_decision_was_told(
    session: Session, cast: Cast, essay: Contribution, edition: Edition, decide: Decide, at: At
) -> None:
    edition.decides_together = True
    at(NOON)
    kept = decide("moderator", essay, Verdict.REJECT)
    assert authors.chance(session, cast.author.actor, essay, edition) is None
    at(NOON + timedelta(days=60))
    releasing.release(session, cast.actor("organiser"), edition.id)
    # The worker was busy: the author is told, and the days are counted, only now.
    told = NOON + timedelta(days=61)
    at(told)
    releasing.carry_out_released(session, kept.id)
    chance = authors.chance(session, cast.author.actor, essay, edition)
    assert chance == authors.Chance(kept.id, told + timedelta(days=30))
    mail = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.DECISION.value)
    ).one()
    assert mail.data["appeal_until"] == chance.until.isoformat()


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


def test_of_author_names_nobody(session: Session, cast: Cast, appeal: Appeal) -> None:
    essay = session.get_one(Contribution, appeal.contribution_id)
    [seen] = authors.of_author(session, essay)
    assert (seen.words, seen.outcome, seen.is_moot) == (WORDS, Outcome.OPEN, False)
    answered(session, cast, appeal, Outcome.UPHELD)
    [seen] = authors.of_author(session, essay)
    assert (seen.reply, seen.outcome) == (REPLY, Outcome.UPHELD)
    assert not hasattr(seen, "answered_by_id")
