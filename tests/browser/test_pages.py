"""Every page a person may come to: axe-core finds nothing, nothing runs out of the window."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from app.core.languages import CODES
from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

pytestmark = pytest.mark.browser

PUBLIC = (
    "/",
    "/questions/",
    "/questions/2017-state-measures/",
    "/contributions/",
    "/contributions/2017-J-001/",
    "/proceedings/",
    "/proceedings/proceedings-2017/",
    "/pages/about/",
    "/contribute/jurist/",
    "/login",
    "/register",
    "/reset",
    "/confirm",
    "/mailbox/",
    "/contributions/?language=ko&track=digital_actor&theme=governance",
)
SIGNED_IN = {
    "jurist": ("/account", "/my/contributions/", "/change", "/change-email"),
    "translator": ("/my/contributions/",),
    "moderator": ("/moderation/", "/moderation/?track=jurist&lang=it"),
    "administrator": (
        "/organise/",
        "/organise/editions/",
        "/organise/editions/new",
        "/organise/editions/standing/",
        "/organise/editions/standing/settings",
        "/organise/editions/standing/texts",
        "/organise/editions/standing/tracks/jurist/rules",
        "/organise/editions/standing/tracks/jurist/texts",
        "/organise/editions/standing/themes/new",
        "/organise/editions/standing/themes/response/settings",
        "/organise/editions/standing/themes/response/texts",
        "/organise/editions/standing/themes/response/questions/new",
        "/organise/questions/security-by-design/settings",
        "/organise/questions/security-by-design/texts",
        "/organise/pages/",
        "/organise/pages/about",
        "/organise/people/",
        "/organise/people/?q=nobody",
        "/organise/contributions/",
        "/organise/volumes/",
        "/organise/volumes/proceedings-2017/",
        "/organise/volumes/proceedings-2017/texts",
        "/organise/mail/",
    ),
}
# A list, and what is pressed from there on, page after page.
BEHIND = {
    "actor": (
        ("/my/contributions/", "main a[href$='/edit']", ".panel button[value=preview]"),
        ("/my/contributions/", "main a[href$='/edit']", ".panel button[value=check]"),
        ("/my/contributions/", "main a[href$='/edit']", "main button[value=references]"),
        ("/my/contributions/", "main .entries a:not([href$='/edit'])", ".timeline h3 a"),
    ),
    "jurist": (("/my/contributions/", "main li:has(.badge.bad) h2 a"),),
    "moderator": (("/moderation/", "main .entries h2 a"),),
    "administrator": (
        ("/organise/contributions/?state=published", "main td a", "a[href$='/correct']"),
        ("/organise/contributions/?state=published", "main td a", "a[href$='/remove']"),
        ("/organise/people/", "main td a"),
        ("/organise/volumes/proceedings-2017/", "main a[href*='/sections/']"),
    ),
}


#: Every desk from left to right and from right to left, in a script of each kind, wide and narrow.
LOOKS = [
    pytest.param("fr", WIDE, id="fr-wide"),
    pytest.param("ar", NARROW, id="ar-narrow"),
    pytest.param("zh", WIDE, id="zh-wide"),
]


@pytest.mark.parametrize("language", CODES)
def test_public_pages_are_accessible_in_every_language(
    visitor: Callable[..., Page], language: str
) -> None:
    person = Person(visitor(language, viewport=NARROW), language)
    for path in PUBLIC:
        person.open(path)


@pytest.mark.parametrize(("language", "viewport"), LOOKS)
@pytest.mark.parametrize("who", list(SIGNED_IN))
def test_desks_are_accessible(
    visitor: Callable[..., Page], who: str, language: str, viewport: dict[str, int]
) -> None:
    person = Person(visitor(language, viewport=viewport), language)
    person.sign_in(f"{who}@demo.example")
    for path in SIGNED_IN[who]:
        person.open(path)


@pytest.mark.parametrize(("language", "viewport"), LOOKS)
@pytest.mark.parametrize("who", list(BEHIND))
def test_pages_behind_a_list_are_accessible(
    visitor: Callable[..., Page], who: str, language: str, viewport: dict[str, int]
) -> None:
    person = Person(visitor(language, viewport=viewport), language)
    person.sign_in(f"{who}@demo.example")
    for path, *steps in BEHIND[who]:
        person.open(path)
        for step in steps:
            person.click(step)


#: Pages with parts that are folded away, and what is pressed first to come to them.
FOLDED = {
    "actor": (("/my/contributions/", "main a[href$='/edit']"),),
    "moderator": (("/moderation/", "main .entries h2 a"),),
    "administrator": (
        ("/organise/volumes/proceedings-2017/",),
        ("/organise/editions/standing/",),
    ),
}


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("who", list(FOLDED))
def test_what_is_unfolded_is_accessible_and_fits(
    visitor: Callable[..., Page], who: str, language: str
) -> None:
    person = Person(visitor(language, viewport=NARROW), language)
    person.sign_in(f"{who}@demo.example")
    for path, *steps in FOLDED[who]:
        person.open(path)
        for step in steps:
            person.click(step)
        parts = person.page.locator("main details")
        assert parts.count()
        parts.evaluate_all("parts => parts.forEach((part) => { part.open = true; })")
        person.check()


def test_tables_in_korean_break_between_words(visitor: Callable[..., Page]) -> None:
    person = Person(visitor("ko", viewport=NARROW), "ko")
    person.sign_in("organiser@demo.example")
    person.open("/organise/moderation/")
    rows = person.page.locator("main tr")
    assert rows.count()
    heights = rows.evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) < 200


def test_an_essay_prints_what_stands_around_it_smaller(visitor: Callable[..., Page]) -> None:
    reader = Person(visitor("fr"), "fr")
    reader.open("/contributions/2017-J-007/")
    expect(reader.page.locator("a[href$='/report/']")).to_be_visible()
    reader.page.emulate_media(media="print")
    expect(reader.page.locator("a[href$='/report/']")).to_be_hidden()
    text, abstract, note = (
        reader.page.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        for part in (".essay", ".essay .abstract p", ".essay .footnotes p")
    )
    assert abstract < text
    assert note < text


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_errors_are_accessible_and_take_the_focus(
    visitor: Callable[..., Page], language: str
) -> None:
    person = Person(visitor(language, viewport=NARROW), language)
    person.page.goto(f"/{language}/nothing-here")
    person.check()
    person.sign_in("translator@demo.example")
    person.page.goto(f"/{language}/organise/")
    person.check()
    person.open("/contribute/jurist/")
    person.click("main form button")
    person.click(".panel button[value=submit]")
    assert person.page.evaluate("document.activeElement.id") == "errors"


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_deciding_is_accessible(visitor: Callable[..., Page], language: str) -> None:
    person = Person(visitor(language, viewport=NARROW), language)
    person.sign_in("moderator@demo.example")
    person.open("/moderation/")
    person.click("main .entries > li:has(button[formaction$='/claim']) h2 a")
    person.click("main form[action$='/claim'] button")
    person.click("#decision form button:not([name])")
    expect(person.page.locator("#decision")).to_be_focused()
    person.page.locator("#decision details summary").first.click()
    person.click("#decision form[action$='/release'] button")


def test_taking_down_is_accessible(visitor: Callable[..., Page]) -> None:
    organiser = Person(visitor("fr"), "fr")
    organiser.sign_in("organiser@demo.example")
    organiser.open("/organise/contributions/?lang=ko&edition=2017&track=jurist")
    organiser.click("main td a")
    own = organiser.page.url
    organiser.click("a[href$='/remove']")
    organiser.page.fill("#reason", "Une raison.")
    organiser.click("main form button.danger")
    for language in ("fr", "ar", "zh"):
        reader = Person(visitor(language, viewport=NARROW), language)
        answer = reader.page.goto(f"/{language}/contributions/2017-J-005/")
        assert answer is not None
        assert answer.status == 410
        reader.check()
    organiser.page.goto(own)
    organiser.click("form[action$='/restore'] button")
    organiser.open("/contributions/2017-J-005/")


def test_focus_moves_to_the_errors_without_javascript(visitor: Callable[..., Page]) -> None:
    page = visitor("fr", javascript=False)
    page.goto("/fr/login")
    page.fill("#email", "nobody@example.org")
    page.fill("#password", "not the password")
    with page.expect_navigation():
        page.locator("main form:has(#password) button").click()
    expect(page.locator("#errors")).to_be_focused()


def _held(page: Page) -> list[Route]:
    """What the page sends to its own address from now on, and which gets no answer yet."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(page.url, hold)
    return held


