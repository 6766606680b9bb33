"""The worker's part, with real formats, storage and both databases' rows."""

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.config import ROOT, Settings
from app.contributions import publishing
from app.core import clock, storage
from app.core.policy import SYSTEM
from app.moderation.organising import operations as organising
from app.proceedings import jobs, operations
from app.proceedings.formats import FORMATS, Format
from app.proceedings.models import Build, Volume, VolumeEntry
from app.proceedings.states import BuildState
from tests.factories import Cast
from tests.factories.contributions import make_essay
from tests.factories.volumes import make_volume


@pytest.fixture
def volume(db: Session, people: Cast) -> Volume:
    """One with a French and an Arabic essay, in the application's database."""
    volume = make_volume(db, people)
    db.commit()
    return volume


def ask(db: Session, volume: Volume, language: str = "fr", form: str = "epub") -> int:
    build = operations.request_build(db, SYSTEM, volume, language, form)
    db.info.pop("pending_jobs", None)
    db.commit()
    return build.id


def built(db: Session, build_id: int) -> Build:
    db.rollback()
    return db.get_one(Build, build_id, populate_existing=True)


def content(app: Flask, build: Build) -> bytes:
    return b"".join(storage.stream(app.extensions["jsi_store"], build.file_key or ""))


def run(app: Flask, build_id: int) -> None:
    with app.app_context():
        jobs.run(build_id)


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("epub", b"PK\x03\x04")])
def test_run_makes_the_file_and_records_its_steps(
    app: Flask,
    db: Session,
    volume: Volume,
    form: str,
    begins: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build_id = ask(db, volume, "fr", form)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()

    run(app, build_id)

    build = built(db, build_id)
    made = content(app, build)
    assert build.state == BuildState.DONE
    assert build.file_key == f"builds/2017/1.{form}"
    assert made.startswith(begins)
    assert build.file_size == len(made)
    steps = [step["step"] for step in build.steps]
    assert steps[:2] == ["assemble", "read"]
    assert steps[-1] == "store"
    assert all(step["done"] == step["total"] for step in build.steps)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_run_twice_does_nothing_the_second_time(app: Flask, db: Session, volume: Volume) -> None:
    build_id = ask(db, volume)
    run(app, build_id)
    first = built(db, build_id).finished_at

    run(app, build_id)

    assert (built(db, build_id).finished_at, built(db, build_id).attempt) == (first, 1)


def test_the_request_reaches_the_worker(
    app: Flask, db: Session, people: Cast, volume: Volume, browser: Any, work: Callable[[], int]
) -> None:
    organiser = browser("organiser@example.org")

    answer = organiser.post(
        "/en/organise/volumes/2017/builds", {"language": "fr", "format": "epub"}
    )

    assert answer.status_code == 303
    assert work() >= 1
    assert db.scalars(select(Build.state)).all() == ["done"]


@pytest.mark.parametrize("form", ["pdf", "epub"])
def test_two_builds_of_the_same_content_are_the_same_bytes(
    app: Flask, db: Session, volume: Volume, form: str
) -> None:
    made = []
    for _ in range(2):
        build_id = ask(db, volume, "multi", form)
        run(app, build_id)
        made.append(built(db, build_id))

    assert [build.number for build in made] == [1, 2]
    assert made[0].sha256 == made[1].sha256
    assert content(app, made[0]) == content(app, made[1])


def test_essays_without_a_translation_stand_in_their_own_language_marked(
    app: Flask, db: Session, volume: Volume
) -> None:
    build_id = ask(db, volume, "en")

    run(app, build_id)

    with zipfile.ZipFile(io.BytesIO(content(app, built(db, build_id)))) as book:
        text = "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml")
        )
    assert "Original text in French" in text
    assert "Original text in Arabic" in text
    assert "De la paix" in text
    assert "Proceedings" in text


def test_a_removed_essay_is_not_in_the_book(app: Flask, db: Session, volume: Volume) -> None:
    entry = db.scalars(select(VolumeEntry).order_by(VolumeEntry.id)).first()
    assert entry is not None
    organising.remove(db, SYSTEM, entry.contribution_id, reason="Rights.", language="en")
    build_id = ask(db, volume)

    run(app, build_id)

    with zipfile.ZipFile(io.BytesIO(content(app, built(db, build_id)))) as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if "text" in name)
    assert "De la paix" not in text
    assert "في السلام" in text


