"""``flask --app app doctor`` and ``db upgrade``: what they say, and their exit codes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import cli
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import create_app, migrate
from app.config import Settings
from app.core import clock
from app.doctor import UNATTENDED
from tests.notifications.mails import given_up, put
from tests.notifications.smtp import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def sound(settings: Settings, server: Server) -> Settings:
    """Settings with which nothing is missing."""
    return replace(settings, mail_url=server.url, base_url="https://site.example", testing=False)


def run(settings: Settings, *arguments: str) -> Result:
    app = create_app(settings)
    result = app.test_cli_runner().invoke(args=list(arguments))
    app.extensions["jsi_engine"].dispose()
    return result


def findings(result: Result) -> dict[str, tuple[str, str]]:
    """Subject: (health, the rest of the line and the advice)."""
    found, last = {}, ""
    for line in result.output.splitlines():
        if line.startswith(" "):
            health, words = found[last]
            found[last] = (health, f"{words} {line.strip()}")
        else:
            last = line[9:25].strip()
            found[last] = (line[:9].strip(), line[25:])
    return found


def test_doctor_of_a_sound_site_finds_nothing(sound: Settings) -> None:
    result = run(sound, "doctor")
    assert result.exit_code == 0, result.output
    found = findings(result)
    assert {health for health, _words in found.values()} == {"ok"}
    assert set(found) == {
        "python",
        "data folder",
        "database",
        "migrations",
        "record",
        "queue",
        "storage",
        "rate limits",
        "fonts",
        "pandoc",
        "typst",
        "mail",
        "outbox",
        "public address",
    }
    assert "→" not in result.output


def test_doctor_warns_of_missing_mail_and_address(sound: Settings) -> None:
    result = run(replace(sound, mail_url="", base_url=""), "doctor")
    assert result.exit_code == 0
    found = findings(result)
    assert found["mail"][0] == "warning"
    assert "JSI_MAIL_URL" in found["mail"][1]
    assert found["public address"][0] == "warning"
    assert "JSI_BASE_URL" in found["public address"][1]


def test_doctor_warns_of_a_data_folder_open_to_others(sound: Settings) -> None:
    sound.data_dir.chmod(0o755)
    found = findings(run(sound, "doctor"))
    assert found["data folder"][0] == "warning"
    assert f"chmod 700 {sound.data_dir}" in found["data folder"][1]


def test_doctor_of_the_demonstration_wants_no_mail_server(sound: Settings) -> None:
    result = run(replace(sound, demo=True, mail_url="", base_url=""), "doctor")
    found = findings(result)
    assert found["mail"][0] == found["public address"][0] == "ok"


def test_doctor_fails_where_the_mail_server_is_away(sound: Settings) -> None:
    with Server() as gone:
        url = gone.url.replace("//", "//someone:secret@")
    result = run(replace(sound, mail_url=url), "doctor")
    assert result.exit_code == 1
    assert findings(result)["mail"][0] == "failed"
    assert "secret" not in result.output


def test_doctor_fails_where_the_database_is_behind(sound: Settings, tmp_path: Path) -> None:
    result = run(replace(sound, database_url=f"sqlite:///{tmp_path / 'new.db'}"), "doctor")
    assert result.exit_code == 1
    health, words = findings(result)["migrations"]
    assert health == "failed"
    assert "flask --app app db upgrade" in words


def test_doctor_fails_where_the_database_is_away(sound: Settings) -> None:
    url = "postgresql+psycopg://someone:secret@127.0.0.1:1/nothing"
    result = run(replace(sound, database_url=url), "doctor")
    assert result.exit_code == 1
    assert findings(result)["database"][0] == "failed"
    assert "secret" not in result.output


def test_doctor_fails_where_the_storage_cannot_be_written(sound: Settings) -> None:
    app = create_app(sound)
    (sound.data_dir / "files" / "doctor").parent.mkdir(exist_ok=True)
    (sound.data_dir / "files" / "doctor").write_text("in the way")
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    health, words = findings(result)["storage"]
    assert health == "failed"
    assert "JSI_STORAGE_URL" in words


def test_doctor_fails_where_the_fonts_folder_is_missing(sound: Settings) -> None:
    result = run(replace(sound, fonts_dir="/nowhere"), "doctor")
    assert result.exit_code == 1
    assert "JSI_FONTS_DIR" in findings(result)["fonts"][1]


def test_doctor_notices_that_no_worker_runs(sound: Settings, db: Session) -> None:
    mail = put(db)
    mail.due_at = clock.now() - UNATTENDED - timedelta(minutes=1)
    db.commit()
    health, words = findings(run(sound, "doctor"))["outbox"]
    assert health == "warning"
    assert "python -m app.worker" in words


def test_doctor_notices_mails_that_were_given_up(sound: Settings, db: Session) -> None:
    given_up(db)
    db.commit()
    health, words = findings(run(sound, "doctor"))["outbox"]
    assert (health, words.split(" → ")[0]) == ("warning", "mails given up: 1")


def test_doctor_fails_where_an_act_has_no_seal(sound: Settings, db: Session) -> None:
    db.execute(
        text(
            "INSERT INTO audit_entry (at, action, subject, subject_id, data)"
            " VALUES ('2026-01-01 00:00:00.000000', 'page', 'page', 1, '{}')"
        )
    )
    db.commit()
    result = run(sound, "doctor")
    assert result.exit_code == 1
    health, words = findings(result)["record"]
    assert health == "failed"
    assert "flask --app app audit verify" in words


def test_upgrade_brings_an_empty_database_up_to_date(sound: Settings, tmp_path: Path) -> None:
    settings = replace(sound, database_url=f"sqlite:///{tmp_path / 'new.db'}")
    for _ in range(2):
        result = run(settings, "db", "upgrade")
        assert (result.exit_code, result.output) == (0, "The database is up to date.\n")
    app = create_app(settings)
    assert migrate.is_current(app.extensions["jsi_engine"])


def test_upgrade_leaves_a_newer_database_alone(app: Flask, sound: Settings) -> None:
    with app.extensions["jsi_engine"].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    result = run(sound, "db", "upgrade")
    assert result.exit_code == 1
    assert result.output.startswith("Error: the database is newer than this version")
    assert result.output.count("\n") == 1
    assert findings(run(sound, "doctor"))["migrations"][0] == "failed"


def test_upgrade_of_a_database_that_is_away_says_so(sound: Settings) -> None:
    url = "postgresql+psycopg://someone:secret@127.0.0.1:1/nothing"
    result = run(replace(sound, database_url=url), "db", "upgrade")
    assert result.exit_code == 1
    assert result.output.startswith("Error: the database refused")
    assert "secret" not in result.output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("JSI_BASE_URL", "site.example", "must start with http:// or https://"),
        ("JSI_DATABASE_URL", "nonsense", "must start with sqlite://, postgresql://"),
        ("JSI_QUEUE_URL", "amqp://u:hush@host", "must start with sqlite://"),
        ("JSI_QUEUE_URL", "postgresql://u:hush@127.0.0.1:1/x", "cannot be used"),
        ("JSI_STORAGE_URL", "ftp://u:hush@host", "must start with file:// or s3://"),
        ("JSI_LIMITER_URL", "foo://u:hush@host", "must start with memory://, redis://"),
    ],
)
def test_a_command_with_a_wrong_setting_ends_with_one_line(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    runner = CliRunner(env={"JSI_DATA_DIR": str(tmp_path), name: value})
    result = runner.invoke(cli, ["--app", "app", "doctor"])
    assert result.exit_code == 1
    assert len(result.output.strip().splitlines()) == 1
    assert name in result.output
    assert words in result.output
    assert "hush" not in result.output


@pytest.mark.parametrize("command", ["demo", "doctor"])
def test_a_wrong_call_ends_with_one_line(settings: Settings, command: str) -> None:
    result = run(settings, command, "--fast")
    assert result.exit_code == 1
    assert result.output == "Error: No such option '--fast'.\n"
