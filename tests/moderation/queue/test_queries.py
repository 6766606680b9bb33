"""What waits, in its order, and the next one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.languages import CODES
from app.core.policy import NOBODY, Role, TrackCode
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.operations import LEASE
from app.moderation.claims.queries import Hold
from app.moderation.queue import queries as queue
from app.moderation.queue.overview import overview
from app.moderation.queue.queries import Count, Place
from app.moderation.search.language import Search
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


CountQueries = Callable[[Engine], Any]


def ids(page: queue.Page[queue.QueueItem]) -> list[int]:
    return [item.id for item in page.items]


@pytest.fixture
def lanes(
    session: Session, cast: Cast, edition: Edition, at: Callable[[datetime], None]
) -> dict[tuple[str, str], int]:
    """One essay in each of six lanes, handed in a minute apart; id by lane."""
    made = {}
    for minute, (language, track) in enumerate(
        (language, track) for language in ("zh", "fr", "ar") for track in TrackCode
    ):
        at(NOON + timedelta(minutes=minute))
        contribution = make_contribution(
            session, cast.author, edition=edition, language=language, track=track
        )
        made[track.value, language] = contribution.id
    at(NOON + timedelta(hours=1))
    return made


def test_queue_is_longest_waiting_first(
    session: Session, cast: Cast, lanes: dict[tuple[str, str], int]
) -> None:
    page = queue.queue(session, cast.actor("moderator"))
    assert ids(page) == list(lanes.values())
    assert page.after is None
    first = page.items[0]
    assert (first.number, first.title, first.language) == ("S-J-001", "论和平", "zh")
    assert (first.track, first.revision, first.hold) == (TrackCode.JURIST, 1, None)
    assert first.waiting_since == NOON
    assert first.subject["en"] == "How can conflict in cyberspace be prevented?"


def test_queue_holds_only_what_one_reads_and_serves(
    session: Session, cast: Cast, lanes: dict[tuple[str, str], int]
) -> None:
    assert ids(queue.queue(session, cast.actor("jurist_moderator"))) == [lanes["jurist", "fr"]]
    nothing = make_account(session, "new@example.org", Role.MODERATOR, reads=[], serves=[])
    for actor in (NOBODY, nothing.actor, cast.actor("organiser"), cast.actor("author")):
        assert ids(queue.queue(session, actor)) == []
        assert overview(session, actor).waiting == {}
        assert queue.next_item(session, actor) is None


def test_queue_by_track_or_language(
    session: Session, cast: Cast, lanes: dict[tuple[str, str], int]
) -> None:
    def found(name: str, search: str) -> list[int]:
        return ids(queue.queue(session, cast.actor(name), Search.parse(search)))

    assert found("moderator", "track:jurist lang:ar") == [lanes["jurist", "ar"]]
    assert found("moderator", "lang:fr") == [lanes["jurist", "fr"], lanes["digital_actor", "fr"]]
    assert found("moderator", "-lang:fr,zh") == [
        lanes["jurist", "ar"],
        lanes["digital_actor", "ar"],
    ]
    assert len(found("moderator", "track:digital_actor")) == 3
    assert found("moderator", "track:jurist -track:jurist") == []
    # A search never widens what one may see.
    assert found("jurist_moderator", "lang:ar") == []


def test_queue_without_ones_own(
    session: Session, cast: Cast, edition: Edition, lanes: dict[tuple[str, str], int]
) -> None:
    mine = make_contribution(session, cast.moderator, edition=edition)
    make_contribution(session, cast.moderator, edition=edition, state=State.CHANGES_REQUESTED)
    assert mine.id not in ids(queue.queue(session, cast.actor("moderator")))
    assert mine.id in ids(queue.queue(session, cast.actor("other_moderator")))
    assert overview(session, cast.actor("moderator")).waiting[TrackCode.JURIST, "fr"] == Count(1)
    theirs = overview(session, cast.actor("other_moderator")).waiting
    assert theirs[TrackCode.JURIST, "fr"] == Count(2)


@pytest.mark.parametrize("at_state", [state for state in State if state is not State.SUBMITTED])
def test_queue_leaves_out_what_does_not_wait(
    session: Session, cast: Cast, edition: Edition, at_state: State
) -> None:
    make_contribution(session, cast.author, edition=edition, state=at_state)
    actor = cast.actor("moderator")
    assert ids(queue.queue(session, actor)) == []
    assert overview(session, actor).waiting == {}
    assert queue.next_item(session, actor) is None


def test_queue_goes_on_where_a_page_ended(
    session: Session,
    cast: Cast,
    edition: Edition,
    lanes: dict[tuple[str, str], int],
    at: Callable[[datetime], None],
) -> None:
    # Two that entered at the same moment are told apart by their ids.
    at(NOON + timedelta(minutes=5))
    twin = make_contribution(session, cast.author, edition=edition, language="zh").id
    actor, expected = cast.actor("moderator"), [*lanes.values(), twin]
    found: list[int] = []
    after = None
    for _ in range(4):
        page = queue.queue(session, actor, after=after, limit=2)
        found += ids(page)
        after = Place.parse(str(page.after)) if page.after else None
    assert found == expected
    assert after is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "~",
        "1~1",
        "2026-11-21",
        "2026-11-21T12:00:00~1",
        "2026-11-21T12:00:00+00:00~x",
        "2026-11-21T12:00:00+00:00~-1",
        f"2026-11-21T12:00:00+00:00~{2**40}",
        "0001-01-01T00:00:00+14:00~1",
    ],
)
def test_place_parse_of_anything_else_is_none(value: str) -> None:
    assert Place.parse(value) is None


def test_queue_shows_who_holds_what(
    session: Session, cast: Cast, essay: Contribution, at: Callable[[datetime], None]
) -> None:
    at(NOON)
    claiming.claim(session, cast.actor("moderator"), essay.id)

    def hold(name: str) -> Hold | None:
        return queue.queue(session, cast.actor(name)).items[0].hold

    assert hold("moderator") == Hold("Moderator", True, NOON + LEASE)
    assert hold("other_moderator") == Hold("Moderator", False, NOON + LEASE)
    at(NOON + LEASE)
    assert hold("other_moderator") is None


def test_counts_by_lane(
    session: Session, cast: Cast, edition: Edition, lanes: dict[tuple[str, str], int]
) -> None:
    make_contribution(session, cast.author, edition=edition, language="ar")
    assert overview(session, cast.actor("moderator")).waiting == {
        (TrackCode.JURIST, "ar"): Count(2),
        (TrackCode.JURIST, "zh"): Count(1),
        (TrackCode.JURIST, "fr"): Count(1),
        (TrackCode.DIGITAL_ACTOR, "ar"): Count(1),
        (TrackCode.DIGITAL_ACTOR, "zh"): Count(1),
        (TrackCode.DIGITAL_ACTOR, "fr"): Count(1),
    }
    assert overview(session, cast.actor("jurist_moderator")).waiting == {
        (TrackCode.JURIST, "fr"): Count(1)
    }


def test_counts_stop_where_nobody_needs_to_know_more(
    session: Session,
    cast: Cast,
    edition: Edition,
    lanes: dict[tuple[str, str], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "MOST_COUNTED", 1)
    make_contribution(session, cast.author, edition=edition, language="ar")
    found = overview(session, cast.actor("moderator")).waiting
    assert found[TrackCode.JURIST, "ar"] == Count(1, and_more=True)
    assert found[TrackCode.JURIST, "fr"] == Count(1)


def test_next_item_is_the_oldest_nobody_holds(
    session: Session,
    cast: Cast,
    lanes: dict[tuple[str, str], int],
    at: Callable[[datetime], None],
) -> None:
    first, second, *_ = lanes.values()
    claiming.claim(session, cast.actor("other_moderator"), first)
    assert queue.next_item(session, cast.actor("moderator")) == second
    at(NOON + timedelta(hours=1) + LEASE)
    assert queue.next_item(session, cast.actor("moderator")) == first


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_is_two_queries_and_the_overview_one(
    session: Session,
    engine: Engine,
    cast: Cast,
    edition: Edition,
    count_queries: CountQueries,
    rows: int,
) -> None:
    for _ in range(rows):
        made = make_contribution(session, cast.author, edition=edition)
        claiming.claim(session, cast.actor("moderator"), made.id)
    session.flush()
    actor = cast.actor("moderator")
    with count_queries(engine) as statements:
        assert len(queue.queue(session, actor).items) == rows
        overview(session, actor)
    assert len(statements) == 3


def fill(session: Session, like: Contribution, number: int) -> None:
    """Copies of a contribution, every tenth of them waiting, in all lanes."""
    columns = {
        name: getattr(like, name)
        for name in ("edition_id", "theme_id", "question_id", "title", "owner_id", "opened_at")
    }
    base = like.id
    session.execute(
        insert(Contribution),
        [
            {
                **columns,
                "id": base + index,
                "number": f"X-{index}",
                "track": list(TrackCode)[index // 10 % 2].value,
                "language": CODES[index // 20 % 10],
                "state": (State.REJECTED if index % 10 else State.SUBMITTED).value,
                "submitted_at": NOON,
                "waiting_since": NOON + timedelta(seconds=index),
                "revision_id": like.revision_id,
            }
            for index in range(1, number + 1)
        ],
    )
    session.flush()


@pytest.mark.parametrize(
    ("name", "index", "ranges"),
    [
        # Who has every lane reads the whole queue; who has some has them merged.
        ("moderator", "ix_contribution_waiting (state=?", 1),
        ("french_moderator", "ix_contribution_queue (state=? AND track=? AND language=?", 2),
    ],
)
def test_queue_reads_the_index_however_long_it_is(
    db: Session, people: Cast, count_queries: CountQueries, name: str, index: str, ranges: int
) -> None:
    session = db
    if name == "french_moderator":
        actor = make_account(session, "f@example.org", Role.MODERATOR, reads=["fr"]).actor
    else:
        actor = people.actor(name)
    fill(session, make_contribution(session, people.author, edition=make_edition(session)), 2_000)
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    with count_queries(engine) as statements:
        page = queue.queue(session, actor)
        queue.next_item(session, actor)
        queue.queue(session, actor, after=page.after)
        overview(session, actor)
    # Each but the overview asks for conflicts of interest first.
    assert len(statements) == 7
    *pages, counted = [plan(session, each) for each in [*statements[1:6:2], statements[6]]]
    for lines in pages:
        assert sum(index in line for line in lines) == ranges, lines
        assert not any(line.startswith("SCAN contribution") for line in lines), lines
        assert sum("MERGE (UNION ALL)" in line for line in lines) == ranges - 1
        # The few rows of the page are put in order again, and nothing else.
        assert sum("TEMP B-TREE" in line for line in lines) <= 1
    lane = "COVERING INDEX ix_contribution_queue (state=? AND track=? AND language=?)"
    assert sum(lane in line for line in counted) == 1, counted
    assert not any(line.startswith("SCAN contribution") for line in counted), counted
    lines = plan(session, statements[0])
    for line in lines:
        assert not line.startswith(("SCAN contribution", "SCAN author_affiliation")), line
        # Nor are all decisions of a moderator read.
        assert not line.endswith("(moderator_id=?)"), line
    assert any(line.endswith("(standing=? AND moderator_id=?)") for line in lines)


def plan(session: Session, statement: str) -> list[str]:
    """How SQLite would go about it."""
    values = (NOON.isoformat(),) * statement.count("?")
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    return [row.detail for row in rows]
