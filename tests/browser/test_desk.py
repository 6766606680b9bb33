"""The moderators' desk in a real browser: keys, what is announced, the lease."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

pytestmark = pytest.mark.browser

TURNS = [
    pytest.param("fr", WIDE, id="fr-wide"),
    pytest.param("ar", NARROW, id="ar-narrow"),
]
Visitor = Callable[..., Page]
HELD = re.compile(r"/moderation/\d+/$")


def moderator(visitor: Visitor, language: str, viewport: dict[str, int] | None = None) -> Person:
    somebody = Person(visitor(language, viewport=viewport), language)
    somebody.sign_in("moderator@demo.example")
    return somebody


def press(person: Person, key: str) -> None:
    """Press a key that leads to another page, and check that page."""
    with person.page.expect_navigation():
        person.page.keyboard.press(key)
    person.check()


def focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize(("language", "viewport"), TURNS)
def test_everything_by_key(visitor: Visitor, language: str, viewport: dict[str, int]) -> None:
    person = moderator(visitor, language, viewport)
    person.open("/moderation/")
    page, keys = person.page, person.page.locator("#keys")
    expect(page.locator("#keys-open")).to_be_visible()

    page.keyboard.press("?")
    expect(keys).to_be_visible()
    person.check()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    # The browser gives the focus back a moment later.
    expect(page.locator("dialog :focus")).to_have_count(0)

    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("c/")
    expect(page.locator("#q")).to_have_value("c/")
    page.evaluate("document.activeElement.blur()")

    links = page.locator(".entries > li h2 a")
    assert links.count() > 1
    page.keyboard.press("j")
    first = focused(page)
    assert first == links.nth(0).get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert focused(page) == links.nth(1).get_attribute("id")
    page.keyboard.press("k")
    assert focused(page) == first
    page.keyboard.press("Control+c")
    # Nothing here can be released.
    page.keyboard.press("r")
    expect(page.locator("#desk-said")).not_to_be_empty()

    press(person, "c")
    expect(page).to_have_url(HELD)
    expect(page.locator("#lease")).to_be_visible()
    expect(page.locator("#desk-said")).not_to_be_empty()
    page.keyboard.press("d")
    assert focused(page) == "decision"
    page.focus("#words")
    page.keyboard.type("drn?")
    expect(page.locator("#words")).to_have_value("drn?")
    expect(keys).to_be_hidden()
    page.evaluate("document.activeElement.blur()")
    held = page.url
    press(person, "n")
    assert page.url != held
    press(person, "r")
    expect(page).to_have_url(re.compile("/moderation/$"))
    expect(page.locator("#desk-said")).not_to_be_empty()


def test_the_preview_has_its_dates_in_the_authors_language(visitor: Visitor) -> None:
    person = moderator(visitor, "fr")
    page = person.page
    person.open("/moderation/?q=lang:en")
    page.locator(".entries > li:has(button) h2 a").first.focus()
    press(person, "c")
    page.check("input[name=reasons][value=relevant]")
    page.check("input[name=verdict][value=accept]")
    with page.expect_navigation():
        page.click("button[name=preview]")
    english = re.compile(r"was made on \d+ \w+ \d{4} at \d\d:\d\d UTC")
    expect(page.locator("#preview")).to_contain_text(english)
    page.evaluate("document.activeElement.blur()")
    press(person, "r")


def test_keys_are_switched_off_and_stay_so(visitor: Visitor) -> None:
    person = moderator(visitor, "fr")
    person.open("/moderation/")
    page = person.page
    page.click("#keys-open")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    person.open("/moderation/")
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    assert focused(page) == ""
    page.click("#keys-open")
    page.check("#keys-on")
    page.locator("#keys form button").click()
    expect(page.locator("dialog :focus")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def taken(
    visitor: Visitor, language: str, viewport: dict[str, int], search: str = ""
) -> tuple[Person, list[int]]:
    """Somebody with an essay in hand, whose clock is ours; the statuses of renewals."""
    person = moderator(visitor, language, viewport)
    page = person.page
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if answer.url.endswith("/renew") else None,
    )
    person.open(f"/moderation/{search}")
    page.locator(".entries > li:has(button) h2 a").first.focus()
    page.clock.install()
    press(person, "c")
    return person, answers


@pytest.mark.parametrize(("language", "viewport"), TURNS)
def test_lease_is_renewed_while_one_works_and_warns_when_not(
    visitor: Visitor, language: str, viewport: dict[str, int]
) -> None:
    person, answers = taken(visitor, language, viewport)
    page, lease = person.page, person.page.locator("#lease")
    page.clock.run_for("04:00")
    page.keyboard.press("Shift")
    page.clock.run_for("00:50")
    assert answers == []
    with page.expect_response("**/renew") as renewed:
        page.clock.run_for("00:20")
    # In whole: our clock would otherwise run out for an answer that is still on its way.
    renewed.value.finished()
    page.clock.run_for("01:00")
    assert answers == [200]
    # Nobody is there: it is not renewed, and shortly before its end says so.
    page.clock.fast_forward("20:00")
    page.clock.run_for("00:10")
    assert answers == [200]
    expect(lease).not_to_have_attribute("data-state", "warning")
    page.clock.fast_forward("06:00")
    page.clock.run_for("00:10")
    expect(lease).to_have_attribute("data-state", "warning")
    person.check()
    prolong = lease.locator("button")
    expect(prolong).to_be_visible()
    with page.expect_response("**/renew"):
        prolong.click()
    expect(lease).not_to_have_attribute("data-state", "warning")
    expect(prolong).to_be_hidden()
    assert answers == [200, 200]
    page.clock.fast_forward("31:00")
    page.clock.run_for("00:10")
    expect(lease).to_have_attribute("data-state", "lost")
    person.check()
    press(person, "r")


def test_lease_that_was_given_to_another_is_said_at_once(visitor: Visitor) -> None:
    # Before, since the other one's clock goes on meanwhile.
    organiser = Person(visitor("fr"), "fr")
    organiser.sign_in("organiser@demo.example")
    person, answers = taken(visitor, "fr", WIDE, "?q=track:jurist+lang:ar")
    page = person.page
    number = page.url.partition("?")[0].removesuffix("/").rpartition("/")[2]
    organiser.open(f"/organise/moderation/{number}/")
    organiser.page.locator("#to input").first.check()
    organiser.page.fill("#note", "Merci de relire.")
    organiser.click("main form button")
    page.clock.run_for("04:00")
    page.locator("#words").press("Shift")
    with page.expect_response("**/renew"):
        page.clock.run_for("01:10")
    expect(page.locator("#lease")).to_have_attribute("data-state", "lost")
    assert answers == [409]


def test_lease_survives_a_site_that_is_away(visitor: Visitor) -> None:
    person, answers = taken(visitor, "fr", WIDE)
    page = person.page

    def away(route: Route) -> None:
        route.abort()

    page.route("**/renew", away)
    page.clock.run_for("04:50")
    page.keyboard.press("Shift")
    with page.expect_event("requestfailed"):
        page.clock.run_for("00:20")
    page.unroute("**/renew")
    page.wait_for_timeout(300)
    with page.expect_response("**/renew"):
        page.clock.run_for("00:40")
    assert answers == [200]
    press(person, "r")


def test_organisers_see_who_moderates_what(visitor: Visitor) -> None:
    organiser = Person(visitor("ar", viewport=NARROW), "ar")
    organiser.sign_in("organiser@demo.example")
    organiser.open("/organise/")
    organiser.click("main a[href$='/organise/moderation/']")
    expect(organiser.page.locator("main table")).to_have_count(2)


@pytest.mark.parametrize(("language", "viewport"), TURNS)
def test_one_action_on_many(visitor: Visitor, language: str, viewport: dict[str, int]) -> None:
    person = moderator(visitor, language, viewport)
    page = person.page
    person.open("/moderation/all/?narrow=1")
    expect(page.locator("#note, #words, #points, #to")).to_have_count(4)
    for field in ("#note", "#words", "#points", "#to", "#reasons"):
        expect(page.locator(field)).to_be_hidden()
    page.check("[name=action][value=changes]")
    for field in ("#words", "#points", "#reasons"):
        expect(page.locator(field)).to_be_visible()
    person.check()
    page.check("[name=action][value=note]")
    expect(page.locator("#words")).to_be_hidden()
    person.click("form.acts button")
    person.check()
    page.fill("#note", "À relire.")
    person.click("form.acts button")

    boxes = page.locator("[name=contribution]")
    assert boxes.count() > 1
    number = boxes.count()
    boxes.first.check()
    person.click("main form[action*='without'] button")
    expect(boxes).to_have_count(number - 1)
    person.click("main form[action$='start'] button")
    # The script follows the worker to the end; nobody loads the page again.
    expect(page.locator("[data-running]")).to_have_count(0)
    expect(page.locator("main .badge.good")).to_be_visible()
    expect(page.locator("main progress")).to_have_attribute("value", str(number - 1))
    person.check()
