"""Registration, confirmation, sign-in, reset and changes, over HTTP."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import Account
from app.config import Settings
from app.core import clock
from app.core.audit import AuditEntry
from app.core.languages import CODES
from app.core.outbox import OutboxMail
from app.core.policy import Role
from app.web.limits import limiter
from tests.factories import PASSWORD, Cast, make_account
from tests.http import Browser

Open = Callable[..., Browser]
NEW_PASSWORD = "another long password"
PERSON = {"name": "Nadia 나디아", "email": "Nadia@Example.org", "password": PASSWORD}


def mails(db: Session) -> list[OutboxMail]:
    db.rollback()
    return list(db.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def actions(db: Session) -> list[str]:
    db.rollback()
    return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def account(db: Session, email: str) -> Account | None:
    db.rollback()
    return db.scalar(select(Account).where(Account.email == email))


def register(visitor: Browser, lang: str = "en", **changes: str) -> Any:
    visitor.get(f"/{lang}/register")
    return visitor.submit(PERSON | changes)


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost")


def shown(visitor: Browser) -> str:
    """What the page says in its body, in one line."""
    return " ".join(visitor.tree.xpath("string(//main)").split())


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


@pytest.fixture
def limited(settings: Settings, people: Cast) -> Iterator[Flask]:
    """The application as it runs for readers: with limits."""
    app = create_app(replace(settings, testing=False))
    yield app
    limiter.enabled = False
    app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize(
    ("page", "fields", "often"),
    [
        ("login", {"email": "author@example.org", "password": "wrong password"}, 30),
        ("reset", {"email": "author@example.org"}, 5),
        ("confirm", {"email": "author@example.org"}, 5),
        ("register", PERSON, 5),
    ],
)
def test_limits_are_kept(limited: Flask, page: str, fields: dict[str, str], often: int) -> None:
    visitor = Browser(limited.test_client())
    data = {"csrf_token": visitor.token()} | fields
    for _ in range(often):
        assert visitor.client.post(f"/fr/{page}", data=data).status_code != 429
    assert visitor.client.post(f"/fr/{page}", data=data).status_code == 429


def test_limits_let_right_passwords_through(limited: Flask) -> None:
    for _ in range(35):
        Browser(limited.test_client()).sign_in("author@example.org")


def test_a_visitor_costs_no_query(
    app: Flask, browser: Open, count_queries: Callable[..., Any]
) -> None:
    visitor = browser()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        visitor.get("/en/login")
        visitor.get("/en/nowhere")
    assert statements == []


def test_a_person_costs_one_query(
    app: Flask, browser: Open, people: Cast, count_queries: Callable[..., Any]
) -> None:
    person = browser("author@example.org")
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert person.get("/en/account").status_code == 200
    assert len(statements) == 1


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


def test_links_lead_to_the_sites_own_address(settings: Settings, people: Cast, db: Session) -> None:
    app = create_app(replace(settings, base_url="http://essays.example.org"))
    visitor = Browser(app.test_client())
    forged = {"base_url": "http://evil.example"}
    visitor.get("/en/reset", **forged)
    visitor.submit({"email": people.author.email}, **forged)
    app.extensions["jsi_engine"].dispose()
    assert mails(db)[0].data["link"].startswith("http://essays.example.org/en/reset/")
