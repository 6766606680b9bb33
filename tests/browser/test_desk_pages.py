"""Every page of the desk on a phone, from right to left, and by key; axe-core goes over each."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person
from tests.browser.test_desk import Visitor, focused, moderator

#: Pages whose addresses are known; the others are reached from them.
OF_MODERATORS = (
    "/moderation/?narrow=1",
    "/moderation/appeals/?narrow=1",
    "/moderation/reports/?narrow=1",
    "/moderation/reports/?closed=1",
    "/moderation/all/?narrow=1",
    "/moderation/all/runs/",
    "/transparency/",
)
OF_ORGANISERS = (
    "/organise/moderation/",
    "/organise/editions/standing/decisions",
    "/moderation/all/?narrow=1",
    "/moderation/reports/",
)
#: Where links lead to such pages, and which.
LINKED = (
    ("/organise/moderation/", ".plain > li p a"),
    ("/organise/editions/standing/", "a[href$='/jurist/reasons/']"),
    ("/organise/editions/standing/", "a[href$='/jurist/messages/']"),
    ("/organise/editions/standing/tracks/jurist/reasons/", "a[href$='/offer']"),
)


def organiser(visitor: Visitor, language: str, viewport: dict[str, int]) -> Person:
    somebody = Person(visitor(language, viewport=viewport), language)
    somebody.sign_in("organiser@demo.example")
    return somebody


def follow(person: Person, selector: str) -> None:
    """Open what the first such link leads to."""
    address = person.page.locator(f"main {selector}").first.get_attribute("href")
    assert address, selector
    person.page.goto(address.partition("#")[0])
    person.check()


def keys_of(page: Page) -> list[str]:
    """The keys that are listed, once their dialog is open; it is closed again."""
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    shown = page.locator("#keys kbd:visible").all_inner_texts()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    # The browser gives the focus back a moment later.
    expect(page.locator("dialog :focus")).to_have_count(0)
    return shown


def test_every_page_of_the_desk_on_a_phone(visitor: Visitor) -> None:
    person = moderator(visitor, "ar", NARROW)
    for address in OF_MODERATORS:
        person.open(address)
    person.open("/moderation/")
    person.page.locator(".entries > li:has(button) h2 a").first.focus()
    with person.page.expect_navigation():
        person.page.keyboard.press("c")
    essay = person.page.url.split("?")[0]
    # The form of the decision, a preview, giving it away, its record, a conflict.
    person.check()
    for tail in ("hand-over", "record", "conflict", "messages"):
        person.page.goto(f"{essay}{tail}")
        person.check()
    person.page.goto(essay)
    with person.page.expect_navigation():
        person.page.keyboard.press("r")
    person.open("/moderation/reports/")
    follow(person, ".entries h2 a")
    person.open("/moderation/all/")
    person.page.check("[name=action][value=note]")
    person.page.fill("#note", "À relire.")
    person.click("form.acts button")
    assert person.page.locator("[name=contribution]").count()
    person.click("main form[action$='start'] button")
    expect(person.page.locator("[data-running]")).to_have_count(0)
    person.check()


def test_every_page_of_organisers_at_the_desk_on_a_phone(visitor: Visitor) -> None:
    person = organiser(visitor, "ar", NARROW)
    for address in OF_ORGANISERS:
        person.open(address)
    for address, link in LINKED:
        person.page.goto(f"/ar{address}")
        follow(person, link)
    # The last decision on one that was rejected, on the page on which it is undone.
    person.page.goto("/ar/organise/contributions/?q=state:rejected")
    person.page.goto(str(person.page.locator("td a").first.get_attribute("href")))
    follow(person, "a[href$='/undo']")


def test_every_page_of_the_desk_has_its_keys(visitor: Visitor) -> None:
    person = moderator(visitor, "fr", WIDE)
    page = person.page
    person.open("/moderation/appeals/")
    assert keys_of(page) == ["?", "j", "k", "Enter", "/", "Esc"]
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('.entries h2 a')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "c" in keys_of(page)
    with page.expect_navigation():
        page.keyboard.press("c")
    person.check()
    # Of an appeal it says appeal; what was done is announced.
    assert keys_of(page) == ["?", "r", "d", "Esc"]
    released = page.locator("#keys div:not([hidden])", has=page.locator("kbd", has_text="r"))
    assert "/appeals/" in str(released.get_attribute("data-at"))
    page.keyboard.press("d")
    assert focused(page) == "decision"
    with page.expect_navigation():
        page.keyboard.press("r")
    expect(page.locator("#desk-said")).not_to_be_empty()
    page.goto("/fr/moderation/reports/")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert keys_of(page) == ["?", "d", "Esc"]
    page.keyboard.press("d")
    assert focused(page) == "decision"
    page.goto("/fr/moderation/all/")
    assert keys_of(page) == ["?", "/", "Esc"]
