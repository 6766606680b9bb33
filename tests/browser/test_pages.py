"""Every page a person may come to: axe-core finds nothing, nothing runs out of the window."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.core.languages import CODES
from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

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
)
SIGNED_IN = {
    "jurist": ("/account", "/my/contributions/", "/change", "/change-email"),
    "moderator": ("/moderation/",),
    "administrator": (
        "/organise/",
        "/organise/editions/",
        "/organise/editions/standing/",
        "/organise/pages/",
        "/organise/pages/about",
        "/organise/people/",
        "/organise/contributions/",
        "/organise/volumes/",
        "/organise/volumes/proceedings-2017/",
        "/organise/mail/",
    ),
}


@pytest.mark.parametrize("language", CODES)
def test_public_pages_are_accessible_in_every_language(
    visitor: Callable[..., Page], language: str
) -> None:
    person = Person(visitor(language, viewport=NARROW), language)
    for path in PUBLIC:
        person.open(path)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
@pytest.mark.parametrize("who", list(SIGNED_IN))
def test_desks_are_accessible(
    visitor: Callable[..., Page], who: str, language: str, viewport: dict[str, int]
) -> None:
    person = Person(visitor(language, viewport=viewport), language)
    person.sign_in(f"{who}@demo.example")
    for path in SIGNED_IN[who]:
        person.open(path)


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
