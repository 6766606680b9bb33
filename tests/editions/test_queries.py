"""Editions and what belongs to them, read with a known number of queries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from app.core.policy import TrackCode
from app.editions import queries
from app.editions.policy import CallState, call_state
from tests.factories import make_edition

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_editions_are_the_newest_first_with_their_tracks(session: Session) -> None:
    make_edition(session, "2017")
    make_edition(session)
    session.commit()
    session.expunge_all()
    found = queries.editions(session)
    assert [edition.slug for edition in found] == ["standing", "2017"]
    assert [track.code for track in found[0].tracks] == list(TrackCode)
    with pytest.raises(InvalidRequestError):
        _ = found[0].themes


@pytest.mark.parametrize("count", [1, 3])
def test_editions_take_two_queries(
    session: Session, engine: Engine, count_queries: Callable[[Engine], Any], count: int
) -> None:
    for number in range(count):
        make_edition(session, f"e{number}")
    session.commit()
    session.expunge_all()
    with count_queries(engine) as statements:
        assert len(queries.editions(session)) == count
    assert len(statements) == 2
    with count_queries(engine) as statements:
        assert len(queries.open_editions(session, NOW)) == count
    assert len(statements) == 2


def test_open_editions_agree_with_the_policy(session: Session) -> None:
    windows = [
        {},
        {"is_open": False},
        {"opens_at": NOW},
        {"opens_at": NOW + DAY},
        {"closes_at": NOW},
        {"closes_at": NOW + DAY},
        {"opens_at": NOW - DAY, "closes_at": NOW + DAY},
        {"opens_at": NOW - 2 * DAY, "closes_at": NOW - DAY},
    ]
    made = [make_edition(session, f"e{n}", **values) for n, values in enumerate(windows)]  # type: ignore[arg-type]
    session.commit()
    found = {edition.slug for edition in queries.open_editions(session, NOW)}
    assert found == {e.slug for e in made if call_state(e, NOW) is CallState.OPEN}
    assert len(found) == 4


def test_newest_open_edition_without_any_is_none(session: Session) -> None:
    make_edition(session, is_open=False)
    session.commit()
    assert queries.newest_open_edition(session, NOW) is None
    current = queries.current_edition(session, NOW)
    assert current is not None
    assert current.slug == "standing"


def test_edition_by_slug_unknown_is_none(session: Session) -> None:
    make_edition(session)
    assert queries.edition_by_slug(session, "2017") is None
    assert queries.edition_by_slug(session, "standing") is not None


def test_track_and_theme_are_those_of_the_edition(session: Session) -> None:
    edition, other = make_edition(session), make_edition(session, "2017")
    track = queries.track(session, edition, "jurist")
    theme = queries.theme(session, other, "response")
    assert track is not None
    assert track.edition_id == edition.id
    assert theme is not None
    assert theme.edition_id == other.id
    assert queries.track(session, edition, "poet") is None
    assert queries.theme(session, edition, "poetry") is None


@pytest.mark.parametrize("count", [1, 3])
def test_themes_with_questions_take_two_queries(
    session: Session, engine: Engine, count_queries: Callable[[Engine], Any], count: int
) -> None:
    edition = make_edition(session)
    for theme in edition.themes[count:]:
        session.delete(theme.questions[0])
        session.delete(theme)
    session.commit()
    session.expunge_all()
    with count_queries(engine) as statements:
        found = queries.themes_with_questions(session, edition)
        assert [len(theme.questions) for theme in found] == [1] * count
    assert len(statements) == 2


def test_question_by_slug_knows_its_theme_and_edition(
    session: Session, engine: Engine, count_queries: Callable[[Engine], Any]
) -> None:
    make_edition(session)
    session.commit()
    session.expunge_all()
    with count_queries(engine) as statements:
        question = queries.question_by_slug(session, "standing-response")
        assert question is not None
        assert question.theme.edition.slug == "standing"
    assert len(statements) == 1
    assert queries.question_by_slug(session, "nothing") is None


def test_questions_of_a_track_leave_out_the_other_track_s(session: Session) -> None:
    edition = make_edition(session)
    edition.themes[0].questions[0].tracks = ["jurist"]
    session.commit()
    session.expunge_all()
    digital = queries.questions_of(session, edition, "digital_actor")
    assert [question.slug for question in digital] == ["standing-response", "standing-governance"]
    assert len(queries.questions_of(session, edition, "jurist")) == 3
    assert digital[0].theme.code == "response"
