"""Passwords forgotten and changed, addresses changed, over HTTP and by mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.core import clock
from tests.accounts.conftest import (
    NEW_PASSWORD,
    account,
    actions,
    mails,
    path_of,
    register,
    shown,
)
from tests.factories import PASSWORD, Cast, make_account
from tests.http import Browser, Open


def test_reset_by_mail(browser: Open, people: Cast, db: Session) -> None:
    other_device = browser("author@example.org")
    visitor = browser()
    visitor.get("/ar/reset")
    answer = visitor.submit({"email": "AUTHOR@example.org"})
    assert (answer.status_code, answer.location) == (303, "/ar/reset")
    (mail,) = mails(db)
    assert (mail.kind, mail.language, mail.data["hours"]) == ("reset_password", "en", 24)
    page = path_of(mail.data["link"])
    assert page.startswith("/en/reset/")
    visitor.get(page)
    assert visitor.submit({"password": "short"}).status_code == 422
    assert visitor.submit({"password": NEW_PASSWORD}).location == "/en/login"
    assert [mail.kind for mail in mails(db)] == ["reset_password", "password_changed"]
    assert mails(db)[1].data == {"reset_link": "http://localhost/en/reset"}
    assert other_device.get("/en/account").status_code == 302
    assert visitor.get(page).location == "/en/reset"
    visitor.sign_in("author@example.org", NEW_PASSWORD)
    assert actions(db) == ["account:password_changed"]


@pytest.mark.parametrize("page", ["reset", "confirm"])
def test_asking_for_a_mail_answers_alike(
    browser: Open, people: Cast, db: Session, page: str
) -> None:
    make_account(db, "waiting@example.org", confirmed=False)
    db.commit()
    said = []
    for email in ("author@example.org", "waiting@example.org", "nobody@example.org"):
        visitor = browser()
        visitor.get(f"/en/{page}")
        answer = visitor.submit({"email": email})
        assert answer.status_code == 303
        visitor.get(answer.location)
        said.append(shown(visitor).replace(email, "X"))
    assert len(set(said)) == 1
    assert [mail.recipient for mail in mails(db)] == [
        "author@example.org" if page == "reset" else "waiting@example.org"
    ]


@pytest.mark.parametrize("page", ["reset", "confirm"])
def test_asking_for_a_mail_refuses_what_is_no_address(browser: Open, page: str) -> None:
    visitor = browser()
    visitor.get(f"/en/{page}")
    assert visitor.submit({"email": "nobody"}).status_code == 422
    assert "does not look like an e-mail address" in shown(visitor)


def test_change_password(browser: Open, people: Cast, db: Session) -> None:
    person = browser("author@example.org")
    person.get("/en/change")
    wrong = {"password": "wrong password", "new_password": NEW_PASSWORD}
    assert person.submit(wrong).status_code == 422
    assert "This is not your password." in shown(person)
    same = {"password": PASSWORD, "new_password": PASSWORD}
    assert person.submit(same).status_code == 422
    answer = person.submit({"password": PASSWORD, "new_password": NEW_PASSWORD})
    assert answer.location == "/en/account"
    assert person.get("/en/account").status_code == 200
    assert [mail.kind for mail in mails(db)] == ["password_changed"]
    browser().sign_in("author@example.org", NEW_PASSWORD)
    assert actions(db) == ["account:password_changed"]


def test_change_of_address_is_confirmed_by_the_new_one_and_told_to_the_old(
    browser: Open, people: Cast, db: Session
) -> None:
    people.author.ui_language = "ru"
    db.commit()
    person = browser("author@example.org")
    person.get("/en/change-email")
    assert person.submit({"email": "New@example.org"}).status_code == 303
    (mail,) = mails(db)
    assert (mail.kind, mail.recipient, mail.language) == (
        "confirm_new_address",
        "new@example.org",
        "ru",
    )
    assert account(db, "new@example.org") is None
    person.get(path_of(mail.data["link"]))
    assert account(db, "new@example.org") is not None
    notice = mails(db)[1]
    assert (notice.kind, notice.recipient) == ("address_changed", "author@example.org")
    assert notice.data == {"new_address": "new@example.org"}
    assert actions(db) == ["account:email_changed"]
    person.get(path_of(mail.data["link"]))
    assert len(mails(db)) == 2


def test_change_to_a_taken_address_answers_alike_and_sends_nothing(
    browser: Open, people: Cast, db: Session
) -> None:
    person = browser("author@example.org")
    person.get("/en/change-email")
    answer = person.submit({"email": "stranger@example.org"})
    assert answer.status_code == 303
    assert mails(db) == []


def test_change_of_address_after_a_long_while_asks_for_the_password(
    browser: Open, people: Cast
) -> None:
    person = browser("author@example.org")
    with person.client.session_transaction() as session:
        session["fs_paa"] = (clock.now() - timedelta(days=2)).timestamp()
    answer = person.get("/fr/change-email")
    assert answer.location == "/fr/verify?next=/fr/change-email"
    person.get(answer.location)
    assert person.submit({"password": "wrong password"}).status_code == 422
    assert person.submit({"password": PASSWORD}).location == "/fr/change-email"
    assert person.get("/fr/change-email").status_code == 200


def test_mail_is_sent_once_the_work_is_done(browser: Open, app: Flask, db: Session) -> None:
    register(browser())
    assert app.extensions["jsi_queue"].pending_count() == 1


def test_links_lead_to_the_sites_own_address(settings: Settings, people: Cast, db: Session) -> None:
    app = create_app(replace(settings, base_url="http://essays.example.org"))
    visitor = Browser(app.test_client())
    forged = {"base_url": "http://evil.example"}
    visitor.get("/en/reset", **forged)
    visitor.submit({"email": people.author.email}, **forged)
    app.extensions["jsi_engine"].dispose()
    assert mails(db)[0].data["link"].startswith("http://essays.example.org/en/reset/")