def test_a_character_no_font_has_fails_with_the_essay_in_words(
    app: Flask, db: Session, people: Cast, volume: Volume, browser: Any
) -> None:
    entry = db.scalars(select(VolumeEntry).order_by(VolumeEntry.id)).first()
    assert entry is not None
    organising.correct(
        db,
        people.actor("organiser"),
        entry.contribution_id,
        make_essay("fr", body="Un signe : \U000130e7.\n"),
        note="A slip.",
    )
    entry.revision_id = db.scalars(
        select(publishing.Contribution.published_revision_id).where(
            publishing.Contribution.id == entry.contribution_id
        )
    ).one()
    build_id = ask(db, volume, "fr", "pdf")

    run(app, build_id)

    build = built(db, build_id)
    assert build.state == BuildState.FAILED
    assert build.error is not None
    assert build.error["code"] == "build.missing_glyph"
    page = browser("organiser@example.org").get("/en/organise/volumes/2017/").text
    assert "2017-J-001" in page
    assert "\U000130e7" in page
    assert "U+130E7" in page


def test_an_unforeseen_failure_is_tried_three_times(
    app: Flask,
    db: Session,
    volume: Volume,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setitem(FORMATS, "epub", Format("epub", "x/y", ".epub", broken))
    build_id = ask(db, volume)

    run(app, build_id)
    assert built(db, build_id).state == BuildState.WAITING
    run(app, build_id)
    run(app, build_id)

    assert built(db, build_id).error == {"code": "build.crashed", "data": {}}
    assert "the disk is on fire" in caplog.text


CHILD = """
import os, sys, time
from pathlib import Path
from app import create_app
from app.proceedings import jobs
from app.proceedings.formats import FORMATS, Format

def hang(book, *, out, progress, extra_fonts):
    progress("typeset", 0, 1)
    print("typesetting", flush=True)
    time.sleep(600)

FORMATS["epub"] = Format("epub", "x/y", ".epub", hang)
app = create_app()
with app.app_context():
    jobs.run(int(sys.argv[1]))
"""


def test_a_killed_workers_build_is_taken_up_again_by_the_sweep(
    app: Flask,
    db: Session,
    settings: Settings,
    volume: Volume,
    work: Callable[[], int],
    at: Callable[[Any], None],
) -> None:
    build_id = ask(db, volume)
    environment = {
        **os.environ,
        "JSI_DATA_DIR": str(settings.data_dir),
        "JSI_DATABASE_URL": settings.database_url,
        "JSI_STORAGE_URL": settings.storage_url,
        "JSI_QUEUE_URL": "memory://",
        "JSI_SECRET_KEY": "x" * 40,
    }
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(build_id)],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=ROOT,
    ) as worker:
        assert worker.stdout is not None
        said = worker.stdout.readline()
        worker.kill()
    assert said == b"typesetting\n"
    dead = built(db, build_id)
    assert (dead.state, dead.attempt) == (BuildState.RUNNING, 1)
    assert [step["step"] for step in dead.steps] == ["assemble", "typeset"]

    app.extensions["jsi_sweep"]()
    work()
    assert built(db, build_id).attempt == 1
    at(clock.now() + timedelta(seconds=120))
    app.extensions["jsi_sweep"]()
    work()

    again = built(db, build_id)
    assert (again.state, again.attempt) == (BuildState.DONE, 2)
    assert content(app, again).startswith(b"PK")
    assert not list((settings.data_dir / "workshops").iterdir())


def test_folders_of_other_builds_go_after_a_day(
    app: Flask, db: Session, settings: Settings, volume: Volume
) -> None:
    old, new = (settings.data_dir / "workshops" / name for name in ("998-a", "999-b"))
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "book.pdf").touch()
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))
    build_id = ask(db, volume)

    with app.app_context():
        jobs.run(build_id)

    assert built(db, build_id).state == BuildState.DONE
    assert [new] == list((settings.data_dir / "workshops").iterdir())


def test_signs_of_life_are_given_while_a_format_is_silent(
    app: Flask, db: Session, volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def slow(_book: Any, *, out: Path, progress: Any, extra_fonts: Any) -> None:
        long_ago = clock.now() - timedelta(hours=1)
        db.execute(update(Build).values(alive_at=long_ago))
        db.commit()
        time.sleep(0.6)
        seen.append(built(db, build_id).alive_at > long_ago)
        out.write_bytes(b"x")

    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setitem(FORMATS, "epub", Format("epub", "x/y", ".epub", slow))
    build_id = ask(db, volume)

    run(app, build_id)

    assert seen == [True]
    assert built(db, build_id).state == BuildState.DONE
