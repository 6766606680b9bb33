"""Claiming, letting go, deciding, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, PublishedText
from app.contributions.states import State
from app.core.errors import Conflict, DomainError, NotFound, Several
from app.core.policy import NOBODY, SYSTEM, Role, TrackCode
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import LEADS_TO, Reason, Verdict
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import COMPLETE, answer, entries, mails, state

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Decide = Callable[..., Decision]
Act = Callable[[Session, Any, int], object]

ACTIONS: dict[str, Act] = {
    "claim": claiming.claim,
    "release": claiming.release,
    "decide": lambda session, actor, id: deciding.decide(
        session, actor, id, Verdict.REJECT, reasons=[Reason.UNCLEAR], words="No.", revision_seen=1
    ),
    "claim_and_decide": lambda session, actor, id: deciding.claim_and_decide(
        session, actor, id, Verdict.SPAM
    ),
}


def outcome(act: Act, session: Session, actor: Any, contribution: Contribution) -> str:
    """ "done", or the code of the refusal; what was done is taken back."""
    with session.begin_nested() as step:
        try:
            act(session, actor, contribution.id)
            session.flush()
        except DomainError as error:
            step.rollback()
            return error.code
        step.rollback()
    return "done"


# Who moderates nothing here, whatever the state: a moderator of another lane, and the owner too.
OUTSIDERS = ("author", "stranger", "organiser", "administrator", "wrong_language", "wrong_track")


def people(session: Session, cast: Cast) -> dict[str, Any]:
    """Everybody who may try, by name."""
    owner = make_account(session, "owner.moderator@example.org", Role.MODERATOR)
    return {
        "visitor": NOBODY,
        "system": SYSTEM,
        "owner": owner,
        "wrong_language": make_account(
            session, "arabic@example.org", Role.MODERATOR, reads=["ar"]
        ).actor,
        "wrong_track": make_account(
            session, "digital@example.org", Role.MODERATOR, serves=["digital_actor"]
        ).actor,
        **{
            name: cast.actor(name)
            for name in ("author", "stranger", "organiser", "administrator", "jurist_moderator")
        },
    }


@pytest.mark.parametrize("at_state", list(State))
def test_every_action_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, at_state: State
) -> None:
    named = people(session, cast)
    owner = named.pop("owner")
    contribution = make_contribution(session, owner, edition=edition, state=at_state)
    named["owner"] = owner.actor
    moved_on = "contribution.unknown" if at_state is State.DRAFT else "contribution.moved_on"
    for_moderators = {
        "claim": moved_on,
        "release": "contribution.unknown" if at_state is State.DRAFT else "done",
        "decide": moved_on,
        "claim_and_decide": moved_on,
    }
    if at_state is State.SUBMITTED:
        for_moderators = {
            "claim": "done",
            "release": "done",
            "decide": "claim.ran_out",
            "claim_and_decide": "done",
        }
    for action, act in ACTIONS.items():
        for name, actor in named.items():
            expected = (
                for_moderators[action] if name == "jurist_moderator" else "contribution.unknown"
            )
            assert outcome(act, session, actor, contribution) == expected, (action, name)


def test_actions_on_what_does_not_exist(session: Session, cast: Cast) -> None:
    for act in ACTIONS.values():
        with pytest.raises(NotFound):
            act(session, cast.actor("moderator"), 999_999)


# Claims


def test_claim_holds_for_the_lease(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claim = claiming.claim(session, cast.actor("moderator"), essay.id)
    assert (claim.moderator_id, claim.claimed_at) == (cast.moderator.id, NOON)
    assert claim.expires_at == NOON + timedelta(minutes=30)
    assert entries(session, essay, "contribution:claimed") == [
        {"actor": cast.moderator.id, "before": None, "revision": 1}
    ]


def test_claim_of_what_another_holds_names_them(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + LEASE - timedelta(seconds=1))
    with pytest.raises(Conflict) as refused:
        claiming.claim(session, cast.actor("other_moderator"), essay.id)
    assert refused.value.code == "claim.held_by_other"
    assert refused.value.data == {"holder": "Moderator", "until": NOON + LEASE}
    assert len(entries(session, essay, "contribution:claimed")) == 1


def test_claim_of_ones_own_prolongs_it(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    later = NOON + timedelta(minutes=20)
    at(later)
    claim = claiming.claim(session, cast.actor("moderator"), essay.id)
    assert (claim.claimed_at, claim.expires_at) == (NOON, later + LEASE)


def test_claim_takes_over_one_that_ran_out(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + LEASE)
    claim = claiming.claim(session, cast.actor("other_moderator"), essay.id)
    assert (claim.moderator_id, claim.claimed_at) == (cast.other_moderator.id, NOON + LEASE)
    assert session.scalar(select(func.count()).select_from(Claim)) == 1
    assert entries(session, essay, "contribution:claimed")[1] == {
        "actor": cast.other_moderator.id,
        "before": cast.moderator.id,
        "revision": 1,
    }


def test_release_lets_another_claim(session: Session, cast: Cast, essay: Contribution) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    assert claiming.release(session, cast.actor("moderator"), essay.id)
    claim = claiming.claim(session, cast.actor("other_moderator"), essay.id)
    assert claim.moderator_id == cast.other_moderator.id
    assert entries(session, essay, "contribution:released") == [{"actor": cast.moderator.id}]


def test_release_twice_leaves_one_trace(session: Session, cast: Cast, essay: Contribution) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    assert claiming.release(session, cast.actor("moderator"), essay.id)
    assert not claiming.release(session, cast.actor("moderator"), essay.id)
    assert len(entries(session, essay, "contribution:released")) == 1


def test_release_of_anothers_claim_is_refused(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        claiming.release(session, cast.actor("other_moderator"), essay.id)
    assert session.get(Claim, essay.id) is not None


def test_claim_next_takes_the_oldest_nobody_holds(
    session: Session, cast: Cast, edition: Edition, at: Callable[[datetime], None]
) -> None:
    made = []
    for minute in range(3):
        at(NOON + timedelta(minutes=minute))
        made.append(make_contribution(session, cast.author, edition=edition).id)
    taken = [claiming.claim_next(session, cast.actor("moderator")) for _ in range(2)]
    other = claiming.claim_next(session, cast.actor("other_moderator"))
    assert [claim.contribution_id for claim in taken if claim] == made[:2]
    assert other is not None
    assert other.contribution_id == made[2]
    assert claiming.claim_next(session, cast.actor("moderator")) is None


# Decisions


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
