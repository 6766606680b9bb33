"""The panel beside an essay, and two texts beside each other."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.policy import TrackCode
from app.editions.models import Edition, Track
from app.jobs import JOBS
from app.moderation.signs import jobs, looking
from app.moderation.signs.models import Inspection
from app.moderation.signs.operations import INSPECT_JOB, SILENCE
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Open
from tests.moderation.signs.conftest import LONG

SIGNS = {
    "another language: <span": {"kind": "language", "found": "de"},
    "It has 1,200 words; its track asks for 300 to 500.": {
        "kind": "length",
        "length": 1_200,
        "least": 300,
        "most": 500,
        "unit": "words",
    },
    "It has 1,200 characters; its track asks for 300 to 500.": {
        "kind": "length",
        "length": 1_200,
        "least": 300,
        "most": 500,
        "unit": "characters",
    },
    'short addresses: <bdi dir="ltr">bit.ly</bdi>': {
        "kind": "link_short",
        "hosts": ["bit.ly"],
        "number": 1,
    },
    'bare network addresses: <bdi dir="ltr">10.0.0.1</bdi> …': {
        "kind": "link_numeric",
        "hosts": ["10.0.0.1"],
        "number": 7,
    },
    'looks like another one: <bdi dir="ltr">pаypal.com</bdi>': {
        "kind": "link_script",
        "hosts": ["pаypal.com"],
        "number": 1,
    },
    "It has 52 links, many for its length.": {"kind": "links_many", "number": 52},
    '20 of its 30 links lead to one site: <bdi dir="ltr">shop.example</bdi>.': {
        "kind": "links_one_host",
        "host": "shop.example",
        "number": 20,
        "all": 30,
    },
    "The text could not be examined.": {"kind": "unreadable"},
}


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    return make_edition(db)


@pytest.fixture
def essay(db: Session, people: Cast, edition: Edition) -> Contribution:
    found = make_contribution(db, people.author, edition=edition)
    db.commit()
    return found


def keep(db: Session, essay: Contribution, *signs: dict[str, Any]) -> None:
    db.merge(
        Inspection(
            contribution_id=essay.id,
            revision_id=essay.revision_id,
            inspected_at=clock.now(),
            signs=list(signs),
        )
    )
    db.commit()


def panel(browser: Open, essay: Contribution) -> str:
    page = browser("moderator@example.org").get(f"/en/moderation/{essay.id}/")
    assert page.status_code == 200
    _, _, rest = page.text.partition("Noticed automatically")
    return " ".join(rest.partition("</section>")[0].split())


def test_panel_says_that_nobody_has_looked_yet(browser: Open, essay: Contribution) -> None:
    assert "Not yet looked at." in panel(browser, essay)


def test_panel_is_quiet_when_there_is_nothing(
    browser: Open, db: Session, essay: Contribution
) -> None:
    keep(db, essay)
    shown = panel(browser, essay)
    assert "Nothing was noticed." in shown
    assert "<li>" not in shown


@pytest.mark.parametrize("words", SIGNS)
def test_panel_says_each_sign_in_a_sentence(
    browser: Open, db: Session, essay: Contribution, words: str
) -> None:
    keep(db, essay, SIGNS[words])
    shown = panel(browser, essay)
    assert words in shown
    assert "not verdicts" in shown


def test_panel_names_no_author_in_a_blind_track(
    browser: Open, db: Session, people: Cast, essay: Contribution, edition: Edition
) -> None:
    for track in db.query(Track).filter_by(edition_id=edition.id):
        track.is_blind = True
    other = make_contribution(db, people.stranger, edition=edition)
    keep(
        db,
        essay,
        {"kind": "duplicate", "contribution": other.id, "percent": 62},
    )
    make_contribution(db, people.author, edition=edition, state=State.REJECTED)
    db.commit()
    shown = panel(browser, essay)
    assert "About 62% of the shorter text stands in contribution" in shown
    assert "1 was rejected." in shown
    assert people.author.name not in shown
    beside = browser("moderator@example.org").get(f"/en/moderation/{essay.id}/beside/{other.id}/")
    assert beside.status_code == 200
    for person in (people.author, people.stranger):
        assert person.name not in beside.text
    assert "Amina Auteur" not in beside.text


def test_beside_is_not_there_for_who_may_not_read_both(
    browser: Open, db: Session, people: Cast, essay: Contribution, edition: Edition
) -> None:
    foreign = make_contribution(
        db, people.stranger, edition=edition, track=TrackCode.DIGITAL_ACTOR, language="ru"
    )
    own = make_contribution(db, people.jurist_moderator, edition=edition)
    db.commit()
    moderator = browser(people.jurist_moderator.email)
    for other in (foreign, own):
        for pair in ((essay, other), (other, essay)):
            address = f"/en/moderation/{pair[0].id}/beside/{pair[1].id}/"
            assert moderator.get(address).status_code == 404
    stranger = browser("stranger@example.org")
    assert stranger.get(f"/en/moderation/{essay.id}/beside/{essay.id}/").status_code == 404


def test_the_worker_looks_at_what_was_handed_in(
    app: Flask,
    browser: Open,
    db: Session,
    people: Cast,
    edition: Edition,
    work: Callable[[], int],
) -> None:
    first = make_contribution(db, people.stranger, edition=edition, body=LONG)
    link = "[hier](https://bit.ly/x)"
    second = make_contribution(db, people.author, edition=edition, body=f"{LONG}\n\n{link}")
    db.commit()
    app.extensions["jsi_sweep"]()
    assert work() >= 2
    shown = panel(browser, second)
    assert first.number is not None
    assert f"stands in contribution <bdi>{first.number}</bdi> too." in shown
    assert f"/en/moderation/{second.id}/beside/{first.id}/" in shown
    assert "bit.ly" in shown
    # Who reads the earlier one is told too, though nobody looked at that again.
    earlier = panel(browser, first)
    assert f"stands in contribution <bdi>{second.number}</bdi> too." in earlier
    assert "That one was submitted later." in earlier
    assert "That one was submitted earlier." in shown
    assert f"/en/moderation/{first.id}/beside/{second.id}/" in earlier
    beside = browser("moderator@example.org").get(f"/en/moderation/{second.id}/beside/{first.id}/")
    assert "hier" in beside.text


@pytest.mark.parametrize(
    "piece",
    [
        "[a](https://é.example/) ",
        "*_`[",
        "字",
        "a" * 500 + " ",
        "> - ",
        "\u0627\u0301\u200d",
        "x\n\n",
    ],
)
def test_run_is_done_in_time_whatever_the_text(
    app: Flask, db: Session, essay: Contribution, piece: str
) -> None:
    body = (piece * (300_000 // len(piece) + 1))[:300_000]
    newest = db.get_one(Revision, essay.revision_id)
    values = {
        column.key: getattr(newest, column.key)
        for column in Revision.__table__.columns
        if column.key not in {"id", "body", "number"}
    }
    hostile = Revision(body=body, number=2, **values)
    db.add(hostile)
    db.flush()
    essay.revision_id = hostile.id
    db.commit()
    begun = time.monotonic()
    with app.app_context():
        jobs.run(essay.id)
    assert time.monotonic() - begun < 20
    db.expire_all()
    found = db.get_one(Inspection, essay.id)
    assert found.inspected_at is not None
    assert found.revision_id == hostile.id


def test_run_that_breaks_off_is_logged_and_tried_again(
    app: Flask,
    db: Session,
    essay: Contribution,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    at: Callable[[Any], None],
) -> None:
    assert JOBS[INSPECT_JOB] is jobs.JOB
    monkeypatch.setattr(looking, "sketch", lambda *_: 1 / 0)
    with app.app_context():
        jobs.run(essay.id)
    assert f"contribution {essay.id} could not be inspected" in caplog.text
    assert list(jobs.JOB.due(db)) == [], "not at once"
    at(clock.now() + SILENCE * 2)
    assert list(jobs.JOB.due(db)) == [essay.id]
