"""Bulk actions over HTTP: chosen, confirmed, done by the worker, reported, stopped."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.config import ROOT, Settings
from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution
from app.contributions.states import State
from app.moderation.bulk import jobs, operations
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.claims import operations as claiming
from app.moderation.decisions.models import Decision
from app.moderation.search.language import EVERYTHING
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open
from tests.serving.site import Site, environment, until

HERE = "/en/moderation/all/"
REJECT = {
    "action": "reject",
    "reasons": ["off_topic"],
    "words": "Hors sujet.",
    "words_language": "fr",
}


def run_id(db: Session) -> int:
    db.rollback()
    return db.scalars(select(func.max(BulkRun.id))).one()


def ask(visitor: Browser, db: Session, fields: dict[str, Any], query: str = "") -> str:
    """Choose it, look at what was found and confirm it; the run's address."""
    prepared = visitor.post(HERE + query, fields)
    address = f"{HERE}runs/{run_id(db)}/"
    assert (prepared.status_code, prepared.location) == (303, address)
    assert visitor.post(address + "start", {}).location == address
    return address


def test_many_are_shown_confirmed_done_and_reported(
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
) -> None:
    claiming.claim(db, people.actor("moderator"), essays[3].id)
    db.commit()
    moderator = browser(people.jurist_moderator.email)
    page = moderator.get(HERE + "?q=track:jurist")
    assert "60 contributions." in page.text
    assert "Essai 4<" in page.text
    assert "Essai 5<" not in page.text
    assert "and 55 more" in page.text

    prepared = moderator.post(HERE + "?q=track:jurist", REJECT)
    address = f"{HERE}runs/{run_id(db)}/"
    assert (prepared.status_code, prepared.location) == (303, address)
    asked = moderator.get(address).text
    for words in ("Please confirm", "Reject them", "Hors sujet.", "Do it to 60 contributions"):
        assert words in asked
    assert f'href="/en/moderation/{essays[49].id}/"' in asked
    assert "Essai 49" in asked
    assert "Essai 50" not in asked
    later = moderator.get(f"{address}?after={essays[49].id}").text
    assert "Essai 59" in later
    assert "Essai 49" not in later
    assert work() == 0, "nothing is done before it is confirmed"

    left = {"contribution": [str(essays[51].id), str(essays[52].id), "x"]}
    again = moderator.post(f"{address}without?after={essays[49].id}", left)
    assert again.location == f"{address}?after={essays[49].id}"
    assert "Do it to 58 contributions" in moderator.get(again.location).text

    assert moderator.post(address + "start", {}).location == address
    shown = moderator.get(address).text
    assert "0 of 58 processed." in shown
    assert "data-running" in shown
    assert "Refresh" in shown

    assert work() > 0
    shown = moderator.get(address).text
    assert "57 were done." in shown
    assert "1 was refused." in shown
    assert f"{people.moderator.name} has this in hand until" in shown
    assert "Hors sujet." in shown
    assert "data-running" not in shown
    assert "Stop it" not in shown
    refused = moderator.get(address + "?only=refused").text
    assert "Essai 3<" in refused
    assert "Essai 4<" not in refused
    part = moderator.get(address + "?only=refused&part=1").text
    assert "57 were done." in part
    assert "Essai 4<" not in part
    assert "<html" not in part
    assert "Reject them" in moderator.get(HERE + "runs/").text
    db.rollback()
    assert [each.number for each in db.scalars(_waiting())] == [
        essays[index].number for index in (3, 51, 52)
    ]


def _waiting() -> Select[Contribution]:
    return (
        select(Contribution)
        .where(Contribution.state == State.SUBMITTED.value)
        .order_by(Contribution.id)
    )


def test_controls_make_an_address_of_their_own(
    browser: Open, people: Cast, essays: list[Contribution]
) -> None:
    moderator = browser(people.moderator.email)
    built = moderator.get(HERE + "?q=-is:claimed&was=&lang=fr&age=%3E3d&state=")
    assert built.location == HERE + "?q=-is:claimed+lang:fr+age:%3E3d"
    assert "Nothing was found." in moderator.get(built.location).text


def test_what_is_wrong_is_said_beside_its_field(
    browser: Open, db: Session, people: Cast, essays: list[Contribution]
) -> None:
    moderator = browser(people.moderator.email)
    nothing = moderator.post(HERE, {"action": "reject"})
    assert nothing.status_code == 422
    assert "Please give at least one reason." in nothing.text
    assert "Please write a message to the author." in nothing.text
    assert moderator.post(HERE, {}).status_code == 422
    assert moderator.post(HERE, {"action": "assign", "to": "1"}).status_code == 422
    assert moderator.post(HERE, {"action": "undo"}).status_code == 422
    assert moderator.post(HERE + "?q=lang:ar", REJECT).status_code == 422
    assert moderator.post(HERE + "?q=tracks:x", REJECT).status_code == 422
    assert moderator.get(HERE + "?q=tracks:x").status_code == 422
    assert db.scalars(select(BulkRun)).all() == []


def test_organisers_give_them_to_a_moderator(
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
) -> None:
    organiser = browser(people.organiser.email)
    page = organiser.get(HERE)
    assert "Reject them" not in page.text
    to = {"action": "assign", "to": str(people.moderator.id)}
    address = ask(organiser, db, to)
    shown = organiser.get(address).text
    assert people.moderator.name in shown
    assert f'href="/en/organise/contributions/{essays[49].id}/"' in shown
    work()
    assert "60 were done." in organiser.get(address).text


