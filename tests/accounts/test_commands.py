"""``flask users …``."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.config import Settings
from app.core.policy import Role, TrackCode
from tests.http import Browser

PASSWORD = "correct horse battery"


def run(app: Flask, *arguments: str, stdin: str = PASSWORD + "\n") -> tuple[int, str, str]:
    result = app.test_cli_runner().invoke(args=["users", *arguments], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def found(db: Session, email: str) -> Account:
    db.expire_all()
    db.rollback()
    return db.scalars(select(Account).where(Account.email == email)).one()


def test_create_makes_an_account_that_can_sign_in(app: Flask, db: Session) -> None:
    code, out, err = run(
        app, "create", "Mod@example.org", "--role", "moderator", "--reads", "fr", "--reads", "ar",
        "--serves", "jurist", "--ui-language", "fr", "--name", "Maud", "--password-stdin",
    )  # fmt: skip
    account = found(db, "mod@example.org")
    assert (code, out, err) == (0, f"{account.id}\n", "")
    assert account.actor.reads == {"ar", "fr"}
    assert account.actor.serves == {TrackCode.JURIST}
    assert (account.ui_language, account.name) == ("fr", "Maud")
    Browser(app.test_client()).sign_in("mod@example.org", PASSWORD)


def test_create_without_languages_means_all(app: Flask, db: Session) -> None:
    run(app, "create", "m@example.org", "--role", "moderator", "--password-stdin")
    assert len(found(db, "m@example.org").reads) == 10


def test_grant_adds_a_role(app: Flask, db: Session) -> None:
    run(app, "create", "m@example.org", "--role", "organiser", "--password-stdin")
    grant = ["grant", "m@example.org", "--role", "translator", "--translates", "fr:ar"]
    assert run(app, *grant) == (0, "", "")
    account = found(db, "m@example.org")
    assert account.actor.roles == {Role.CONTRIBUTOR, Role.ORGANISER, Role.TRANSLATOR}
    assert account.translates == ["fr:ar"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["create", "no address", "--role", "moderator", "--password-stdin"], PASSWORD, "e-mail"),
        (["create", "a@example.org", "--role", "moderator", "--password-stdin"], "x", "password"),
        (["create", "a@example.org", "--role", "king", "--password-stdin"], PASSWORD, "king"),
        (["create", "a@example.org", "--role", "moderator"], PASSWORD, "--password-stdin"),
        (["grant", "nobody@example.org", "--role", "moderator"], "", "no such account"),
        (["grant", "nobody@example.org"], "", "--role"),
    ],
)
def test_what_is_refused_ends_with_one_line(
    app: Flask, arguments: list[str], stdin: str, said: str
) -> None:
    code, out, err = run(app, *arguments, stdin=stdin)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert said in err


def test_a_database_that_is_not_ready_ends_with_one_line(settings: Settings) -> None:
    app = create_app(replace(settings, database_url=f"sqlite:///{settings.data_dir / 'empty.db'}"))
    code, _out, err = run(app, "grant", "m@example.org", "--role", "moderator")
    app.extensions["jsi_engine"].dispose()
    assert code == 1
    assert err.count("\n") == 1
    assert "db upgrade" in err
