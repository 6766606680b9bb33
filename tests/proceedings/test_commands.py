"""``flask proceedings …``."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core.policy import SYSTEM
from app.proceedings import jobs, operations
from app.proceedings.formats import FORMATS, BuildError, Format
from app.proceedings.models import Build, Volume
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.factories.volumes import make_volume


@pytest.fixture
def volume(db: Session, people: Cast) -> Volume:
    volume = make_volume(db, people)
    db.commit()
    return volume


def call(app: Flask, *arguments: str) -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["proceedings", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_create_puts_all_accepted_essays_in(app: Flask, db: Session, people: Cast) -> None:
    edition = make_edition(db, "2017")
    for state in (State.PUBLISHED, State.ACCEPTED, State.SUBMITTED):
        make_contribution(db, people.author, edition=edition, state=state)
    db.commit()
    arguments = ("create", "actes", "--edition", "2017", "--title", "Actes", "--all-accepted")

    code, out, err = call(app, *arguments)

    volume = db.scalars(select(Volume)).one()
    assert (code, out) == (0, f"{volume.id}\n")
    assert "2 essays" in err
    assert volume.title == {"en": "Actes"}
    assert call(app, *arguments)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "x", "--edition", "none", "--title", "X"),
        ("create", "2017", "--edition", "2017", "--title", "Another"),
        ("create", "No!", "--edition", "2017", "--title", "X"),
        ("build", "none", "--language", "fr", "--format", "pdf", "--output", "x.pdf"),
        ("build", "2017", "--language", "fr", "--format", "docx", "--output", "x.pdf"),
        ("build", "2017", "--language", "fr", "--format", "epub", "--output", "/none/x.pdf"),
    ],
)
def test_what_can_not_be_done_is_one_line_and_exit_1(
    app: Flask, volume: Volume, arguments: tuple[str, ...]
) -> None:
    code, out, err = call(app, *arguments)

    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1


def test_list_prints_one_object_a_line(app: Flask, volume: Volume, tmp_path: Path) -> None:
    call(
        app,
        *("build", "2017", "--language", "fr", "--format", "epub"),
        *("--output", str(tmp_path / "a.epub")),
    )

    code, out, _ = call(app, "list", "--format", "jsonl")

    assert code == 0
    (record,) = [json.loads(line) for line in out.splitlines()]
    assert (record["slug"], record["edition"], record["essays"]) == ("2017", "2017", 2)
    assert record["title"]["fr"] == "Actes"
    assert record["published_at"] is None
    assert record["builds"][0]["file"] == "2017-fr-1.epub"


@pytest.mark.parametrize(("form", "begins"), [("epub", b"PK\x03\x04"), ("pdf", b"%PDF-")])
def test_build_writes_the_file_and_shows_its_steps(
    app: Flask, db: Session, volume: Volume, tmp_path: Path, form: str, begins: bytes
) -> None:
    output = tmp_path / f"actes.{form}"

    code, out, err = call(
        app, "build", "2017", "--language", "multi", "--format", form, "--output", str(output)
    )

    assert code == 0, err
    assert output.read_bytes().startswith(begins)
    assert [line.split()[0] for line in err.splitlines()][0::2][:1] == ["assemble"]
    assert "read 2/2" in err
    assert str(output) in out
    assert db.execute(select(Build.state, Build.format)).all() == [("done", form)]
    assert list(tmp_path.glob("*.part")) == []
    assert app.extensions["jsi_queue"].pending_count() == 0


def test_build_of_an_empty_volume_says_so(app: Flask, db: Session, people: Cast) -> None:
    make_volume(db, people, languages=())
    db.commit()

    code, _, err = call(
        app, "build", "2017", "--language", "fr", "--format", "pdf", "--output", "x.pdf"
    )

    assert code == 1
    assert err == "Error: This volume has no essays yet. Add some first. [volume.empty]\n"


def test_a_build_that_breaks_names_the_essay_and_the_character(
    app: Flask, volume: Volume, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise BuildError(
            "build.missing_glyph",
            essay="2017-J-001",
            character="\U000130e7",
            codepoint="U+130E7",
            name="EGYPTIAN HIEROGLYPH E011",
        )

    monkeypatch.setitem(FORMATS, "epub", Format("epub", "x/y", ".epub", refuse))

    code, _, err = call(
        app,
        *("build", "2017", "--language", "fr", "--format", "epub"),
        *("--output", str(tmp_path / "a.epub")),
    )

    last = err.splitlines()[-1]
    assert code == 1
    assert last.startswith("Error: The essay 2017-J-001 has the character “\U000130e7” (U+130E7")
    assert not (tmp_path / "a.epub").exists()


def test_build_waits_for_a_worker_that_was_faster(
    app: Flask, db: Session, volume: Volume, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = operations.request_build(db, SYSTEM, volume, "fr", "epub")
    db.commit()
    real = jobs.run

    def faster(build_id: int, watch: jobs.Watch | None = None) -> None:
        real(build_id)
        real(build_id, watch)

    monkeypatch.setattr(jobs, "run", faster)
    output = tmp_path / "a.epub"

    code, _, _ = call(
        app, "build", "2017", "--language", "fr", "--format", "epub", "--output", str(output)
    )

    assert code == 0
    assert output.is_file()
    db.rollback()
    assert db.scalars(select(Build.id)).all() == [build.id]
