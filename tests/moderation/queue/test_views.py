"""The queue's page, and the next one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.search.language import KEYS
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.http import Browser
from tests.moderation.desk import Open, messages, page_of


def test_queue_page_shows_what_waits(
    db: Session, people: Cast, standing: Edition, waiting: Contribution, moderator: Browser
) -> None:
    make_contribution(db, people.author, edition=standing, language="ar")
    db.commit()
    page = moderator.get("/en/moderation/")
    assert page.status_code == 200
    assert "2 essays wait in your languages and tracks." in page.text
    titles = moderator.tree.xpath("//ol[@class='entries']/li/h2/a")
    assert [(title.get("lang"), title.get("dir"), title.text_content()) for title in titles] == [
        ("fr", "ltr", "De la paix"),
        ("ar", "rtl", "في السلام"),
    ]
    assert moderator.tree.xpath("//ul[@class='lanes']/li/a/@href") == [
        "/en/moderation/?q=track:jurist+lang:ar",
        "/en/moderation/?q=track:jurist+lang:fr",
    ]


def test_queue_page_by_language(
    db: Session, people: Cast, standing: Edition, waiting: Contribution, moderator: Browser
) -> None:
    make_contribution(db, people.author, edition=standing, language="ar")
    db.commit()
    # The form's controls make an address that can be passed on.
    moved = moderator.get("/fr/moderation/?q=&was=&track=&lang=ar&age=&is=&reason=&author=")
    assert (moved.status_code, moved.location) == (302, "/fr/moderation/?q=lang:ar")
    page = moderator.get(moved.location)
    assert "في السلام" in page.text
    assert "De la paix" not in page.text
    assert moderator.tree.xpath("//select[@name='lang']/option[@selected]/@value") == ["ar"]
    page = moderator.get("/en/moderation/?q=lang:ar+track:digital_actor&after=nonsense")
    assert page.status_code == 200
    assert "Nothing waits here." in page.text


def test_queue_page_says_what_of_a_search_is_wrong(
    waiting: Contribution, moderator: Browser
) -> None:
    page = moderator.get("/en/moderation/?q=lang:tlh+colour:red")
    assert page.status_code == 422
    [line] = moderator.tree.xpath("//input[@name='q']")
    assert line.get("value") == "lang:tlh colour:red"
    assert moderator.tree.xpath("//div[@id='q-error']/p/text()") == [
        "“lang:tlh” cannot be searched for in this way. Please choose below.",
        "“colour:red” is not something that can be searched for.",
    ]
    page = moderator.get("/en/moderation/?age=soon")
    assert page.status_code == 422
    assert moderator.tree.xpath("//select[@name='age']/@aria-invalid") == ["true"]


def test_queue_page_without_controls_until_they_are_wanted(
    waiting: Contribution, moderator: Browser
) -> None:
    moderator.get("/en/moderation/")
    assert moderator.tree.xpath("//form[contains(@class, 'search')]//select") == []
    [wide] = moderator.tree.xpath("//a[text()='Narrow the search']/@href")
    moderator.get(wide)
    names = moderator.tree.xpath(
        "//form[contains(@class, 'search')]//*[self::select or self::input]/@name"
    )
    assert set(names) == {"was", "q", *KEYS} - {""}


def test_queue_page_goes_on(
    db: Session, people: Cast, standing: Edition, moderator: Browser
) -> None:
    for _ in range(21):
        make_contribution(db, people.author, edition=standing)
    db.commit()
    moderator.get("/en/moderation/")
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == 20
    [following] = moderator.tree.xpath("//a[@rel='next']/@href")
    moderator.get(following)
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == 1
    assert not moderator.tree.xpath("//a[@rel='next']")


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_page_query_count(
    app: Flask,
    db: Session,
    people: Cast,
    standing: Edition,
    moderator: Browser,
    count_queries: Callable[..., Any],
    rows: int,
) -> None:
    for _ in range(rows):
        made = make_contribution(db, people.author, edition=standing)
        claiming.claim(db, people.actor("other_moderator"), made.id)
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        moderator.get("/en/moderation/")
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == rows
    # Who it is, how much there is to do, the queue.
    assert len(statements) == 3


def test_queue_page_is_for_moderators(browser: Open, people: Cast, waiting: Contribution) -> None:
    assert browser().get("/en/moderation/").status_code == 302
    for email in ("author", "stranger", "organiser", "administrator"):
        visitor = browser(f"{email}@example.org")
        assert visitor.get("/en/moderation/").status_code == 403
        assert visitor.post("/en/moderation/next").status_code == 403


def test_take_next_opens_the_oldest(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.get("/en/moderation/")
    assert moderator.submit({}, form="/next").headers["Location"] == page_of(waiting)
    db.rollback()
    assert db.get_one(Claim, waiting.id).moderator_id == people.moderator.id


def test_take_next_when_all_is_taken_says_so(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    moderator.get("/en/moderation/")
    moderator.submit({}, form="/next", follow_redirects=True)
    assert "There is nothing left to take in hand." in messages(moderator)


def test_take_next_takes_the_best_of_the_search_and_goes_on_in_it(
    db: Session, people: Cast, standing: Edition, waiting: Contribution, moderator: Browser
) -> None:
    arabic = [
        make_contribution(db, people.author, edition=standing, language="ar") for _ in range(2)
    ]
    db.commit()
    here = "?q=lang:ar"
    moderator.get("/en/moderation/" + here)
    assert "Take the next one of your search" in moderator.get("/en/moderation/" + here).text
    first = moderator.submit({}, form="/next", follow_redirects=True)
    assert first.request.full_path == page_of(arabic[0], here)
    second = moderator.submit({}, form="/release-and-next", follow_redirects=True)
    assert second.request.full_path == page_of(arabic[1], here)
    back = moderator.submit({}, form="/release")
    assert back.location == "/en/moderation/" + here
    # A claim from the list, and the decision on it, lead back to the same search.
    taken = moderator.post(page_of(arabic[1], "claim"), {"q": "lang:ar"})
    assert taken.location == page_of(arabic[1], here)
    moderator.get(taken.location)
    assert moderator.submit({}, form="/spam").location == "/en/moderation/" + here
    moderator.get(page_of(arabic[0], here))
    moderator.submit({}, form="/claim", follow_redirects=True)
    moderator.get("/en/moderation/" + here)
    moderator.submit({}, form="/next", follow_redirects=True)
    assert "Nothing that this search finds is left to take in hand." in messages(moderator)
    db.rollback()
    assert db.get(Claim, waiting.id) is None


def test_take_next_of_a_search_that_is_none_takes_nothing(
    db: Session, waiting: Contribution, moderator: Browser
) -> None:
    answer = moderator.post("/en/moderation/next", {"q": "colour:red"})
    assert answer.location == "/en/moderation/?q=colour:red"
    db.rollback()
    assert db.get(Claim, waiting.id) is None


def test_queue_page_shows_some_of_what_is_in_hand_and_leads_to_the_rest(
    db: Session, people: Cast, standing: Edition, moderator: Browser
) -> None:
    for number in range(6):
        made = make_contribution(db, people.author, edition=standing)
        claiming.claim(db, people.actor("moderator"), made.id)
        if number == 4:
            db.commit()
            moderator.get("/en/moderation/")
            assert not moderator.tree.xpath("//section[@aria-labelledby='in-hand']/p")
    db.commit()
    moderator.get("/en/moderation/")
    [held] = moderator.tree.xpath("//section[@aria-labelledby='in-hand']")
    assert len(held.xpath("./ul[@class='plain']/li")) == 5
    [essays, appeals] = held.xpath("./ul[@class='meta']//a/@href")
    moderator.get(essays)
    assert len(moderator.tree.xpath("//ol[@class='entries']/li")) == 6
    assert moderator.get(appeals).status_code == 200
