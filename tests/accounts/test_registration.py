"""Opening an account and confirming its address, over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.languages import CODES
from app.core.policy import Role
from tests.accounts.conftest import PERSON, account, actions, mails, path_of, register, shown
from tests.factories import PASSWORD, Cast
from tests.http import Open


@pytest.mark.parametrize("lang", CODES)
def test_register_confirm_sign_in_in_every_language(browser: Open, db: Session, lang: str) -> None:
    visitor = browser()
    assert register(visitor, lang).status_code == 302
    (mail,) = mails(db)
    assert (mail.kind, mail.recipient, mail.language) == (
        "confirm_address",
        "nadia@example.org",
        lang,
    )
    assert set(mail.data) == {"link", "hours"}
    assert mail.data["link"].startswith(f"http://localhost/{lang}/confirm/")
    assert visitor.get(path_of(mail.data["link"])).location == f"/{lang}/login"
    made = account(db, "nadia@example.org")
    assert made is not None
    assert made.confirmed_at is not None
    assert (made.name, made.ui_language) == (PERSON["name"], lang)
    assert made.actor.roles == {Role.CONTRIBUTOR}
    assert made.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    visitor.get(f"/{lang}/login")
    answer = visitor.submit({"email": PERSON["email"], "password": PASSWORD}, form="login")
    assert (answer.status_code, answer.location) == (302, f"/{lang}/")
    assert actions(db) == ["account:registered", "account:confirmed"]
    assert visitor.get(f"/{lang}/account").status_code == 200


def test_register_answers_alike_for_a_known_address(
    browser: Open, people: Cast, db: Session
) -> None:
    fresh, known = browser(), browser()
    first = register(fresh)
    second = register(known, email=people.author.email)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    fresh.get(first.location)
    known.get(second.location)
    assert shown(fresh).replace("Nadia@Example.org".lower(), "X") == shown(known).replace(
        people.author.email, "X"
    )
    assert [(mail.kind, mail.recipient) for mail in mails(db)] == [
        ("confirm_address", "nadia@example.org"),
        ("already_registered", people.author.email),
    ]
    assert mails(db)[1].data == {"login_link": "http://localhost/en/login"}


def test_register_sent_twice_or_again_still_counts_in_that_browser(
    browser: Open, people: Cast, db: Session
) -> None:
    visitor, stranger = browser(), browser()
    register(visitor)
    register(visitor)
    register(visitor, email=people.author.email)
    register(stranger)
    link = path_of(mails(db)[0].data["link"])
    assert "/reset/" in stranger.get(link).location
    assert visitor.get(link).location == "/en/login"
    for _ in range(9):
        register(visitor)
    with visitor.client.session_transaction() as session:
        assert len(str(session["registered_here"])) < 200


def test_register_leaves_nothing_in_the_browser_that_tells_of_an_account(
    browser: Open, people: Cast, db: Session
) -> None:
    fresh, known = browser(), browser()
    register(fresh)
    register(known, email=people.author.email)
    made = account(db, "nadia@example.org")
    assert made is not None
    with fresh.client.session_transaction() as one, known.client.session_transaction() as other:
        assert {name: len(str(one[name])) for name in one if name != "_flashes"} == {
            name: len(str(other[name])) for name in other if name != "_flashes"
        }
        assert not {str(made.id), made.fs_uniquifier} & {str(each) for each in one.values()}


def test_register_leads_to_what_the_account_was_opened_for(browser: Open, db: Session) -> None:
    visitor, wanted = browser(), "/fr/contribute/jurist/?edition=2027"
    visitor.get("/fr/register", query_string={"next": wanted})
    assert visitor.submit(PERSON).location == wanted
    visitor.get(path_of(mails(db)[0].data["link"]))
    visitor.get(visitor.get("/fr/login").location)
    answer = visitor.submit({"email": PERSON["email"], "password": PASSWORD}, form="login")
    assert answer.location == wanted
    visitor.signed_in = True
    visitor.post("/fr/logout")
    assert visitor.get("/fr/login").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_register_never_leads_to_another_site(browser: Open, target: str) -> None:
    visitor = browser()
    visitor.get("/en/register")
    visitor.submit(PERSON | {"next": target})
    assert visitor.get("/en/login").status_code == 200


def test_register_twice_before_confirming_sends_the_link_again(
    browser: Open, db: Session, at: Callable[[Any], None]
) -> None:
    register(browser(), "fr")
    mail = mails(db)[0]
    db.delete(mail)
    db.commit()
    register(browser(), "de")
    (again,) = mails(db)
    assert (again.kind, again.language) == ("confirm_address", "fr")
    assert "/fr/confirm/" in again.data["link"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Please fill in this field."),
        ({"name": "Na\u202edia"}, "invisible characters"),
        ({"name": "<script>" * 40}, "too long"),
        ({"email": "nobody"}, "This does not look like an e-mail address."),
        ({"password": "short"}, "A password has at least 10 characters."),
        ({"password": "x" * 5000}, "too long"),
        ({"email": "", "password": ""}, "Please fill in this field."),
    ],
)
def test_register_refuses_beside_the_field(
    browser: Open, db: Session, changes: dict[str, str], said: str
) -> None:
    visitor = browser()
    assert register(visitor, **changes).status_code == 422
    field = next(iter(changes))
    (error,) = visitor.tree.xpath(f"//*[@id='{field}-error']")
    assert said in error.text_content()
    assert visitor.tree.xpath(f"//*[@id='{field}']/@aria-invalid") == ["true"]
    assert mails(db) == []


def test_confirm_refuses_bad_and_old_links(
    browser: Open, db: Session, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    visitor = browser()
    answer = visitor.get("/en/confirm/forged")
    assert answer.location == "/en/confirm"
    visitor.get(answer.location)
    assert "This link is not valid." in shown(visitor)
    register(visitor)
    monkeypatch.setitem(app.config, "SECURITY_CONFIRM_EMAIL_WITHIN", timedelta(seconds=-1))
    visitor.get(path_of(mails(db)[0].data["link"]))
    made = account(db, "nadia@example.org")
    assert made is not None
    assert made.confirmed_at is None