def test_a_form_goes_out_once_however_often_it_is_pressed(visitor: Callable[..., Page]) -> None:
    person = Person(visitor("fr"), "fr")
    person.sign_in("jurist@demo.example")
    person.open("/contribute/jurist/")
    page, sent = person.page, _held(person.page)
    start = page.locator("main form button").first
    start.evaluate("button => { button.click(); setTimeout(() => button.click(), 200); }")
    page.wait_for_timeout(500)
    (only,) = sent
    with page.expect_navigation():
        only.continue_()
    assert re.search(r"/my/contributions/\d+/edit$", page.url)


def test_a_form_that_was_changed_goes_out_again(visitor: Callable[..., Page]) -> None:
    person = Person(visitor("fr"), "fr")
    person.sign_in("jurist@demo.example")
    person.open("/contribute/jurist/")
    page, sent = person.page, _held(person.page)
    start = page.locator("main form button").first
    start.evaluate(
        "button => { button.click(); setTimeout(() => {"
        ' button.form.elements.language.dispatchEvent(new Event("input", { bubbles: true }));'
        " button.click(); }, 200); }"
    )
    page.wait_for_timeout(500)
    _dropped, other = sent
    with page.expect_navigation():
        other.continue_()
    assert re.search(r"/my/contributions/\d+/edit$", page.url)


