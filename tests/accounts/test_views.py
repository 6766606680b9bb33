"""The profile and the organisers' list of people, over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts import queries
from app.core.languages import CODES
from app.core.policy import Role
from tests.factories import Cast, make_account
from tests.http import Browser, Open


def rows(person: Browser) -> list[str]:
    return [str(name) for name in person.tree.xpath("//main//tbody/tr/td[2]/bdi/text()")]


def test_profile_is_saved_and_goes_on_in_the_new_language(
    browser: Open, people: Cast, db: Session
) -> None:
    person = browser("author@example.org")
    person.get("/en/account")
    fields = {"name": "أمينة", "latin_name": "Amina", "country": "TN", "ui_language": "ar"}
    answer = person.submit(fields, form=0)
    assert (answer.status_code, answer.location) == (303, "/ar/account")
    db.rollback()
    db.refresh(people.author)
    assert (people.author.name, people.author.country) == ("أمينة", "TN")
    person.get("/ar/account")
    assert person.tree.xpath("//input[@name='name']/@value") == ["أمينة"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\u202eb"),
        ("latin_name", "x" * 201),
        ("affiliation", "\x1b[0m"),
        ("country", "Atlantis"),
        ("ui_language", "la"),
    ],
)
def test_profile_refuses_beside_the_field(
    browser: Open, people: Cast, field: str, value: str
) -> None:
    person = browser("author@example.org")
    fields = {"name": "A", "ui_language": "en", "country": ""} | {field: value}
    assert person.post("/en/account", fields).status_code == 422
    assert person.tree.xpath(f"//*[@id='{field}-error']")


def test_profile_shows_countries_in_the_pages_language_and_order(
    browser: Open, people: Cast
) -> None:
    person = browser("author@example.org")
    person.get("/fr/account")
    names = person.tree.xpath("//select[@name='country']/option/text()")
    assert names.index("Égypte") < names.index("Espagne") < names.index("Zambie")
    person.get("/zh/account")
    assert "埃及" in person.tree.xpath("//select[@name='country']/option/text()")


@pytest.mark.parametrize("code", CODES)
def test_pages_open_in_every_language(browser: Open, people: Cast, code: str) -> None:
    person = browser("organiser@example.org")
    for page in ("account", "change", "change-email", "organise/people/"):
        assert person.get(f"/{code}/{page}").status_code == 200
    assert person.get(f"/{code}/organise/people/{people.author.id}/").status_code == 200


@pytest.mark.parametrize("name", ["author", "moderator"])
def test_people_are_hidden_from_others(browser: Open, people: Cast, name: str) -> None:
    person = browser(f"{name}@example.org")
    one = f"/en/organise/people/{people.author.id}/"
    assert person.get("/en/organise/people/").status_code == 403
    assert person.get(one).status_code == 403
    assert person.post(one, {"roles": "administrator"}).status_code == 403
    assert person.post(one + "active", {"active": "no"}).status_code == 403
    assert browser().get("/en/organise/people/").status_code == 302


def test_roles_of_two_organisers_at_once_are_both_kept(
    browser: Open, people: Cast, db: Session
) -> None:
    """One changes the languages a moderator reads while another changes the tracks they serve."""
    organiser, subject = browser("organiser@example.org"), people.moderator
    organiser.get(f"/en/organise/people/{subject.id}/")
    db.rollback()
    sent = {"roles": ["moderator"], "serves": subject.serves, "reads": ["ko"]}
    subject.serves = ["jurist"]
    db.commit()
    assert organiser.submit(sent).status_code == 303
    db.refresh(subject)
    assert (subject.reads, subject.serves) == (["ko"], ["jurist"])
    assert Role.MODERATOR in subject.actor.roles


def test_people_are_searched_and_filtered(browser: Open, people: Cast) -> None:
    person = browser("organiser@example.org")
    person.get("/en/organise/people/")
    assert len(rows(person)) == 7
    person.get("/en/organise/people/?q=AUTEUR")
    assert rows(person) == ["author@example.org"]
    person.get("/en/organise/people/?role=moderator&q=jurist")
    assert rows(person) == ["jurist.moderator@example.org"]
    person.get("/en/organise/people/?q=%25")
    assert rows(person) == []
    assert person.get("/en/organise/people/?role=king").status_code == 200
    assert person.get("/en/organise/people/?q=%00").status_code == 404


def test_people_come_in_pages(browser: Open, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 4)
    person = browser("organiser@example.org")
    person.get("/en/organise/people/")
    first = rows(person)
    person.get(person.tree.xpath("//a[@rel='next']/@href")[0])
    assert first + rows(person) == sorted(
        f"{name}@example.org"
        for name in (
            "administrator", "author", "jurist.moderator", "moderator", "organiser",
            "other.moderator", "stranger",
        )
    )  # fmt: skip
    assert person.tree.xpath("//a[@rel='next']") == []


@pytest.mark.parametrize("others", [0, 2])
def test_people_cost_as_many_queries_however_many_they_are(
    app: Flask, browser: Open, db: Session, count_queries: Callable[..., Any], others: int
) -> None:
    make_account(db, "only@example.org", Role.ORGANISER)
    for number in range(others):
        make_account(db, f"p{number}@example.org", Role.MODERATOR)
    db.commit()
    person = browser("only@example.org")
    with count_queries(app.extensions["jsi_engine"]) as statements:
        person.get("/en/organise/people/")
    assert len(rows(person)) == 1 + others
    assert len(statements) == 4


def test_people_show_what_nobody_serves(browser: Open, db: Session) -> None:
    make_account(db, "organiser@example.org", Role.ORGANISER)
    make_account(db, "m@example.org", Role.MODERATOR, serves=["jurist"])
    make_account(db, "f@example.org", Role.MODERATOR, reads=["fr"], serves=["digital_actor"])
    db.commit()
    person = browser("organiser@example.org")
    person.get("/en/organise/people/")
    (warning,) = person.tree.xpath("//section[@aria-labelledby='uncovered']")
    assert warning.xpath(".//dt/text()") == ["Digital actors"]
    missing = warning.xpath(".//li/bdi/text()")
    assert len(missing) == 9
    assert "Français" not in missing


def test_an_organiser_appoints_a_moderator(browser: Open, people: Cast, db: Session) -> None:
    person = browser("organiser@example.org")
    address = f"/fr/organise/people/{people.stranger.id}/"
    person.get(address)
    fields = {"roles": ["moderator", "translator"], "reads": ["fr", "ar"], "serves": ["jurist"]}
    answer = person.submit(fields | {"translates": ["fr:ar"]})
    assert (answer.status_code, answer.location) == (303, address)
    db.rollback()
    db.refresh(people.stranger)
    assert people.stranger.actor.reads == {"fr", "ar"}
    assert people.stranger.actor.translates == {("fr", "ar")}
    person.get(address)
    assert person.tree.xpath("//input[@checked]/@value") == [
        "moderator", "translator", "jurist", "ar", "fr", "fr:ar",
    ]  # fmt: skip


def test_an_organiser_leaves_an_organiser_one(browser: Open, people: Cast, db: Session) -> None:
    """Roles an organiser may not touch are neither offered nor lost."""
    colleague = make_account(db, "colleague@example.org", Role.ORGANISER)
    db.commit()
    person = browser("organiser@example.org")
    address = f"/en/organise/people/{colleague.id}/"
    person.get(address)
    assert person.tree.xpath("//input[@name='roles']/@value") == ["moderator", "translator"]
    person.submit({"roles": ["moderator"], "reads": ["fr"], "serves": ["jurist"]})
    db.rollback()
    db.refresh(colleague)
    assert colleague.actor.roles == {Role.CONTRIBUTOR, Role.ORGANISER, Role.MODERATOR}
    assert person.post(address, {"roles": ["administrator"]}).status_code == 422


def test_a_moderator_without_languages_is_refused(browser: Open, people: Cast) -> None:
    person = browser("organiser@example.org")
    person.get(f"/en/organise/people/{people.stranger.id}/")
    assert person.submit({"roles": ["moderator"], "serves": ["jurist"]}).status_code == 422
    assert person.tree.xpath("//*[@id='reads-error']")


def test_the_last_administrator_stays(browser: Open, people: Cast) -> None:
    person = browser("administrator@example.org")
    address = f"/en/organise/people/{people.administrator.id}/"
    person.get(address)
    assert person.submit({"roles": []}, form=0).status_code == 422
    assert person.post(address + "active", {"active": "no"}).status_code == 422


def test_an_administrator_closes_and_opens_an_account(
    browser: Open, people: Cast, db: Session
) -> None:
    person = browser("administrator@example.org")
    address = f"/en/organise/people/{people.author.id}/"
    person.get(address)
    assert person.submit({}, form="active").location == address
    db.rollback()
    db.refresh(people.author)
    assert people.author.active is False
    person.get(address)
    person.submit({}, form="active")
    db.rollback()
    db.refresh(people.author)
    assert people.author.active is True
    organiser = browser("organiser@example.org")
    organiser.get(address)
    assert organiser.tree.xpath("//form[contains(@action, 'active')]") == []
    assert organiser.post(address + "active", {"active": "no"}).status_code == 403


def test_an_unknown_person_is_not_found(browser: Open, people: Cast) -> None:
    assert browser("organiser@example.org").get("/en/organise/people/99999/").status_code == 404
