"""Whose click confirms an address, and what ends a session."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, request
from flask_limiter.util import get_remote_address
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.accounts import operations, sessions
from app.accounts.models import Account, EndedSession
from app.config import Settings
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Forbidden
from app.core.outbox import OutboxMail
from app.core.policy import Role
from tests.factories import PASSWORD, Cast, make_cast
from tests.http import Browser, Open

PERSON = {"name": "Nadia", "email": "nadia@example.org", "password": PASSWORD}
MINE = "the password of the address’s owner"


def newest(db: Session) -> OutboxMail:
    db.rollback()
    return db.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()


def link(db: Session) -> str:
    return str(newest(db).data["link"]).removeprefix("http://localhost")


def account(db: Session, email: str) -> Account:
    db.rollback()
    return db.scalars(select(Account).where(Account.email == email)).one()


def test_a_strangers_password_is_not_confirmed_by_the_owners_click(
    browser: Open, db: Session
) -> None:
    stranger, owner = browser(), browser()
    stranger.get("/fr/register")
    stranger.submit(PERSON)
    answer = owner.get(link(db))
    assert answer.status_code == 303
    assert answer.location.startswith("/fr/reset/")
    assert account(db, PERSON["email"]).confirmed_at is None
    owner.get(answer.location)
    assert owner.submit({"password": MINE}).location == "/fr/login"
    assert account(db, PERSON["email"]).confirmed_at is not None
    browser().sign_in(PERSON["email"], MINE)
    stranger.get("/fr/login")
    assert stranger.submit({"email": PERSON["email"], "password": PASSWORD}).status_code == 422
    events = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert events == ["account:registered", "account:confirmed", "account:password_changed"]


def test_the_owner_who_registers_second_sets_the_password(browser: Open, db: Session) -> None:
    for _ in range(2):
        visitor = browser()
        visitor.get("/fr/register")
        visitor.submit(PERSON)
    assert visitor.get(link(db)).location.startswith("/fr/reset/")


def test_a_new_address_is_confirmed_by_its_account_alone(
    browser: Open, people: Cast, db: Session
) -> None:
    thief = browser(people.stranger.email)
    thief.get("/en/change-email")
    thief.submit({"email": "victim@example.org"})
    confirm = link(db)
    for victim in (browser(), browser(people.author.email)):
        assert victim.get(confirm).status_code in {302, 303}
        assert account(db, people.stranger.email).email == "stranger@example.org"
    thief.get(confirm)
    assert account(db, "victim@example.org").id == people.stranger.id


def remembered(browser: Open, people: Cast) -> Browser:
    person = browser()
    person.get("/en/login")
    fields = {"email": people.author.email, "password": PASSWORD, "remember": "y"}
    assert person.submit(fields, form="login").status_code == 302
    assert person.client.get_cookie("remember_token") is not None
    person.signed_in = True
    return person


def test_signing_out_forgets_the_browser(browser: Open, people: Cast) -> None:
    person = remembered(browser, people)
    person.post("/en/logout")
    assert person.client.get_cookie("remember_token") is None
    person.client.delete_cookie("session")
    assert person.get("/en/account").status_code == 302


def copied(browser: Open, victim: Browser, *names: str) -> Browser:
    """A stranger with a copy of somebody's cookies."""
    stranger = browser()
    for name in names:
        cookie = victim.client.get_cookie(name)
        assert cookie is not None
        stranger.client.set_cookie(name, cookie.value)
    return stranger


@pytest.mark.parametrize(
    "names", [("session",), ("remember_token",), ("session", "remember_token")], ids="+".join
)
def test_signing_out_ends_a_copied_cookie(
    browser: Open, people: Cast, names: tuple[str, ...]
) -> None:
    person = remembered(browser, people)
    thieves = [copied(browser, person, *names) for _ in range(3)]
    assert thieves[0].get("/en/account").status_code == 200
    person.post("/en/logout")
    for thief in thieves:
        assert thief.get("/en/account").status_code == 302


def test_a_sign_in_ends_by_itself_even_remembered(
    browser: Open, people: Cast, at: Callable[[Any], None]
) -> None:
    person = remembered(browser, people)
    thief = copied(browser, person, "remember_token")
    at(clock.now() + sessions.LIFETIME - timedelta(minutes=1))
    assert thief.get("/en/account").status_code == 200
    at(clock.now() + timedelta(minutes=1))
    assert thief.get("/en/account").status_code == 302
    assert person.get("/en/account").status_code == 302
    person.sign_in(people.author.email)
    assert person.get("/en/account").status_code == 200


