"""Claiming and letting go."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import Conflict
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import entries

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


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
