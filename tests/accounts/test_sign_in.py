"""Signing in and out, over HTTP."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.core.policy import Role
from tests.accounts.conftest import shown
from tests.factories import PASSWORD, Cast, make_account
from tests.http import Browser, Open


def test_sign_in_goes_where_the_person_wanted(browser: Open, people: Cast) -> None:
    visitor = browser()
    answer = visitor.get("/fr/account")
    assert answer.location == "/fr/login?next=/fr/account"
    visitor.get(answer.location)
    wanted = visitor.submit({"email": "author@example.org", "password": PASSWORD}, form="login")
    assert wanted.location == "/fr/account"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_sign_in_never_leads_to_another_site(browser: Open, people: Cast, target: str) -> None:
    visitor = browser()
    fields = {"email": "author@example.org", "password": PASSWORD, "next": target}
    answer = visitor.post("/en/login", fields)
    assert answer.status_code == 302
    assert "evil" not in answer.location or answer.location.startswith("/%5Cevil")
    visitor = browser()
    answer = visitor.post("/en/login", {"email": "author@example.org", "password": PASSWORD})
    assert answer.location == "/en/"


@pytest.mark.parametrize(
    ("email", "password"),
    [("author@example.org", "wrong password"), ("nobody@example.org", PASSWORD), ("", "")],
)
def test_sign_in_says_the_same_for_every_mistake(
    browser: Open, people: Cast, email: str, password: str
) -> None:
    visitor = browser()
    visitor.get("/en/login")
    answer = visitor.submit({"email": email, "password": password}, form="login")
    assert answer.status_code == 422
    (said,) = visitor.tree.xpath("//*[@id='errors']")
    text = " ".join(said.text_content().split())
    assert text.endswith("The e-mail address or the password is not right.")
    assert text.count("The e-mail address") == 1


def test_sign_in_before_confirming_says_so_to_who_knows_the_password(
    browser: Open, db: Session
) -> None:
    make_account(db, "waiting@example.org", confirmed=False)
    db.commit()
    visitor = browser()
    fields = {"email": "waiting@example.org", "password": PASSWORD}
    assert visitor.post("/en/login", fields).status_code == 422
    assert "Please confirm your e-mail address first" in shown(visitor)
    visitor.post("/en/login", fields | {"password": "wrong password"})
    assert "Please confirm" not in shown(visitor)


def test_sign_in_is_closed_to_a_closed_account(browser: Open, people: Cast, db: Session) -> None:
    inside = browser("author@example.org")
    people.author.active = False
    db.commit()
    assert inside.get("/en/account").status_code == 302
    visitor = browser()
    fields = {"email": "author@example.org", "password": PASSWORD}
    assert visitor.post("/en/login", fields).status_code == 422
    assert "This account has been closed." in shown(visitor)


def test_sign_in_writes_nothing(app: Flask, people: Cast, browser: Open, db: Session) -> None:
    before = people.author.password
    browser("author@example.org")
    db.expire_all()
    assert people.author.password == before


def test_sign_out_needs_a_post(browser: Open, people: Cast) -> None:
    person = browser("author@example.org")
    assert person.get("/en/logout").status_code == 405
    assert person.get("/en/account").status_code == 200
    assert person.post("/de/logout").location == "/de/"
    assert person.get("/en/account").status_code == 302


def test_forgery_is_refused(people: Cast, browser: Open) -> None:
    person = browser("author@example.org")
    person.client.post("/en/logout", data={"csrf_token": "forged"})
    assert person.get("/en/account").status_code == 200


def test_json_is_refused(browser: Open) -> None:
    visitor = browser()
    token = {"X-CSRFToken": visitor.token()}
    answer = visitor.client.post("/en/login", json={"email": 1, "password": []}, headers=token)
    assert answer.status_code == 415


def test_a_visitor_costs_no_query(
    app: Flask, browser: Open, count_queries: Callable[..., Any]
) -> None:
    visitor = browser()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        visitor.get("/en/login")
        visitor.get("/en/nowhere")
    assert statements == []


def test_the_demonstration_lists_its_accounts(
    settings: Settings, people: Cast, db: Session, client: FlaskClient
) -> None:
    make_account(db, "marie@demo.example.org", Role.MODERATOR, name="Marie").is_demo = True
    db.commit()
    assert "marie@demo" not in client.get("/en/login").text
    demo = create_app(replace(settings, demo=True))
    visitor = Browser(demo.test_client())
    visitor.get("/en/login")
    forms = visitor.tree.xpath("//main//form[.//input[@name='email' and @type='hidden']]")
    assert [form.fields["email"] for form in forms] == ["marie@demo.example.org"]
    assert forms[0].fields["password"] == "demonstration"
    assert re.search(r"Moderator", shown(visitor))
    demo.extensions["jsi_engine"].dispose()
