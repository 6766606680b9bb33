"""Handing an appeal over, giving it away, keeping it in hand: as with essays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY, Role
from app.editions.models import Edition
from app.moderation.appeals import handing, operations, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import operations as claiming
from app.moderation.claims.handing import GIVEN
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.conflicts.models import ConflictKind
from app.moderation.conflicts.operations import declare
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.record.timeline import timeline
from app.moderation.talk.models import Message
from tests.factories import Cast, make_account, make_contribution, make_edition
from tests.http import Open
from tests.moderation.appeals.conftest import REPLY, WORDS
from tests.moderation.test_operations import refusal_of

At = Callable[[datetime], None]
NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)


def entries(session: Session, appeal: Appeal, *actions: str) -> list[dict[str, Any]]:
    session.flush()
    return [
        {"action": entry.action, "actor": entry.actor_id, **entry.data}
        for entry in session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == "appeal", AuditEntry.subject_id == appeal.id)
            .order_by(AuditEntry.id)
        )
        if entry.action in actions
    ]


# Renewing


def test_renew_keeps_it_in_hand_and_leaves_no_entry(
    session: Session, cast: Cast, appeal: Appeal, at: At
) -> None:
    other = cast.actor("other_moderator")
    at(NOON)
    operations.claim(session, other, appeal.id)
    at(NOON + timedelta(minutes=20))
    claim = operations.renew(session, other, appeal.id)
    assert claim.expires_at == NOON + timedelta(minutes=20) + LEASE
    assert len(entries(session, appeal, "appeal:claimed")) == 1
    at(claim.expires_at)
    with pytest.raises(Conflict, match=r"claim\.ran_out"):
        operations.renew(session, other, appeal.id)
    operations.claim(session, cast.actor("jurist_moderator"), appeal.id)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        operations.renew(session, other, appeal.id)
    operations.answer(
        session,
        cast.actor("jurist_moderator"),
        appeal.id,
        Outcome.UPHELD,
        reply=REPLY,
        language="fr",
    )
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        operations.renew(session, other, appeal.id)


# Handing over


def test_hand_over_gives_it_for_a_day_with_a_note_and_a_mail(
    session: Session, cast: Cast, appeal: Appeal, at: At
) -> None:
    at(NOON)
    other, jurist = cast.actor("other_moderator"), cast.actor("jurist_moderator")
    operations.claim(session, other, appeal.id)
    claim = handing.hand_over(
        session, other, appeal.id, to=cast.jurist_moderator.id, note="You know this better."
    )
    assert (claim.moderator_id, claim.expires_at) == (cast.jurist_moderator.id, NOON + GIVEN)
    [note] = session.scalars(select(Message))
    assert note.words == "You know this better."
    assert entries(session, appeal, "appeal:handed_over") == [
        {
            "action": "appeal:handed_over",
            "actor": cast.other_moderator.id,
            "contribution": appeal.contribution_id,
            "before": cast.other_moderator.id,
            "to": cast.jurist_moderator.id,
            "note": note.id,
        }
    ]
    [mail] = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.HANDED_OVER.value)
    )
    assert (mail.recipient_id, mail.data["appeal"]) == (cast.jurist_moderator.id, appeal.id)
    # Neither looking again nor work on it shortens what was given.
    assert operations.claim(session, jurist, appeal.id).expires_at == NOON + GIVEN
    assert operations.renew(session, jurist, appeal.id).expires_at == NOON + GIVEN
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        handing.hand_over(session, other, appeal.id, to=cast.jurist_moderator.id)
    answer = operations.answer(
        session, jurist, appeal.id, Outcome.UPHELD, reply=REPLY, language="fr"
    )
    assert answer.answered_by_id == cast.jurist_moderator.id


@pytest.mark.parametrize("who", ["moderator", "author", "stranger", "other_moderator", "seconder"])
def test_hand_over_to_whom_it_can_t_be_given_is_refused(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal, who: str
) -> None:
    actor = cast.actor("other_moderator")
    operations.claim(session, actor, appeal.id)
    if who == "seconder":
        declare(session, cast.actor("jurist_moderator"), essay.id, ConflictKind.RIVALRY)
    to = cast.jurist_moderator if who == "seconder" else getattr(cast, who)
    with pytest.raises(Invalid, match=r"claim\.not_for_them"):
        handing.hand_over(session, actor, appeal.id, to=to.id)
    with pytest.raises(Invalid, match=r"claim\.not_for_them"):
        handing.hand_over(session, actor, appeal.id, to=999_999)
    assert session.get_one(Claim, essay.id).moderator_id == cast.other_moderator.id


# Assigning


def test_assign_by_an_organiser_whoever_has_it(
    session: Session, cast: Cast, appeal: Appeal
) -> None:
    organiser = cast.actor("organiser")
    first, second = cast.other_moderator.id, cast.jurist_moderator.id
    assert handing.assign(session, organiser, appeal.id, to=first, holder_seen=None)
    assert handing.assign(session, organiser, appeal.id, to=first, holder_seen=None)
    with pytest.raises(Conflict, match=r"claim\.held_by_other"):
        handing.assign(session, organiser, appeal.id, to=second, holder_seen=None)
    handing.assign(session, organiser, appeal.id, to=second, holder_seen=first)
    assert [
        (each["actor"], each["before"], each["to"])
        for each in entries(session, appeal, "appeal:assigned")
    ] == [(cast.organiser.id, None, first), (cast.organiser.id, first, second)]
    with pytest.raises(Invalid, match=r"claim\.not_for_them"):
        handing.assign(session, organiser, appeal.id, to=cast.moderator.id, holder_seen=second)


def test_assign_of_one_s_own_is_refused(
    session: Session, cast: Cast, edition: Edition, decide: Callable[..., Decision]
) -> None:
    own = make_contribution(session, cast.organiser, edition=edition)
    decision = decide("moderator", own, Verdict.REJECT)
    organiser = cast.actor("organiser")
    filed = operations.file(session, organiser, decision.id, words=WORDS, language="fr")
    with pytest.raises(Forbidden, match=r"contribution\.own"):
        handing.assign(session, organiser, filed.id, to=cast.other_moderator.id, holder_seen=None)
    assert session.get(Claim, own.id) is None


def test_colleagues_are_those_who_may_answer_at_constant_cost(
    session: Session,
    cast: Cast,
    essay: Contribution,
    appeal: Appeal,
    engine: Engine,
    count_queries: Any,
) -> None:
    for index in range(2):
        make_account(session, f"third.{index}@example.org", Role.MODERATOR)
    make_account(session, "arabic@example.org", Role.MODERATOR, reads=["ar"])
    declare(session, cast.actor("other_moderator"), essay.id, ConflictKind.RIVALRY)
    session.flush()
    with count_queries(engine) as statements:
        found = queries.colleagues(session, appeal, essay)
    assert [each.name for each in found] == ["Jurist Moderator", "Third 0", "Third 1"]
    assert len(statements) == 5
    # The note of somebody who was asked before the appeal is a part in it.
    session.add(
        Message(
            contribution_id=essay.id,
            audience="moderators",
            sender_id=cast.jurist_moderator.id,
            words="Hm.",
            language="fr",
            sent_at=appeal.filed_at,
        )
    )
    session.flush()
    assert [each.name for each in queries.colleagues(session, appeal, essay)] == [
        "Third 0",
        "Third 1",
    ]


# Every action by everybody

ACTIONS: dict[str, Callable[[Session, Any, int, int], object]] = {
    "claim": lambda session, actor, id, _to: operations.claim(session, actor, id),
    "renew": lambda session, actor, id, _to: operations.renew(session, actor, id),
    "release": lambda session, actor, id, _to: operations.release(session, actor, id),
    "hand_over": lambda session, actor, id, to: handing.hand_over(session, actor, id, to=to),
    "assign": lambda session, actor, id, to: handing.assign(
        session, actor, id, to=to, holder_seen=None
    ),
    "answer": lambda session, actor, id, _to: operations.answer(
        session, actor, id, Outcome.UPHELD, reply=REPLY, language="fr"
    ),
}
NOT_THEIRS = "appeal.unknown"
FOR_MODERATORS = {
    State.REJECTED: {
        "claim": "done",
        "renew": "claim.ran_out",
        "release": "done",
        "hand_over": "claim.ran_out",
        "answer": "done",
    }
}
FOR_ORGANISERS = {State.REJECTED: "done"}


@pytest.mark.parametrize("at_state", list(State))
def test_every_action_on_an_appeal_by_state_and_person(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal, at_state: State
) -> None:
    essay.state = at_state.value
    essay.published_revision_id = essay.revision_id
    essay.published_at = essay.removed_at = clock.now()
    session.flush()
    actors = {
        "visitor": NOBODY,
        "arabic": make_account(session, "ar@example.org", Role.MODERATOR, reads=["ar"]).actor,
        **{
            name: cast.actor(name)
            for name in (
                "author",
                "stranger",
                "moderator",
                "other_moderator",
                "organiser",
                "administrator",
            )
        },
    }
    answered = dict.fromkeys(ACTIONS, "appeal.answered") | {"release": "done"}
    open_states = {State.REJECTED, State.SPAM}
    mine = FOR_MODERATORS[State.REJECTED] if at_state in open_states else answered
    theirs = "done" if at_state in open_states else "appeal.answered"
    for action, act in ACTIONS.items():
        for name, actor in actors.items():
            expected = NOT_THEIRS
            if action == "assign":
                expected = theirs if name in {"organiser", "administrator"} else NOT_THEIRS
            elif name == "other_moderator":
                expected = mine[action]
            to = cast.jurist_moderator.id
            found = refusal_of(session, partial(act, session, actor, appeal.id, to))
            assert found == expected, (action, name)


# What a conflict of interest does to an appeal in hand


def test_declaring_a_conflict_lets_go_of_the_appeal_in_its_own_words(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    other = cast.actor("other_moderator")
    operations.claim(session, other, appeal.id)
    declare(session, other, essay.id, ConflictKind.PERSONAL)
    assert session.get(Claim, essay.id) is None
    told = [event.action for event in timeline(session, essay, names=False)]
    assert told[:2] == ["appeal:released", "appeal:claimed"]
    assert "contribution:released" not in told


def test_letting_go_of_an_appeal_at_the_essay_s_address_says_so_too(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    other = cast.actor("other_moderator")
    operations.claim(session, other, appeal.id)
    assert claiming.release(session, other, essay.id)
    told = [event.action for event in timeline(session, essay, names=False)]
    assert told[0] == "appeal:released"


# Over HTTP


@pytest.fixture
def filed(db: Session, people: Cast) -> Appeal:
    essay = make_contribution(db, people.author, edition=make_edition(db))
    decision = claim_and_decide(
        db,
        people.moderator.actor,
        essay.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
        words_language="fr",
    )
    filed = operations.file(db, people.author.actor, decision.id, words=WORDS, language="fr")
    db.commit()
    return filed


def held_by(db: Session, appeal: Appeal) -> int | None:
    db.rollback()
    claim = db.get(Claim, appeal.contribution_id, populate_existing=True)
    return claim.moderator_id if claim else None


def test_an_appeal_is_kept_in_hand_and_handed_over(
    db: Session, people: Cast, browser: Open, filed: Appeal
) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    other = browser("other.moderator@example.org")
    assert other.post(f"{here}renew").status_code == 409
    other.post(f"{here}claim")
    other.get(here)
    [lease] = other.tree.xpath("//*[@id='lease']")
    assert lease.get("data-renew") == f"{here}renew"
    assert other.tree.xpath("//script[contains(@src, 'desk')]")
    assert other.tree.get_element_by_id("decision") is not None
    answer = other.post(f"{here}renew")
    assert answer.status_code == 200
    assert answer.json["seconds"] > 0
    other.get(f"{here}hand-over")
    chosen = str(people.jurist_moderator.id)
    done = other.submit({"to": chosen, "note": "Merci."}, follow_redirects=True)
    assert "The appeal has been handed over." in done.text
    assert held_by(db, filed) == people.jurist_moderator.id
    assert other.post(f"{here}renew").status_code == 409
    again = other.get(f"{here}hand-over", follow_redirects=True)
    assert "You no longer have this appeal in hand." in again.text


def test_organisers_give_an_appeal_to_a_moderator(
    db: Session, people: Cast, browser: Open, filed: Appeal
) -> None:
    organiser = browser("organiser@example.org")
    address = f"/en/organise/moderation/appeals/{filed.id}/"
    organiser.get(f"/en/organise/contributions/{filed.contribution_id}/")
    assert organiser.tree.xpath("//main//a[@href=$a]", a=address)
    organiser.get(address)
    offered = organiser.tree.xpath("//input[@name='to']/@value")
    assert str(people.moderator.id) not in offered
    to = str(people.other_moderator.id)
    done = organiser.submit({"to": to}, follow_redirects=True)
    assert "The appeal has been given to the moderator" in done.text
    assert organiser.tree.xpath("//main//a[@href=$a]", a=address)
    assert held_by(db, filed) == people.other_moderator.id
    assert organiser.get(address).status_code == 200
    assert "has it in hand until" in organiser.get(address).text


@pytest.mark.parametrize("who", [None, "author", "stranger", "moderator", "organiser"])
def test_an_appeal_is_nobody_else_s_to_keep_or_give(
    db: Session, browser: Open, filed: Appeal, who: str | None
) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    visitor = browser(f"{who}@example.org" if who else None)
    refused = {404} if who else {302, 303}
    for tail in ("claim", "renew", "release", "hand-over"):
        answered = visitor.post(here + tail, {"to": "1"})
        assert answered.status_code in refused, tail
    if who == "organiser":
        return
    given = visitor.post(f"/en/organise/moderation/appeals/{filed.id}/", {"to": "1"})
    assert given.status_code in ({403} if who else {302, 303})
    assert held_by(db, filed) is None
