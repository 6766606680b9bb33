"""Runs and their items as they are read: one's own, page by page."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.states import State
from app.core.errors import NotFound
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import ItemState
from app.moderation.conflicts.models import Conflict as ConflictOfInterest
from app.moderation.search.language import EVERYTHING
from tests.factories import Cast
from tests.moderation.bulk.conftest import Many, start


def test_runs_are_ones_own(session: Session, cast: Cast, many: Many) -> None:
    many(1)
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
    assert [each.id for each in queries.runs(session, cast.actor("moderator"))[0]] == [run_id]
    assert queries.runs(session, cast.actor("organiser")) == ([], None)
    with pytest.raises(NotFound):
        queries.run(session, cast.actor("organiser"), run_id)


def test_titles_go_with_what_made_them_visible(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    kept, withdrawn, removed, conflicting, moved = many(5)
    session.commit()
    run_id = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {})

    def titles(name: str = "moderator") -> dict[int, str]:
        lines, _ = queries.items(session, cast.actor(name), run_id)
        return {each.id: each.title for each in lines if each.title}

    assert len(titles()) == 5
    withdrawn.state, removed.state = State.WITHDRAWN.value, State.REMOVED.value
    session.add(
        ConflictOfInterest(
            contribution_id=conflicting.id, account_id=cast.moderator.id, kind="personal"
        )
    )
    moved.track = TrackCode.DIGITAL_ACTOR.value
    session.get_one(Account, cast.moderator.id).serves = [TrackCode.JURIST.value]
    session.commit()
    assert titles() == {kept.id: kept.title}
    assert set(titles("organiser")) == {kept.id, conflicting.id, moved.id}
    assert titles("stranger") == {}


def test_pages_of_a_run_are_kept_apart_by_key(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [each.id for each in many(5)]
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
    assert operations.take(session, run_id)
    for id in ids[:3]:
        operations.do(session, run_id, id)
    session.commit()
    monkeypatch.setattr(queries, "PAGE", 2)
    moderator = cast.actor("moderator")

    def walk(only: ItemState | None) -> list[list[int]]:
        pages, after = [], None
        while True:
            lines, after = queries.items(session, moderator, run_id, only=only, after=after)
            pages.append([each.id for each in lines])
            if after is None:
                return pages

    assert walk(None) == [ids[:2], ids[2:4], ids[4:]]
    assert walk(ItemState.DONE) == [ids[:2], ids[2:3]]
    assert walk(ItemState.WAITING) == [ids[3:]]
    assert walk(ItemState.REFUSED) == [[]]


def test_pages_of_runs_are_kept_apart_by_key(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(1)
    session.commit()
    made = [start(session, cast, "moderator", Action.SPAM, EVERYTHING, {}) for _ in range(3)]
    monkeypatch.setattr(queries, "RUNS", 2)
    moderator = cast.actor("moderator")
    first, after = queries.runs(session, moderator)
    second, end = queries.runs(session, moderator, before=after)
    assert [each.id for each in (*first, *second)] == made[::-1]
    assert end is None
