"""Who has how much to do, on both databases and over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import Forbidden
from app.core.policy import NOBODY
from app.editions.models import Edition
from app.moderation.claims import operations
from app.moderation.claims.workload import Load, workload
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast
from tests.factories.contributions import make_contribution

NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)
Decide = Callable[..., Decision]


def loads(session: Session, cast: Cast) -> dict[str, Load]:
    return {each.name: each for each in workload(session, cast.actor("organiser")).moderators}


@pytest.mark.parametrize("name", ["visitor", "author", "moderator"])
def test_workload_is_for_organisers(session: Session, cast: Cast, name: str) -> None:
    with pytest.raises(Forbidden):
        workload(session, NOBODY if name == "visitor" else cast.actor(name))


def test_workload_counts_by_moderator(
    session: Session,
    cast: Cast,
    edition: Edition,
    decide: Decide,
    at: Callable[[datetime], None],
) -> None:
    made: list[Contribution] = []
    for days in (31, 20, 10, 3, 1):
        at(NOON - timedelta(days=days))
        made.append(make_contribution(session, cast.author, edition=edition))
    # Decided 31, 20 and 1 days ago, after 0, 0 and 9 days; the last ones wait.
    at(NOON - timedelta(days=31))
    decide("moderator", made[0], Verdict.ACCEPT)
    at(NOON - timedelta(days=20))
    decide("moderator", made[1], Verdict.ACCEPT)
    at(NOON - timedelta(days=1))
    decide("moderator", made[2], Verdict.REJECT)
    at(NOON)
    operations.claim(session, cast.actor("other_moderator"), made[3].id)
    session.flush()
    found = loads(session, cast)
    mine, other = found["Moderator"], found["Other Moderator"]
    assert (mine.in_hand, mine.week, mine.month, mine.days) == (0, 1, 2, 4.5)
    assert mine.active_at == NOON - timedelta(days=1)
    assert (other.in_hand, other.week, other.month, other.days) == (1, 0, 0, None)
    assert other.active_at == NOON
    jurists = found["Jurist Moderator"]
    assert (jurists.languages, jurists.tracks, jurists.active_at) == (("fr",), ("jurist",), None)
    at(NOON + operations.LEASE)
    assert loads(session, cast)["Other Moderator"].in_hand == 0


def test_workload_tells_lanes_the_oldest_first_and_who_serves_them(
    session: Session, cast: Cast, edition: Edition, at: Callable[[datetime], None]
) -> None:
    at(NOON - timedelta(days=3))
    make_contribution(session, cast.author, edition=edition, language="ar")
    at(NOON)
    for _ in range(2):
        make_contribution(session, cast.author, edition=edition, language="fr")
    cast.moderator.active = False
    cast.other_moderator.serves = ["digital_actor"]
    session.flush()
    lanes = workload(session, cast.actor("organiser")).lanes
    assert [(each.language, each.waiting, each.served_by) for each in lanes] == [
        ("ar", 1, ()),
        ("fr", 2, ("Jurist Moderator",)),
    ]
    assert lanes[0].oldest == NOON - timedelta(days=3)


def test_workload_tells_nobody_who_has_their_own_essay_in_hand(
    session: Session, cast: Cast, edition: Edition
) -> None:
    own, other = (
        make_contribution(session, who, edition=edition) for who in (cast.organiser, cast.author)
    )
    assert [each.waiting for each in workload(session, cast.actor("organiser")).lanes] == [1]
    assert [each.waiting for each in workload(session, cast.actor("administrator")).lanes] == [2]
    for essay in (own, other):
        operations.claim(session, cast.actor("moderator"), essay.id)
    assert [each.id for each in workload(session, cast.actor("organiser")).in_hand] == [other.id]
    assert len(workload(session, cast.actor("administrator")).in_hand) == 2


def test_workload_takes_as_many_queries_for_any_number(
    session: Session, engine: Engine, cast: Cast, edition: Edition, count_queries: Any
) -> None:
    organiser = cast.actor("organiser")
    for number in (1, 3):
        for name in ("moderator", "other_moderator", "jurist_moderator")[:number]:
            contribution = make_contribution(session, cast.author, edition=edition)
            operations.claim(session, cast.actor(name), contribution.id)
        session.flush()
        session.expire_all()
        with count_queries(engine) as statements:
            workload(session, organiser)
        assert len(statements) == 7
