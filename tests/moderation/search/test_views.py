"""Every list that can be searched: a control for each key, an address for each result."""

from typing import Any

import pytest
from lxml import html
from sqlalchemy.orm import Session

from app.editions.models import Question
from app.moderation.search.forms import CONTROLS
from app.moderation.search.language import KEYS
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open

#: Each list, and who has it.
LISTS = [
    ("/en/moderation/", "moderator"),
    ("/en/moderation/appeals/", "moderator"),
    ("/en/moderation/reports/", "moderator"),
    ("/en/moderation/reports/", "organiser"),
    ("/en/moderation/all/", "moderator"),
    ("/en/moderation/all/", "organiser"),
    ("/en/organise/contributions/", "organiser"),
]
lists = pytest.mark.parametrize(("address", "name"), LISTS)


def _search(visitor: Browser) -> Any:
    [form] = visitor.tree.xpath("//form[contains(@class, 'search')]")
    return form


def _visitor(browser: Open, people: Cast, name: str) -> Browser:
    return browser(getattr(people, name).email)


def test_each_key_has_a_control() -> None:
    assert {*CONTROLS} == {*KEYS} - {""}


@lists
def test_each_key_has_a_control_on_each_list(
    browser: Open, people: Cast, address: str, name: str
) -> None:
    visitor = _visitor(browser, people, name)
    visitor.get(address)
    shown = set(_search(visitor).xpath(".//*[@name]/@name"))
    assert shown == {"q"}
    visitor.get(address + "?narrow=1")
    form = _search(visitor)
    for key in KEYS:
        [control] = form.xpath(f".//*[@name='{key or 'q'}']")
        assert form.xpath(f".//label[@for='{control.get('id')}']")


@lists
def test_what_the_controls_say_is_an_address(
    browser: Open, db: Session, people: Cast, address: str, name: str
) -> None:
    essay = make_contribution(db, people.author, edition=make_edition(db))
    question = db.get_one(Question, essay.question_id)
    question.title = {"fr": "Que faire ?"}
    db.commit()
    visitor = _visitor(browser, people, name)
    visitor.get(address + "?narrow=1")
    choice = _search(visitor).xpath(f".//option[@value='{question.slug}']")
    assert [(each.text, each.get("lang")) for each in choice] == [("Que faire ?", "fr")]
    said = f"q=&was=&question={question.slug}&number={essay.number}&age=%3E1d"
    moved = visitor.get(f"{address}?{said}")
    line = f"question:{question.slug}+age:%3E1d+number:{essay.number}"
    assert moved.location == f"{address}?q={line}"
    assert visitor.get(moved.location).status_code == 200
    values = dict(_search(visitor).form_values())
    assert (values["question"], values["number"]) == (question.slug, essay.number)


@lists
def test_what_is_not_offered_stays_as_it_was_typed(
    browser: Open, people: Cast, address: str, name: str
) -> None:
    visitor = _visitor(browser, people, name)
    visitor.get(f"{address}?q=state:changes_requested+question:gone+age:>5d")
    values = dict(_search(visitor).form_values())
    assert (values["question"], values["age"]) == ("gone", ">5d")
    sent = "&".join(f"{key}={value}" for key, value in values.items())
    again = visitor.get(f"{address}?{sent}".replace(">", "%3E"))
    assert again.location == f"{address}?q=state:changes_requested+question:gone+age:%3E5d"


@lists
def test_what_is_wrong_is_said_on_each_list(
    browser: Open, people: Cast, address: str, name: str
) -> None:
    page = _visitor(browser, people, name).get(address + "?q=colour:red")
    assert page.status_code == 422
    assert html.document_fromstring(page.text).xpath("//div[@id='q-error']")


def test_closed_cases_stay_closed_ones(browser: Open, people: Cast) -> None:
    moderator = browser(people.moderator.email)
    moderator.get("/en/moderation/reports/?closed=1&narrow=1")
    assert dict(_search(moderator).form_values())["closed"] == "1"
    moved = moderator.get("/en/moderation/reports/?closed=1&q=&was=&lang=fr")
    assert moved.location == "/en/moderation/reports/?q=lang:fr&closed=1"
