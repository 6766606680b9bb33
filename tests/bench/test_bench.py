"""The benchmarks' set-up and report; what is measured is not tested, since it is never the same."""

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app.contributions.models import Contribution, PublishedText, Revision
from app.contributions.states import State
from app.core.db import make_engine
from app.core.languages import CODES
from app.documents.measure import count
from app.documents.text import problems
from bench import bare, data
from bench.binder import book
from bench.load import CONNECTIONS, Aim, Figures, press
from bench.report import Line, Target, table
from bench.texts import essay


@pytest.mark.parametrize("language", CODES)
def test_essay_is_long_and_fit_and_the_same_for_a_seed(language: str) -> None:
    made = essay(language, 3)
    assert made == essay(language, 3)
    assert made.body != essay(language, 4).body
    assert problems(made.body) == ()
    assert count(made.body, language) >= 1_400


def test_fill_makes_as_many_as_asked_in_all_languages(tmp_path: Path) -> None:
    template, filled = tmp_path / "template", tmp_path / "filled"
    data.make(template, people=1, variants=1)
    data.copy(template, filled)
    data.fill(filled, published=60, waiting=60, translated=True, longest=500)
    engine = make_engine(f"sqlite:///{filled / 'jesuisinternet.db'}")
    with Session(engine) as session:
        states = select(Contribution.state, func.count()).group_by(Contribution.state)
        found = dict(session.execute(states).all())
        assert found[State.PUBLISHED] == found[State.SUBMITTED] == 60
        newest = session.scalars(
            select(PublishedText.contribution_id).order_by(PublishedText.id.desc())
        ).first()
        texts = select(PublishedText.language, PublishedText.is_source).where(
            PublishedText.contribution_id == newest
        )
        made = session.execute(texts).all()
        assert (
            session.scalar(select(func.length(Revision.body)).order_by(Revision.id.desc())) == 500
        )
        assert {row.language for row in made} == set(CODES)
        assert sum(row.is_source for row in made) == 1
        assert session.execute(select(func.count()).select_from(Contribution)).scalar_one() > 120
        assert not session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
    engine.dispose()
    assert len(data.numbers(filled, 7)) == 7


class KeepAlive(WSGIRequestHandler):
    """Leaves a connection open, as gunicorn does."""

    protocol_version = "HTTP/1.1"


@pytest.fixture
def floor() -> Iterator[int]:
    """The port of the floor, with a page of 1,000 bytes."""
    server = make_server(
        "127.0.0.1", 0, bare.make({"page": 1_000}), threaded=True, request_handler=KeepAlive
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def test_bare_answers_with_the_size_asked_for(floor: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", floor, 5)
    connection.request("GET", "/page")
    assert len(connection.getresponse().read()) == 1_000
    connection.close()


def test_press_counts_answers_and_statuses(floor: int) -> None:
    tally = press(Aim(floor, ("/page", "/nothing")), 0.2, 0)
    assert set(tally.statuses) == {200, 404}
    assert tally.statuses.total() == len(tally.latencies) >= CONNECTIONS


def test_book_has_all_languages_in_turn(app: Flask) -> None:
    with app.test_request_context():
        made = book(11)
    assert [each.language for each in made.essays] == [*CODES, CODES[0]]
    assert len({each.body for each in made.essays}) == 11


def test_ratio_pairs_the_rounds() -> None:
    mine = Figures(rates=[10, 30, 20], latencies=[0.1, 0.2], cpu=2.0)
    floor = Figures(rates=[20, 40, 80], latencies=[0.1, 0.2], cpu=1.0)
    assert mine.ratio(floor) == 0.5
    assert mine.cpu_ratio(floor) == 0.5
    assert mine.cpu_ms == 1_000


def test_table_says_whether_targets_are_reached() -> None:
    shown = table(
        "Pages",
        [
            Line("an essay", 0.3, target=Target(least=0.25, goal=0.4), details="100/s"),
            Line("memory", 200, "MB", Target(most=180)),
            Line("an EPUB", 1.5, "s"),
        ],
    )
    rows = shown.splitlines()
    assert rows[2].endswith("0.30  >= 0.25 (goal 0.4): reached")
    assert rows[3].strip() == "100/s"
    assert rows[4].endswith("200 MB  <= 180: NOT REACHED")
    assert rows[5].endswith("1.50 s")
