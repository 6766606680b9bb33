"""Many at once over HTTP: chosen, confirmed, done by the worker, reported, stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import ROOT, Settings
from app.contributions.models import Contribution
from app.contributions.states import State
from app.moderation.bulk import operations
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.claims import operations as claiming
from app.moderation.decisions.models import Decision
from app.moderation.search.language import EVERYTHING
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Open
from tests.serving.site import PATIENCE_SECONDS, Site, environment, until

HERE = "/en/moderation/all/"
REJECT = {
    "action": "reject",
    "reasons": ["off_topic"],
    "words": "Hors sujet.",
    "words_language": "fr",
}


@pytest.fixture
def essays(db: Session, people: Cast) -> list[Contribution]:
    edition = make_edition(db)
    found = [
        make_contribution(db, people.author, edition=edition, title=f"Essai {number}")
        for number in range(25)
    ]
    db.commit()
    return found


def run_id(db: Session) -> int:
    db.rollback()
    return db.scalars(select(func.max(BulkRun.id))).one()


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
    assert "25 contributions." in page.text
    assert "Essai 19" in page.text
    assert "Essai 20" not in page.text
    assert "and 5 more" in page.text

    asked = moderator.post(HERE + "?q=track:jurist", REJECT)
    assert asked.status_code == 200
    for words in ("Please confirm", "Reject them", "Hors sujet.", "Do it to 25 contributions"):
        assert words in asked.text
    assert db.scalars(select(BulkRun)).all() == []

    sure = REJECT | {"confirmed": "1", "number_seen": "25"}
    begun = moderator.post(HERE + "?q=track:jurist", sure)
    assert begun.status_code == 303
    address = f"{HERE}runs/{run_id(db)}/"
    assert begun.location == address
    shown = moderator.get(address).text
    assert "0 of 25 have had their turn." in shown
    assert "data-running" in shown
    assert "Refresh" in shown

    assert work() > 0
    shown = moderator.get(address).text
    assert "24 were done." in shown
    assert "1 was refused." in shown
    assert f"{people.moderator.name} has this in hand until" in shown
    assert "data-running" not in shown
    assert "Stop it" not in shown
    part = moderator.get(address + "?part=1").text
    assert "24 were done." in part
    assert "<html" not in part
    assert "Reject them" in moderator.get(HERE + "runs/").text


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
    assert moderator.get(HERE + "?q=tracks:x").status_code == 422
    changed = moderator.post(HERE, REJECT | {"confirmed": "1", "number_seen": "24"})
    assert changed.status_code == 422
    assert "other contributions than a moment ago" in changed.text
    back = moderator.post(HERE, REJECT | {"changed": "1"})
    assert back.status_code == 200
    assert "Hors sujet." in back.text
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
    asked = organiser.post(HERE, to)
    assert people.moderator.name in asked.text
    assert organiser.post(HERE, to | {"confirmed": "1", "number_seen": "25"}).status_code == 303
    work()
    assert "25 were done." in organiser.get(f"{HERE}runs/{run_id(db)}/").text


def test_a_run_is_stopped_by_its_own_only(
    browser: Open,
    db: Session,
    people: Cast,
    essays: list[Contribution],
    work: Callable[[], int],
) -> None:
    moderator, organiser = browser(people.moderator.email), browser(people.organiser.email)
    moderator.post(HERE, {"action": "spam", "confirmed": "1", "number_seen": "25"})
    address = f"{HERE}runs/{run_id(db)}/"
    assert organiser.get(address).status_code == 404
    assert organiser.post(address + "stop", {}).status_code == 404
    assert "Stop it" in moderator.get(address).text
    assert moderator.post(address + "stop", {}).status_code == 303
    work()
    shown = moderator.get(address).text
    assert "Stopped" in shown
    assert "25 were not done." in shown
    assert db.scalars(select(Decision)).all() == []
    for name in ("author", "stranger"):
        somebody = browser(f"{name}@example.org")
        assert somebody.get(HERE).status_code == 403
        assert somebody.get(address).status_code == 404


KILLED = """
import sys, time
from app import create_app
from app.moderation.bulk import jobs, operations

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
    run = operations.start(
        db, people.actor("moderator"), Action.SPAM, EVERYTHING, {}, number_seen=25
    )
    db.commit()
    known = {
        "JSI_DATABASE_URL": settings.database_url,
        "JSI_STORAGE_URL": settings.storage_url,
        "JSI_QUEUE_URL": f"sqlite:///{tmp_path / 'queue.db'}",
    }
    first = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(run.id)],
        cwd=ROOT,
        env=environment(settings.data_dir, **known),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "in the middle of the fourth\n"
    os.kill(first.pid, signal.SIGKILL)
    first.wait(PATIENCE_SECONDS)

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
        until(lambda: numbers() == (25, 25), "the others were done")
    db.rollback()
    assert {each.state for each in db.scalars(select(Contribution))} == {State.SPAM}
    each_once = select(Decision.contribution_id).group_by(Decision.contribution_id)
    assert len(db.scalars(each_once).all()) == 25