def test_a_menu_closes_with_escape_and_when_it_is_left(visitor: Callable[..., Page]) -> None:
    page = visitor("ar")
    page.goto("/ar/")
    menu = page.locator("header details")
    menu.locator("summary").press("Enter")
    expect(menu.locator("a[lang=ko]")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu.locator("a[lang=ko]")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(11):
        page.keyboard.press("Tab")
    expect(menu.locator("a[lang=ko]")).to_be_hidden()


def test_what_is_not_undone_says_so_first_without_javascript(
    visitor: Callable[..., Page],
) -> None:
    person = Person(visitor("fr", javascript=False), "fr", javascript=False)
    person.sign_in("jurist@demo.example")
    person.open("/contribute/jurist/")
    person.click("main form button")
    person.page.goto(person.page.url.removesuffix("edit"))
    delete = person.page.locator("main form[action$='/discard'] button")
    expect(delete).to_be_hidden()
    person.page.locator("main details.confirm summary").click()
    with person.page.expect_navigation():
        delete.click()
    assert person.page.url.endswith("/fr/my/contributions/")


def test_switching_the_language_keeps_the_page(visitor: Callable[..., Page]) -> None:
    page = visitor("fr")
    page.goto("/fr/contributions/?track=jurist&theme=response")
    page.locator("header details summary").first.click()
    page.locator("header a[lang=ar]").click()
    page.wait_for_url("**/ar/contributions/?track=jurist&theme=response")
    page.goto("/")
    assert page.url.endswith("/ar/"), "the choice is remembered"


def test_nothing_is_loaded_from_another_host_and_no_script_is_inline(
    visitor: Callable[..., Page], site: str
) -> None:
    page = visitor("fr")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in PUBLIC:
        page.goto(f"/fr{path}")
    assert all(address.startswith(site) for address in asked)
    assert complaints == []


@pytest.mark.parametrize(
    ("who", "steps"),
    [("jurist", ["/my/contributions/", "main h2 a"]), ("organiser", ["/organise/editions/"])],
)
def test_moments_are_shown_in_the_readers_time_zone(
    visitor: Callable[..., Page], who: str, steps: list[str]
) -> None:
    person = Person(visitor("fr", zone="America/Sao_Paulo"), "fr")
    person.sign_in(f"{who}@demo.example")
    path, *links = steps
    person.open(path)
    for link in links:
        person.click(link)
    moment = person.page.locator("time.clock").first
    expect(moment).to_have_text(re.compile("UTC[−-]3"))
    expect(moment).to_have_attribute("title", re.compile("UTC|France"))
