"""What the reading room asks of both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from app.contributions.models import PublishedText
from app.contributions.states import State
from app.core import clock
from app.core.errors import NotFound
from app.core.policy import TrackCode
from app.editions.policy import CallState
from app.library import listing, programme, queries, tombstones
from app.library.listing import Filters, Place
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution


def test_essay_is_read_with_what_stands_around_it(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    first = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    answer = make_contribution(
        session,
        cast.author,
        edition=edition,
        language="ar",
        state=State.PUBLISHED,
        responds_to_id=first.id,
    )
    assert first.number is not None
    assert answer.number is not None
    essay = queries.essay(session, first.number, "fr")
    assert essay is not None
    assert essay.title == "De la paix"
    assert essay.edition.title.text == "Édition standing"
    assert essay.theme is not None
    assert essay.theme.title.text == "Prévention"
    assert [each.number for each in essay.answers] == [answer.number]
    assert essay.mark == queries.essay_mark(session, first.number)
    assert tombstones.tombstone(session, first.number, "fr") is None
    other = queries.essay(session, answer.number, "zh")
    assert other is not None
    assert other.responds_to is not None
    assert other.responds_to.number == first.number
    assert other.edition.title.language.code == "en"


def test_essay_removed_is_a_tombstone(session: Session, cast: Cast) -> None:
    made = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.REMOVED
    )
    assert made.number is not None
    assert queries.essay(session, made.number, "fr") is None
    stone = tombstones.tombstone(session, made.number, "fr")
    assert stone is not None
    assert (stone.title, stone.reason) == ("De la paix", "Withdrawn by its author.")
    assert stone.authors[0].name == "Amina Auteur"


def test_list_goes_on_after_a_place_among_equal_moments(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    made = [
        make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
        for _ in range(3)
    ]
    moment = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
    session.execute(update(PublishedText).values(published_at=moment))
    known = listing.choices(session, "fr")
    every = listing.narrowed(session, Filters(), known).entries
    assert [each.number for each in every] == [each.number for each in reversed(made)]
    place = Place.parse(str(Place(every[0].published_at, every[0].id)))
    assert place.published_at == moment
    rest = listing.narrowed(session, Filters(edition="standing"), known, after=place)
    assert rest.entries == every[1:]
    assert rest.after is None


@pytest.mark.parametrize(
    "filters",
    [Filters(edition="x"), Filters(track="x"), Filters(theme="x"), Filters(language="x")],
)
def test_list_narrowed_to_what_there_is_not(session: Session, filters: Filters) -> None:
    make_edition(session)
    with pytest.raises(NotFound):
        listing.narrowed(session, filters, listing.choices(session, "fr"))


def test_programme_counts_published_essays_only(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    make_contribution(session, cast.author, edition=edition, state=State.SUBMITTED)
    (found,) = programme.programmes(session, "ar", clock.now())
    assert found.call.state is CallState.OPEN
    assert found.audiences["jurist"].text == "لكم."
    assert [
        (subject.code, [question.essays for question in subject.questions])
        for subject in found.subjects
    ] == [("prevention", [1]), ("response", [0]), ("governance", [0])]


def test_programme_of_a_call_to_come(session: Session) -> None:
    make_edition(session, opens_at=datetime(2099, 1, 1, tzinfo=UTC))
    page = programme.question_page(session, "standing-prevention", "fr", clock.now())
    assert page is not None
    assert page.call.is_to_come
    assert programme.question_page(session, "nothing", "fr", clock.now()) is None


def test_every_search_on_sqlite_takes_the_index_made_for_it(
    session: Session, engine: Engine, cast: Cast
) -> None:
    """Without statistics, SQLite once searched by ``is_source`` and read the whole table."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has statistics, and plans by them")
    make_contribution(session, cast.author, edition=make_edition(session), state=State.PUBLISHED)
    known = listing.choices(session, "fr")
    asked = listing.question(session, "standing-prevention", "fr")
    place = Place(clock.now(), 1)
    searches = {
        "number": lambda: queries.essay(session, "S-J-001", "fr"),
        "newest": lambda: listing.narrowed(session, Filters(), known, after=place),
        "edition": lambda: listing.narrowed(session, Filters(edition="standing"), known),
        "track": lambda: listing.narrowed(session, Filters(track="jurist"), known),
        "theme": lambda: listing.narrowed(session, Filters(theme="prevention"), known),
        "language": lambda: listing.narrowed(session, Filters(language="fr"), known),
        "question": lambda: listing.answers(session, asked.id, TrackCode.JURIST),
    }
    for index, search in searches.items():
        ran: list[tuple[str, object]] = []

        def note(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
            ran.append((sql, values))  # noqa: B023 - removed before the next round

        event.listen(engine, "before_cursor_execute", note)
        search()
        event.remove(engine, "before_cursor_execute", note)
        sql, values = ran[0]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [str(row[3]) for row in plan]
        assert any(f"published_text USING INDEX ix_published_text_{index}" in s for s in steps), (
            index,
            steps,
        )
        assert not any("TEMP B-TREE" in step for step in steps), (index, steps)