def test_a_signed_in_request_asks_once_for_who_it_is_and_the_session(
    app: Flask, browser: Open, people: Cast, count_queries: Callable[..., Any]
) -> None:
    person = browser(people.author.email)
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert person.get("/en/nowhere").status_code == 404
    [asked] = statements
    assert "ended_session" in asked
    assert "FROM account" in asked


def test_end_session_twice_and_what_is_forgotten(session: Session) -> None:
    long_ago = clock.now() - timedelta(days=1)
    session.add(EndedSession(sign_in="old", ended_at=long_ago))
    for _ in range(2):
        operations.end_session(session, "new", forgotten_before=clock.now() - timedelta(hours=1))
    assert session.scalars(select(EndedSession.sign_in)).all() == ["new"]


def test_signing_out_leaves_other_devices(browser: Open, people: Cast) -> None:
    here, there = remembered(browser, people), browser(people.author.email)
    here.post("/en/logout")
    assert there.get("/en/account").status_code == 200


def test_signing_out_everywhere_ends_every_session(browser: Open, people: Cast) -> None:
    here, there = browser(people.author.email), remembered(browser, people)
    bystander = browser(people.stranger.email)
    here.get("/en/account")
    assert here.submit({}, form="sign-out-everywhere").location == "/en/"
    assert here.get("/en/account").status_code == 302
    assert there.get("/en/account").status_code == 302
    there.client.delete_cookie("session")
    assert there.get("/en/account").status_code == 302, "the remembered sign-in too"
    assert bystander.get("/en/account").status_code == 200


def test_sign_out_everywhere_is_ones_own(session: Session) -> None:
    cast = make_cast(session)
    for name in ("stranger", "administrator"):
        with pytest.raises(Forbidden):
            operations.sign_out_everywhere(session, cast.actor(name), cast.author)


def test_a_sign_in_renews_the_forgery_token(browser: Open, people: Cast) -> None:
    visitor = browser()
    before = visitor.token()
    with visitor.client.session_transaction() as kept:
        planted = kept["csrf_token"]
    visitor.sign_in(people.author.email)
    answer = visitor.client.post("/en/account", data={"csrf_token": before, "name": "X"})
    assert answer.status_code == 400
    visitor.get("/en/account")
    with visitor.client.session_transaction() as kept:
        assert kept["csrf_token"] != planted


@pytest.fixture
def proxied(settings: Settings) -> Iterator[Callable[[int], Flask]]:
    made = []

    def make(number: int) -> Flask:
        app = create_app(replace(settings, trusted_proxies=number))
        app.add_url_rule(
            "/who", "who", lambda: f"{get_remote_address()} {request.host_url} {request.is_secure}"
        )
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        (0, "127.0.0.1 http://localhost/ False"),
        (1, "203.0.113.9 https://localhost/ True"),
        (2, "198.51.100.7 https://localhost/ True"),
    ],
)
def test_only_trusted_proxies_say_who_came(
    proxied: Callable[[int], Flask], number: int, seen: str
) -> None:
    headers = {
        "X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9",
        "X-Forwarded-Proto": "http, https, https",
        "X-Forwarded-Host": "evil.example",
    }
    assert proxied(number).test_client().get("/who", headers=headers).text == seen


@pytest.fixture
def on_postgresql(settings: Settings, postgresql_url: str, engine: Any) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=postgresql_url))
    yield app
    app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_registering_with_two_clicks_opens_one_account(
    on_postgresql: Flask, sessions: sessionmaker[Session]
) -> None:
    visitor = Browser(on_postgresql.test_client())
    token = visitor.token("/en/register")
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    together = Barrier(2)

    def press(_number: int) -> tuple[int, str]:
        client = on_postgresql.test_client()
        client.set_cookie("session", cookie.value)
        together.wait()
        answer = client.post("/en/register", data=PERSON | {"csrf_token": token})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    assert {status for status, _ in answers} <= {302, 303}
    assert {location for _, location in answers} == {"/en/login"}
    with sessions() as session:
        assert len(session.scalars(select(Account)).all()) == 1
        assert len(session.scalars(select(OutboxMail)).all()) == 1


def test_roles_set_by_two_clicks_are_set_once(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        cast = make_cast(session)
        session.commit()
    together = Barrier(2)

    def press(_number: int) -> None:
        from app.core.db import begin_write

        with sessions() as session:
            seen = session.get_one(Account, cast.stranger.id)
            assert len(seen.roles) == 1
            together.wait()
            begin_write(session)
            session.expire_all()
            operations.set_roles(session, cast.actor("administrator"), seen, [Role.MODERATOR])
            session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, range(2)))
    with sessions() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "account:roles_changed")
        ).all()
        assert len(entries) == 1
        assert session.get_one(Account, cast.stranger.id).actor.has(Role.MODERATOR)
