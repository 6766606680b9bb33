"""Deciding."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, PublishedText
from app.contributions.states import State
from app.core.errors import Conflict, NotFound, Several
from app.core.policy import TrackCode
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import LEADS_TO, Reason, Verdict
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import COMPLETE, answer, entries, mails, state
from tests.moderation.desk import ACTIONS

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


Decide = Callable[..., Decision]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_decide_moves_on_and_ends_the_claim(
    session: Session, cast: Cast, essay: Contribution, decide: Decide, verdict: Verdict
) -> None:
    decision = decide("moderator", essay, verdict)
    published = verdict is Verdict.ACCEPT
    assert state(session, essay) is (State.PUBLISHED if published else LEADS_TO[verdict])
    assert session.get(Claim, essay.id) is None
    assert (decision.revision_id, decision.moderator_id) == (essay.revision_id, cast.moderator.id)
    assert entries(session, essay, "contribution:decided") == [
        {
            "actor": cast.moderator.id,
            "before": "submitted",
            "after": LEADS_TO[verdict].value,
            "decision": decision.id,
            "verdict": verdict.value,
            "reasons": decision.reasons,
            "revision": 1,
        }
    ]


def test_decide_accept_publishes_in_the_same_transaction(
    session: Session, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.ACCEPT)
    text = session.scalars(select(PublishedText)).one()
    assert (text.contribution_id, text.revision_id) == (essay.id, essay.revision_id)
    assert "La paix a besoin de règles" in text.html


def test_decide_accept_waits_where_the_edition_releases_later(
    session: Session, cast: Cast, decide: Decide
) -> None:
    later = make_edition(session, "2019", release_later=True)
    contribution = make_contribution(session, cast.author, edition=later)
    decide("moderator", contribution, Verdict.ACCEPT)
    assert state(session, contribution) is State.ACCEPTED
    assert session.scalar(select(func.count()).select_from(PublishedText)) == 0
    assert len(mails(session)) == 1


def test_decide_tells_the_owner_in_their_language(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    cast.author.ui_language = "ar"
    decision = decide(
        "moderator",
        essay,
        Verdict.CHANGES,
        reasons=[Reason.LANGUAGE, Reason.SOURCES],
        words="  Citez vos sources.\r\nMerci.  ",
        words_language="fr",
    )
    [mail] = mails(session)
    assert (mail.key, mail.recipient) == (f"decision:{decision.id}", "author@example.org")
    assert (mail.recipient_id, mail.language) == (cast.author.id, "ar")
    assert mail.data == {
        "contribution": essay.id,
        "number": "S-J-001",
        "title": "De la paix",
        "title_language": "fr",
        "verdict": "changes",
        "reasons": ["sources", "language"],
        "reason_texts": {},
        "rules": [],
        "words": "Citez vos sources.\nMerci.",
        "words_language": "fr",
        "points": [],
        "duplicate_of": "",
        "new_track": "",
        "revision": 1,
        "decided_at": decision.decided_at.isoformat(),
        "signs": [],
        "zone": "Europe/Paris",
        "appeal_until": "",
    }


def test_decide_spam_says_why_and_sends_nothing(
    session: Session, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.SPAM)
    assert (decision.reasons, decision.words, decision.words_language) == (["spam"], "", "")
    assert mails(session) == []


@pytest.mark.parametrize(
    ("verdict", "changes", "refused"),
    [
        (Verdict.ACCEPT, {"reasons": []}, {("reasons", "decision.reasons_needed")}),
        (Verdict.CHANGES, {"words": " \n"}, {("words", "decision.words_needed")}),
        (Verdict.REJECT, {"words": ""}, {("words", "decision.words_needed")}),
        (
            Verdict.REJECT,
            {"words": "", "reasons": []},
            {("words", "decision.words_needed"), ("reasons", "decision.reasons_needed")},
        ),
        (Verdict.REJECT, {"words": "a\x00b"}, {("words", "text.control_characters")}),
        (Verdict.REJECT, {"words": "a\u202eb"}, {("words", "text.bidi_override")}),
        (Verdict.REJECT, {"words": "a" * 5_001}, {("words", "text.too_long")}),
        (Verdict.REJECT, {"words_language": "tlh"}, {("words_language", "language.unknown")}),
    ],
)
def test_decide_without_what_it_needs_is_refused(
    session: Session,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
    changes: dict[str, Any],
    refused: set[tuple[str, str]],
) -> None:
    with pytest.raises(Several) as several:
        decide("moderator", essay, verdict, **changes)
    assert {(error.field, error.code) for error in several.value.errors} == refused
    assert state(session, essay) is State.SUBMITTED


def test_decide_words_without_language_are_in_the_moderators(
    essay: Contribution, cast: Cast, decide: Decide
) -> None:
    cast.moderator.ui_language = "ko"
    assert decide("moderator", essay, Verdict.REJECT).words_language == "ko"


def test_decide_without_a_claim_is_refused(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    with pytest.raises(Conflict, match=r"claim\.ran_out"):
        deciding.decide(
            session,
            cast.actor("moderator"),
            essay.id,
            Verdict.ACCEPT,
            reasons=[Reason.RELEVANT],
            revision_seen=1,
        )


def test_decide_after_the_claim_ran_out_is_refused(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + LEASE)
    with pytest.raises(Conflict, match=r"claim\.ran_out"):
        ACTIONS["decide"](session, cast.actor("moderator"), essay.id)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    ACTIONS["decide"](session, cast.actor("moderator"), essay.id)
    assert state(session, essay) is State.REJECTED


def test_decide_while_another_holds_it_is_refused(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        ACTIONS["decide"](session, cast.actor("other_moderator"), essay.id)
    assert state(session, essay) is State.SUBMITTED


def test_decide_on_an_older_revision_is_refused(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    with pytest.raises(Conflict) as refused:
        decide("moderator", essay, Verdict.REJECT, revision_seen=1)
    assert (refused.value.code, refused.value.data) == ("decision.newer_revision", {"number": 2})
    decide("moderator", essay, Verdict.ACCEPT, revision_seen=2)
    assert state(session, essay) is State.PUBLISHED


def test_decide_twice_by_two_clicks_is_one_decision(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    first = decide("moderator", essay, Verdict.REJECT)
    again = deciding.decide(
        session,
        cast.actor("moderator"),
        essay.id,
        Verdict.REJECT,
        **COMPLETE[Verdict.REJECT],
        revision_seen=1,
    )
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Decision)) == 1
    assert len(mails(session)) == 1
    assert len(entries(session, essay, "contribution:decided")) == 1


def test_decide_otherwise_after_a_decision_is_refused(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.REJECT)
    for name in ("moderator", "other_moderator"):
        with pytest.raises(Conflict, match=r"contribution\.moved_on"):
            deciding.decide(
                session,
                cast.actor(name),
                essay.id,
                Verdict.ACCEPT,
                reasons=[Reason.RELEVANT],
                revision_seen=1,
            )
    assert state(session, essay) is State.REJECTED


def test_decide_after_losing_the_role_is_refused(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    cast.moderator.serves = [TrackCode.DIGITAL_ACTOR.value]
    with pytest.raises(NotFound):
        ACTIONS["decide"](session, cast.actor("moderator"), essay.id)


def test_claim_and_decide_takes_the_newest_revision(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    decision = deciding.claim_and_decide(
        session, cast.actor("other_moderator"), essay.id, Verdict.ACCEPT, reasons=[Reason.RELEVANT]
    )
    assert decision.revision_id == essay.revision_id
    assert state(session, essay) is State.PUBLISHED


def test_claim_and_decide_respects_anothers_claim(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        deciding.claim_and_decide(session, cast.actor("other_moderator"), essay.id, Verdict.SPAM)
