"""Following an essay in a real browser: points answered, versions beside each other, taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person
from tests.browser.test_story import SENTENCES, TITLES, WORDS, essay

pytestmark = pytest.mark.browser

MORE = {"fr": "Un mot nouveau.", "ar": "كلمة جديدة.", "zh": "新的一句。"}
TURNS = [
    pytest.param("fr", WIDE, True, id="fr-wide"),
    pytest.param("ar", NARROW, True, id="ar-narrow"),
    pytest.param("zh", WIDE, False, id="zh-without-javascript"),
]


@pytest.mark.parametrize(("language", "viewport", "javascript"), TURNS)
def test_following_an_essay(
    visitor: Callable[..., Page], language: str, viewport: dict[str, int], javascript: bool
) -> None:
    def person(email: str) -> Person:
        page = visitor(language, viewport=viewport, javascript=javascript)
        somebody = Person(page, language, javascript=javascript)
        somebody.sign_in(email)
        return somebody

    author, moderator = person("jurist@demo.example"), person("moderator@demo.example")
    written = essay(language, "jurist")
    number = author.write("jurist", written)
    own = author.page.url.removesuffix("/").rsplit("/", 1)[1]
    moderator.decide(number, "changes", points=f"{WORDS[language]}\n{TITLES[language]}")

    # Each point has its own answer, on the page of the essay.
    author.open(f"/my/contributions/{own}/edit")
    page = author.page
    expect(page.locator("#point-1")).to_contain_text(TITLES[language])
    page.fill("#answers-0", MORE[language])
    author.write_plainly()
    page.fill("#body", page.input_value("#body").replace("**", f"{MORE[language]} **", 1))
    author.click(".panel button[value=save]")
    expect(page.locator("#answers-0")).to_have_value(MORE[language])

    # What is being written beside what was submitted.
    author.open(f"/my/contributions/{own}/compare")
    side, merged = (".new", ".both") if viewport is WIDE else (".both", ".new")
    changed = page.locator(".compared .row.changed").first
    expect(changed.locator(f"{side} ins").first).to_contain_text(MORE[language].split(" ")[0])
    expect(changed.locator(side)).to_be_visible()
    expect(changed.locator(merged)).to_be_hidden()
    expect(page.locator(".compared details")).to_have_count(1)

    author.open(f"/my/contributions/{own}/edit")
    author.click(".panel button[value=submit]")
    told = page.locator(".timeline > li")
    expect(told).to_have_count(5)
    expect(told.first).to_contain_text(MORE[language])
    assert "Samira" not in page.inner_text("main")

    # The moderator sees the answers beside the points, and the versions.
    moderator.open(f"/moderation/?track=jurist&lang={language}")
    moderator.click(f"main li:has-text('{number}') h2 a")
    expect(moderator.page.locator(".points > li").first).to_contain_text(MORE[language])
    moderator.click("main a[href$='/compare']")
    expect(moderator.page.locator(f".compared {side} ins").first).to_be_visible()

    # Taken back, and up again.
    author.click("main a[href$='/withdraw']")
    page.fill("#reason", SENTENCES[language])
    author.click("main form:has(#reason) button")
    expect(told.first).to_contain_text(SENTENCES[language])
    author.click("form[action$='/revive'] button")
    author.click("main a[href$='/edit']")
    assert page.input_value("#title") == written["title"]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_more_time_is_given_by_the_author_s_address(
    visitor: Callable[..., Page], language: str
) -> None:
    organiser = Person(visitor(language), language)
    organiser.sign_in("organiser@demo.example")
    organiser.open("/organise/extensions/?author=actor@demo.example")
    organiser.click("main .entries a.button")
    organiser.page.fill("#until", "2099-01-01T12:00")
    organiser.page.fill("#reason", SENTENCES[language])
    organiser.click("main form:has(#until) button")
    expect(organiser.page.locator("main .entries time").first).to_be_visible()
