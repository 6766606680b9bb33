"""A build's life: taken once, taken up again, noted, finished, failed; on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.core.policy import SYSTEM
from app.moderation.organising import operations as organising
from app.proceedings import build_queries, builds, operations
from app.proceedings.models import Build, Volume
from app.proceedings.states import BuildState
from tests.factories import Cast
from tests.factories.volumes import make_volume

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def build(session: Session, cast: Cast) -> Build:
    """One that waits."""
    volume = make_volume(session, cast, languages=("fr",))
    build = operations.request_build(session, SYSTEM, volume, "fr", "pdf")
    session.flush()
    return build


def test_take_gives_a_waiting_build_once(session: Session, build: Build) -> None:
    assert builds.due(session) == [build.id]

    taken = builds.take(session, build.id)

    assert taken is not None
    assert (taken.state, taken.attempt) == (BuildState.RUNNING, 1)
    assert builds.due(session) == []
    assert builds.take(session, build.id) is None


def test_take_gives_a_build_again_whose_worker_went_silent(
    session: Session, build: Build, at: Callable[[Any], None]
) -> None:
    at(NOON)
    builds.take(session, build.id)
    at(NOON + builds.SILENCE)
    assert builds.take(session, build.id) is None

    at(NOON + builds.SILENCE + timedelta(seconds=1))

    assert builds.due(session) == [build.id]
    taken = builds.take(session, build.id)
    assert taken is not None
    assert taken.attempt == 2


def test_a_sign_of_life_keeps_the_build(
    session: Session, build: Build, at: Callable[[Any], None]
) -> None:
    at(NOON)
    builds.take(session, build.id)
    at(NOON + 0.9 * builds.SILENCE)
    builds.note(session, build.id, 1)

    at(NOON + 1.8 * builds.SILENCE)

    assert builds.due(session) == []


def test_a_worker_thought_dead_can_not_write_over_the_other(
    session: Session, build: Build, at: Callable[[Any], None]
) -> None:
    at(NOON)
    builds.take(session, build.id)
    at(NOON + timedelta(hours=1))
    builds.take(session, build.id)

    for late in (
        lambda: builds.note(session, build.id, 1, steps=[]),
        lambda: builds.finish(session, build.id, 1, file_key="x"),
        lambda: builds.fail(session, build.id, 1, "build.crashed", {}),
        lambda: builds.give_back(session, build.id, 1),
    ):
        with pytest.raises(builds.Lost):
            late()

    session.refresh(build)
    assert (build.state, build.attempt) == (BuildState.RUNNING, 2)


def test_finish_ends_the_build_with_its_entry(session: Session, build: Build) -> None:
    builds.take(session, build.id)

    builds.finish(session, build.id, 1, file_key="k", file_size=3, sha256="abc", volume_version=2)

    session.refresh(build)
    assert (build.state, build.file_key, build.file_size) == (BuildState.DONE, "k", 3)
    assert build.finished_at is not None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "build:finished")).one()
    assert (entry.actor_id, entry.subject_id, entry.data) == (None, build.id, {"state": "done"})
    assert builds.take(session, build.id) is None


def test_give_back_tries_three_times_then_fails(session: Session, build: Build) -> None:
    for attempt in (1, 2, 3):
        taken = builds.take(session, build.id)
        assert taken is not None
        builds.give_back(session, build.id, attempt)

    session.refresh(build)
    assert build.state == BuildState.FAILED
    assert build.error == {"code": "build.crashed", "data": {}}
    assert builds.due(session) == []


def test_a_build_that_kills_its_workers_is_given_up(
    session: Session, build: Build, at: Callable[[Any], None]
) -> None:
    for hour in range(3):
        at(NOON + timedelta(hours=hour))
        assert builds.take(session, build.id) is not None

    at(NOON + timedelta(hours=4))

    assert builds.take(session, build.id) is None
    session.refresh(build)
    assert (build.state, build.error) == (
        BuildState.FAILED,
        {"code": "build.crashed", "data": {}},
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"essay": "2017-J-001"}, "build.missing_glyph"),
        ({"essay": ""}, "build.missing_glyph.frame"),
    ],
)
def test_failure_tells_an_essay_from_the_volumes_own_texts(data: dict[str, str], code: str) -> None:
    error = builds.failure({"code": "build.missing_glyph", "data": data})

    assert (error.code, error.data) == (code, data)


def test_downloads_of_a_volume_are_those_its_own_edition_leaves(
    session: Session, cast: Cast
) -> None:
    """Of two volumes with a finished build each, an essay leaves the books of the second."""
    volumes = [make_volume(session, cast, languages=("fr",), slug=slug) for slug in ("a", "b")]
    made = []
    for volume in volumes:
        build = operations.request_build(session, SYSTEM, volume, "fr", "pdf")
        session.flush()
        taken = builds.take(session, build.id)
        assert taken is not None
        product = {
            "file_key": volume.slug,
            "file_size": 1,
            "sha256": volume.slug,
            "volume_version": 1,
        }
        builds.finish(session, build.id, taken.attempt, **product)
        made.append(build.number)
    assert [downloads_of(session, each) for each in volumes] == [[made[0]], [made[1]]]

    essay = session.scalars(
        select(Contribution).where(Contribution.edition_id == volumes[1].edition_id)
    ).one()
    organising.remove(session, cast.organiser.actor, essay.id, reason="Retirée.", language="fr")

    assert [downloads_of(session, each) for each in volumes] == [[made[0]], []]
    assert [each.withdrawn for each in build_queries.builds(session, volumes[0])] == [()]
    assert [each.withdrawn for each in build_queries.builds(session, volumes[1])] == [
        (essay.number,)
    ]


def downloads_of(session: Session, volume: Volume) -> list[int]:
    session.flush()
    return [each.number for each in build_queries.downloads(session, volume, "en")]
