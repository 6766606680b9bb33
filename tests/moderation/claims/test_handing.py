"""Renewing, handing over, assigning, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY, Role
from app.editions.models import Edition
from app.moderation.claims import handing, operations, queries
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.conflicts.models import Conflict as Declared
from app.moderation.conflicts.models import ConflictKind
from app.moderation.conflicts.operations import declare
from app.moderation.talk.models import Audience, Message
from tests.factories import Cast, make_account
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import entries

NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)
At = Callable[[datetime], None]
EVERYBODY = (
    "visitor",
    "author",
    "stranger",
    "wrong_language",
    "moderator",
    "other_moderator",
    "organiser",
    "administrator",
)


def actor_of(session: Session, cast: Cast, name: str) -> Any:
    if name == "visitor":
        return NOBODY
    if name == "wrong_language":
        return make_account(session, "ar@example.org", Role.MODERATOR, reads=["ar"]).actor
    return cast.actor(name)


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except DomainError as error:
        return error.code
    return "done"


# Renewing


def test_renew_holds_for_the_lease_from_now_and_leaves_no_entry(
    session: Session, cast: Cast, essay: Contribution, at: At
) -> None:
    at(NOON)
    operations.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + timedelta(minutes=20))
    renewed = operations.renew(session, cast.actor("moderator"), essay.id)
    assert renewed.expires_at == NOON + timedelta(minutes=50)
    assert renewed.claimed_at == NOON
    operations.claim(session, cast.actor("moderator"), essay.id)
    assert len(entries(session, essay, "contribution:claimed")) == 1


def test_renew_of_what_ran_out_or_is_another_s_is_refused(
    session: Session, cast: Cast, essay: Contribution, at: At
) -> None:
    at(NOON)
    me, other = cast.actor("moderator"), cast.actor("other_moderator")
    assert refusal(lambda: operations.renew(session, me, essay.id)) == "claim.ran_out"
    operations.claim(session, me, essay.id)
    assert refusal(lambda: operations.renew(session, other, essay.id)) == "claim.held_by_other"
    at(NOON + LEASE)
    assert refusal(lambda: operations.renew(session, me, essay.id)) == "claim.ran_out"
    operations.claim(session, other, essay.id)
    assert refusal(lambda: operations.renew(session, me, essay.id)) == "claim.held_by_other"
    assert refusal(lambda: operations.renew(session, cast.actor("stranger"), essay.id)) == (
        "contribution.unknown"
    )


def test_claim_records_the_revision(session: Session, cast: Cast, essay: Contribution) -> None:
    operations.claim(session, cast.actor("moderator"), essay.id)
    [entry] = entries(session, essay, "contribution:claimed")
    assert entry == {"actor": cast.moderator.id, "before": None, "revision": 1}


def test_release_and_next_gives_another_one(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    me = cast.actor("moderator")
    operations.claim(session, me, essay.id)
    assert operations.release_and_next(session, me, essay.id) is None
    assert operations.claim_of(session, essay.id) is None
    other = make_contribution(session, cast.author, edition=edition)
    operations.claim(session, me, essay.id)
    taken = operations.release_and_next(session, me, essay.id)
    assert taken is not None
    assert taken.contribution_id == other.id
    assert operations.claim_of(session, essay.id) is None


# Handing over


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("at_state", [State.SUBMITTED, State.ACCEPTED, State.WITHDRAWN])
def test_hand_over_and_assign_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, name: str, at_state: State
) -> None:
    contribution = make_contribution(session, cast.author, edition=edition, state=at_state)
    if at_state is State.SUBMITTED:
        operations.claim(session, cast.actor("moderator"), contribution.id)
    actor, to = actor_of(session, cast, name), cast.jurist_moderator.id
    given = refusal(lambda: handing.hand_over(session, actor, contribution.id, to=to))
    expected = {"moderator": "done", "other_moderator": "claim.held_by_other"}
    if at_state is not State.SUBMITTED:
        expected = dict.fromkeys(expected, "contribution.moved_on")
    assert given == expected.get(name, "contribution.unknown")
    assigned = refusal(
        lambda: handing.assign(
            session, actor, contribution.id, to=to, holder_seen=cast.moderator.id
        )
    )
    organises = "done" if at_state is State.SUBMITTED else "contribution.moved_on"
    assert assigned == (
        organises if name in {"organiser", "administrator"} else "contribution.unknown"
    )


def test_hand_over_gives_it_for_a_day_keeps_the_note_and_tells_the_colleague(
    session: Session, cast: Cast, essay: Contribution, at: At
) -> None:
    at(NOON)
    cast.jurist_moderator.ui_language = "ar"
    operations.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + timedelta(minutes=5))
    claim = handing.hand_over(
        session,
        cast.actor("moderator"),
        essay.id,
        to=cast.jurist_moderator.id,
        note="You know this better.",
    )
    assert (claim.moderator_id, claim.claimed_at, claim.expires_at) == (
        cast.jurist_moderator.id,
        NOON + timedelta(minutes=5),
        NOON + timedelta(minutes=5) + handing.GIVEN,
    )
    [note] = session.scalars(select(Message))
    assert (note.audience, note.sender_id, note.words) == (
        Audience.MODERATORS,
        cast.moderator.id,
        "You know this better.",
    )
    assert entries(session, essay, "contribution:handed_over") == [
        {
            "actor": cast.moderator.id,
            "before": cast.moderator.id,
            "to": cast.jurist_moderator.id,
            "revision": 1,
            "note": note.id,
        }
    ]
    [mail] = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.HANDED_OVER.value)
    )
    assert (mail.recipient, mail.language) == ("jurist.moderator@example.org", "ar")
    assert mail.data["giver"] == "Moderator"
    assert mail.data["words"] == "You know this better."
    # The lease of a day is not shortened by work on it.
    renewed = operations.renew(session, cast.actor("jurist_moderator"), essay.id)
    assert renewed.expires_at == claim.expires_at


@pytest.mark.parametrize(
    "why",
    ["oneself", "nobody", "author", "wrong language", "closed", "unconfirmed", "conflict"],
)
def test_hand_over_to_somebody_unfit_is_refused(
    session: Session, cast: Cast, essay: Contribution, why: str
) -> None:
    to = cast.jurist_moderator
    match why:
        case "oneself":
            to = cast.moderator
        case "author":
            to = cast.author
        case "wrong language":
            to.reads = ["ar"]
        case "closed":
            to.active = False
        case "unconfirmed":
            to.confirmed_at = None
        case "conflict":
            session.add(
                Declared(
                    account_id=to.id, contribution_id=essay.id, kind=ConflictKind.PERSONAL.value
                )
            )
    session.flush()
    operations.claim(session, cast.actor("moderator"), essay.id)
    number = 999_999 if why == "nobody" else to.id
    with pytest.raises(Invalid) as refused:
        handing.hand_over(session, cast.actor("moderator"), essay.id, to=number)
    assert (refused.value.code, refused.value.field) == ("claim.not_for_them", "to")
    if why != "oneself":
        with pytest.raises(Invalid):
            handing.assign(
                session,
                cast.actor("organiser"),
                essay.id,
                to=number,
                holder_seen=cast.moderator.id,
            )
    names = {each.name for each in queries.colleagues(session, essay, but=cast.moderator.id)}
    assert names == ({"Jurist Moderator"} if why in {"oneself", "nobody", "author"} else set()) | {
        "Other Moderator"
    }


def test_hand_over_after_the_lease_ran_out_is_refused(
    session: Session, cast: Cast, essay: Contribution, at: At
) -> None:
    at(NOON)
    operations.claim(session, cast.actor("moderator"), essay.id)
    at(NOON + LEASE)
    with pytest.raises(Conflict) as refused:
        handing.hand_over(session, cast.actor("moderator"), essay.id, to=cast.other_moderator.id)
    assert refused.value.code == "claim.ran_out"


@pytest.mark.parametrize("note", ["x" * 2_001, "a\x07b"])
def test_hand_over_with_a_note_that_can_t_be_kept_changes_nothing(
    session: Session, cast: Cast, essay: Contribution, note: str
) -> None:
    operations.claim(session, cast.actor("moderator"), essay.id)
    with pytest.raises(Invalid) as refused:
        handing.hand_over(
            session, cast.actor("moderator"), essay.id, to=cast.other_moderator.id, note=note
        )
    assert refused.value.field == "note"
    assert session.get_one(Claim, essay.id).moderator_id == cast.moderator.id


# Assigning


def test_assign_what_nobody_holds_and_what_somebody_holds(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    organiser = cast.actor("organiser")
    first, second = cast.moderator.id, cast.other_moderator.id
    handing.assign(session, organiser, essay.id, to=first, holder_seen=None)
    handing.assign(session, organiser, essay.id, to=first, holder_seen=None)
    with pytest.raises(Conflict) as refused:
        handing.assign(session, organiser, essay.id, to=second, holder_seen=None)
    assert refused.value.code == "claim.held_by_other"
    handing.assign(session, organiser, essay.id, to=second, holder_seen=first)
    assert [
        (entry["actor"], entry["before"], entry["to"])
        for entry in entries(session, essay, "contribution:assigned")
    ] == [(cast.organiser.id, None, first), (cast.organiser.id, first, second)]
    assert refusal(lambda: operations.renew(session, cast.actor("moderator"), essay.id)) == (
        "claim.held_by_other"
    )


def test_assign_one_s_own_essay_is_not_possible(
    session: Session, cast: Cast, edition: Edition
) -> None:
    own = make_contribution(session, cast.organiser, edition=edition)
    with pytest.raises(Forbidden, match=r"contribution\.own"):
        handing.assign(
            session, cast.actor("organiser"), own.id, to=cast.moderator.id, holder_seen=None
        )
    with pytest.raises(NotFound):
        handing.assign(
            session, cast.actor("organiser"), 999_999, to=cast.moderator.id, holder_seen=None
        )


# Reads


def test_colleagues_cost_the_same_however_many_moderate(
    session: Session, engine: Engine, cast: Cast, essay: Contribution, count_queries: Any
) -> None:
    for index in range(2):
        make_account(session, f"third.{index}@example.org", Role.MODERATOR)
    declare(session, cast.actor("other_moderator"), essay.id, ConflictKind.RIVALRY)
    session.flush()
    with count_queries(engine) as statements:
        found = queries.colleagues(session, essay, but=cast.moderator.id)
    assert [each.name for each in found] == ["Jurist Moderator", "Third 0", "Third 1"]
    assert len(statements) == 5


def test_colleagues_with_least_in_hand_come_first(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    operations.claim(session, cast.actor("jurist_moderator"), essay.id)
    other = make_contribution(session, cast.author, edition=edition)
    found = queries.colleagues(session, other, but=cast.moderator.id)
    assert [(each.name, each.in_hand) for each in found] == [
        ("Other Moderator", 0),
        ("Jurist Moderator", 1),
    ]


def test_in_hand_lists_what_has_not_run_out(
    session: Session, engine: Engine, cast: Cast, edition: Edition, at: At, count_queries: Any
) -> None:
    at(NOON)
    me = cast.actor("moderator")
    early = make_contribution(session, cast.author, edition=edition)
    operations.claim(session, me, early.id)
    at(NOON + timedelta(minutes=29))
    late = [make_contribution(session, cast.author, edition=edition) for _ in range(2)]
    for each in late:
        operations.claim(session, me, each.id)
    session.flush()
    with count_queries(engine) as statements:
        mine = queries.in_hand(session, cast.moderator.id, limit=5)
    assert [each.id for each in mine] == [early.id, *(each.id for each in late)]
    assert len(statements) == 1
    assert queries.in_hand(session, cast.moderator.id, limit=2) == mine[:2]
    assert queries.in_hand(session, cast.other_moderator.id, limit=5) == []
    assert queries.hold_of(session, early.id) == mine[0]
    at(NOON + timedelta(minutes=30))
    assert queries.in_hand(session, cast.moderator.id, limit=5) == mine[1:]
    assert queries.hold_of(session, early.id) is None


def test_what_all_have_in_hand_goes_on_page_by_page(
    session: Session, cast: Cast, edition: Edition, at: At
) -> None:
    at(NOON)
    organiser = cast.actor("organiser")
    for owner in (cast.author, cast.organiser, cast.author, cast.author):
        made = make_contribution(session, owner, edition=edition)
        operations.claim(session, cast.actor("moderator"), made.id)
    session.flush()
    shown, after = [], None
    while page := queries.in_all_hands(session, organiser, after=after, limit=2):
        shown += [each.id for each in page]
        after = (page[-1].until, page[-1].id)
    # Of their own no organiser is told who has it.
    assert shown == [1, 3, 4]
