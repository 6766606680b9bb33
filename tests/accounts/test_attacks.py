"""Sign-in against those who try: forged hosts, used links, the demonstration's known password."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts import forms
from app.config import Settings
from app.core.outbox import MailKind, OutboxMail
from app.notifications import mails
from app.web.limits import limiter
from tests.factories import PASSWORD, Cast, make_account
from tests.http import Browser, Open


def newest_mail(db: Session) -> OutboxMail:
    db.rollback()
    return db.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()


def ask_for_reset(visitor: Browser, email: str, **where: Any) -> None:
    visitor.get("/en/reset", **where)
    assert visitor.submit({"email": email}, **where).status_code == 303


def test_a_forged_host_gets_no_secret_link(
    browser: Open, people: Cast, db: Session, app: Flask
) -> None:
    """Where no address of the site is set, whoever asks for a mail names the host."""
    for host in ("http://evil.example", "http://localhost.evil.example"):
        ask_for_reset(browser(), people.author.email, base_url=host)
        mail = newest_mail(db)
        assert mail.kind == MailKind.RESET_PASSWORD
        assert mail.data["link"].startswith("/en/reset/")
        with app.app_context():
            text = mails.render(mail, "http://127.0.0.1:5000").text
        assert "http://127.0.0.1:5000/en/reset/" in text
        assert "evil" not in text


def test_this_machines_own_names_are_believed(browser: Open, people: Cast, db: Session) -> None:
    ask_for_reset(browser(), people.author.email, base_url="http://127.0.0.1:5077")
    assert newest_mail(db).data["link"].startswith("http://127.0.0.1:5077/en/reset/")


def test_a_link_to_reset_is_good_for_once(browser: Open, people: Cast, db: Session) -> None:
    ask_for_reset(browser(), people.author.email)
    link = newest_mail(db).data["link"].removeprefix("http://localhost")
    first, second = browser(), browser()
    first.get(link)
    assert first.submit({"password": "the first new password"}).status_code == 302
    second.post(link, {"password": "the second new password"})
    browser().sign_in(people.author.email, "the first new password")


def test_a_new_password_ends_all_sessions(browser: Open, people: Cast, db: Session) -> None:
    thief = browser(people.author.email)
    owner = browser(people.author.email)
    owner.get("/en/change")
    fields = {"password": PASSWORD, "new_password": "a password of my own"}
    assert owner.submit(fields).status_code == 302
    assert owner.get("/en/account").status_code == 200
    assert thief.get("/en/account").status_code == 302


@pytest.fixture
def demo_account(db: Session, people: Cast) -> str:
    account = make_account(db, "marie@demo.example.org", name="Marie")
    account.is_demo = True
    db.commit()
    return account.email


def test_demonstration_accounts_are_nobody_without_the_demonstration(
    settings: Settings, app: Flask, demo_account: str, db: Session
) -> None:
    """Their password is known to everybody, and a site may begin with the demonstration's data."""
    demonstration = Browser(create_app(replace(settings, demo=True)).test_client())
    demonstration.sign_in(demo_account)
    session = demonstration.client.get_cookie("session")
    assert session is not None
    outsider = Browser(app.test_client())
    outsider.get("/en/login")
    assert outsider.submit({"email": demo_account, "password": PASSWORD}).status_code == 422
    outsider.client.set_cookie("session", session.value)
    assert outsider.get("/en/account").status_code == 302
    ask_for_reset(Browser(app.test_client()), demo_account)
    assert not db.scalars(select(OutboxMail)).all()


def test_asking_for_a_reset_takes_as_long_for_a_known_address(
    browser: Open, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-Security hashes a password where there is no such account; we do where there is."""
    hashed: list[str] = []
    monkeypatch.setattr(forms, "hash_password", hashed.append)
    ask_for_reset(browser(), "nobody@example.org")
    assert hashed == []
    ask_for_reset(browser(), people.author.email)
    assert len(hashed) == 1


@pytest.fixture
def limited(settings: Settings, people: Cast) -> Iterator[Flask]:
    app = create_app(replace(settings, testing=False))
    yield app
    limiter.enabled = False
    app.extensions["jsi_engine"].dispose()


def test_one_mailbox_is_one_however_it_is_written(limited: Flask) -> None:
    visitor = Browser(limited.test_client())
    data = {"csrf_token": visitor.token()}
    spelled = (
        "x@bücher.example",
        "X@BÜCHER.example",
        " x@xn--bcher-kva.example",
        "x@ｂücher.example",
    )
    for address in (*spelled, spelled[0]):
        assert visitor.client.post("/en/reset", data=data | {"email": address}).status_code == 303
    for address in spelled:
        assert visitor.client.post("/en/reset", data=data | {"email": address}).status_code == 429