def test_a_run_is_ones_own_and_can_be_stopped(
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
) -> None:
    moderator, organiser = browser(people.moderator.email), browser(people.organiser.email)
    moderator.post(HERE, {"action": "spam"})
    address = f"{HERE}runs/{run_id(db)}/"
    assert "Not confirmed" in moderator.get(HERE + "runs/").text
    for visitor in (organiser, browser("author@example.org"), browser("stranger@example.org")):
        assert visitor.get(address).status_code == 404
        for tail in ("start", "without", "stop"):
            assert visitor.post(address + tail, {}).status_code == 404
    moderator.post(address + "start", {})
    assert "Stop it" in moderator.get(address).text
    assert moderator.post(address + "stop", {}).status_code == 303
    work()
    shown = moderator.get(address).text
    assert "Stopped" in shown
    assert "60 were not done." in shown
    assert db.scalars(select(Decision)).all() == []
    for name in ("author", "stranger"):
        assert browser(f"{name}@example.org").get(HERE).status_code == 403


def test_titles_of_what_is_gone_are_not_shown(
    browser: Open, db: Session, people: Cast, essays: list[Contribution]
) -> None:
    moderator = browser(people.moderator.email)
    moderator.post(HERE, {"action": "spam"})
    address = f"{HERE}runs/{run_id(db)}/"
    lifecycle.withdraw(db, people.author.actor, essays[1].id)
    essays[2].state = State.REMOVED.value
    db.commit()

    def shown() -> None:
        text = moderator.get(address).text
        assert "Essai 0<" in text
        assert "Essai 1<" not in text
        assert "Essai 2<" not in text
        assert essays[1].number in text
        assert f"/moderation/{essays[1].id}/" not in text
        assert text.count("No longer shown to you") == 2

    shown()
    moderator.post(address + "start", {})
    shown()


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_one_as_for_three(
    app: Flask,
    browser: Open,
    db: Session,
    people: Cast,
    count_queries: Callable[..., Any],
    number: int,
) -> None:
    edition = make_edition(db)
    for _ in range(number):
        make_contribution(db, people.author, edition=edition)
    db.commit()
    moderator = browser(people.moderator.email)
    moderator.post(HERE, {"action": "spam"})
    address = f"{HERE}runs/{run_id(db)}/"
    counted = {}
    for name, where in (("choose", HERE), ("confirm", address), ("runs", HERE + "runs/")):
        with count_queries(app.extensions["jsi_engine"]) as made:
            assert moderator.get(where).status_code == 200
        counted[name] = len(made)
    moderator.post(address + "start", {})
    with count_queries(app.extensions["jsi_engine"]) as made:
        moderator.get(address)
    assert counted | {"run": len(made)} == {"choose": 7, "confirm": 3, "runs": 2, "run": 3}


def test_a_long_run_lets_other_work_in_between(
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "SECONDS", 0)
    address = ask(browser(people.moderator.email), db, {"action": "spam"})
    assert work() == 61, "each behind what waited already; at last nothing is left"
    assert "60 were done." in browser(people.moderator.email).get(address).text


KILLED = """
import sys, time
from app import create_app
from app.moderation.bulk import jobs, models, operations

app = create_app()
done = operations.do
count = 0

def slowly(session, run_id, contribution_id):
    global count
    done(session, run_id, contribution_id)
    count += 1
    if count == 4:
        session.flush()
        print("in the middle of the fourth", flush=True)
        time.sleep(60)

operations.do = slowly
with app.app_context():
    jobs.run(int(sys.argv[1]))
"""


def test_a_killed_worker_leaves_a_run_that_another_ends(
    settings: Settings, tmp_path: Path, db: Session, people: Cast, essays: list[Contribution]
) -> None:
    moderator = people.actor("moderator")
    run = operations.prepare(db, moderator, Action.SPAM, EVERYTHING, {})
    assert operations.confirm(db, moderator, run.id)
    db.commit()
    known = {
        "JSI_DATABASE_URL": settings.database_url,
        "JSI_STORAGE_URL": settings.storage_url,
        "JSI_QUEUE_URL": f"sqlite:///{tmp_path / 'queue.db'}",
    }
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(run.id)],
        cwd=ROOT,
        env=environment(settings.data_dir, **known),
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        said = first.stdout.readline()
        first.kill()
    assert said == "in the middle of the fourth\n"

    def numbers() -> tuple[int, int]:
        db.rollback()
        decisions = db.scalars(select(func.count()).select_from(Decision)).one()
        done = select(func.count()).where(BulkItem.state == ItemState.DONE.value)
        return decisions, db.scalars(done).one()

    assert numbers() == (3, 3), "the fourth was undone with its mark"
    row = db.get_one(BulkRun, run.id, populate_existing=True)
    assert row.state == RunState.RUNNING
    row.leased_until = row.asked_at  # the minute of its lease is over
    db.commit()
    with Site(tmp_path / "data", module="app.worker", **known):
        until(lambda: numbers() == (60, 60), "the others were done")
    db.rollback()
    assert {each.state for each in db.scalars(select(Contribution))} == {State.SPAM}
    each_once = select(Decision.contribution_id).group_by(Decision.contribution_id)
    assert len(db.scalars(each_once).all()) == 60
