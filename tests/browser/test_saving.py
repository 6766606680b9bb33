"""No word is lost: lines that go down, sessions that end, windows that meet."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NARROW
from tests.browser.drafts import (
    AUTHOR,
    OTHER,
    WORDS,
    begin,
    expect_kept,
    expect_state,
    kept,
    stored,
    write,
    write_and_save,
)
from tests.browser.person import Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["fr", "ar", "zh", "ko"])
def test_what_is_typed_is_saved_after_a_pause(visitor: Callable[..., Page], language: str) -> None:
    page = visitor(language)
    begin(page, language)
    counted = page.locator("#body-length").inner_text()
    write_and_save(page, WORDS[language][0])
    assert WORDS[language][0] in stored(page)
    assert kept(page) == []
    expect(page.locator("#body-length")).not_to_have_text(counted)
    write_and_save(page, WORDS[language][1])
    assert WORDS[language][1] in stored(page)
    assert kept(page) == []
    # Nothing is unsaved: no question on leaving, nothing offered on coming back.
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("main .notice [data-act]").count() == 0


def test_a_slow_line_shows_that_it_is_saving_until_it_is_saved(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("ar")
    begin(page, "ar")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/autosave", hold)
    write(page, WORDS["ar"][0])
    expect_state(page, "saving")
    expect_kept(page, WORDS["ar"][0])
    assert WORDS["ar"][0] not in stored(page)
    (route,) = waiting
    route.continue_()
    expect_state(page, "saved")
    assert WORDS["ar"][0] in stored(page)
    assert kept(page) == []


@pytest.mark.parametrize(("language", "viewport"), [("ar", NARROW), ("zh", None)])
def test_two_windows_are_put_together_and_both_texts_are_there(
    visitor: Callable[..., Page], language: str, viewport: dict[str, int] | None
) -> None:
    one = visitor(language, viewport=viewport)
    begin(one, language)
    write_and_save(one, "A.\n\n")
    two = one.context.new_page()
    two.goto(one.url)
    person = Person(two, language)
    write_and_save(one, WORDS[language][0])
    write(two, WORDS[language][1])
    expect_state(two, "conflict")
    write(two, " B.")  # nobody is interrupted
    expect_kept(two, " B.")
    with two.expect_navigation():
        two.click("#save-merge")
    person.check()
    shown = two.inner_text("main")
    assert WORDS[language][0] in shown.replace("\n", "")
    assert WORDS[language][1] in shown.replace("\n", "")
    with two.expect_navigation():
        two.click("main form button[value=merged]")
    person.check()
    for text in (*WORDS[language], "A.", "B."):
        assert text in stored(two)
    assert kept(two) == []
    two.goto(two.url.replace("/edit", "/versions/"))
    person.check()
    assert two.locator("tbody tr").count() >= 4


@pytest.mark.parametrize("language", ["fr", "ar", "zh", "ko"])
def test_a_line_that_goes_down_costs_nothing(visitor: Callable[..., Page], language: str) -> None:
    page = visitor(language)
    begin(page, language)
    page.context.set_offline(True)
    write(page, WORDS[language][0])
    expect_state(page, "offline")
    write(page, WORDS[language][1])
    expect_kept(page, WORDS[language][1])
    page.context.set_offline(False)
    expect_state(page, "saved")
    for text in WORDS[language]:
        assert text in stored(page)
    assert kept(page) == []


@pytest.mark.parametrize("language", ["ko", "ar"])
def test_an_expired_session_costs_nothing(visitor: Callable[..., Page], language: str) -> None:
    page = visitor(language)
    begin(page, language)
    page.context.clear_cookies()
    write(page, WORDS[language][0])
    expect_state(page, "signed_out")
    expect(page.locator("#save-sign-in")).to_be_visible()
    with page.context.expect_page() as opened:
        page.click("#save-sign-in")
    elsewhere = Person(opened.value, language)
    elsewhere.sign_in(AUTHOR)
    expect_state(page, "saved")
    assert WORDS[language][0] in stored(page)


def test_an_expired_session_and_the_button_cost_nothing(visitor: Callable[..., Page]) -> None:
    page = visitor("fr")
    person = begin(page, "fr")
    address = page.url
    page.context.clear_cookies()
    write(page, WORDS["fr"][0])
    person.click(".panel button[value=save]")
    page.fill("#email", AUTHOR)
    page.fill("#password", "demonstration")
    person.click("main form:has(#password) button")
    assert page.url == address
    assert WORDS["fr"][0] in page.input_value("#body")
    expect_state(page, "saved")
    assert WORDS["fr"][0] in stored(page)
    assert kept(page) == []


@pytest.mark.parametrize("lost", [False, True], ids=["arrives", "is lost"])
def test_a_page_loaded_again_right_after_typing_has_it_and_goes_on(
    visitor: Callable[..., Page], lost: bool
) -> None:
    page = visitor("fr")
    begin(page, "fr")
    page.on("dialog", lambda dialog: dialog.accept())
    for round in range(3):
        write(page, f"{WORDS['fr'][0]} {round}. ")
        if lost:
            page.route("**/autosave", lambda route: route.abort())
        page.reload(wait_until="commit")
        page.unroute("**/autosave")
        body = page.locator("#body")
        expect(body).to_have_value(re.compile(re.escape(f"{WORDS['fr'][0]} {round}.")))
    write_and_save(page, WORDS["fr"][1])
    assert f"{WORDS['fr'][0]} 2.{WORDS['fr'][1]}" in stored(page)
    assert kept(page) == []
    assert page.locator("main .notice [data-act]").count() == 0


def test_what_was_kept_over_an_older_version_goes_through_the_merge_view(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("ar")
    person = begin(page, "ar")
    address = page.url
    page.context.set_offline(True)
    write(page, WORDS["ar"][0])
    expect_state(page, "offline")
    page.close()  # as it is: nobody is asked
    person.page.context.set_offline(False)
    two = person.page.context.new_page()
    two.goto(address)
    expect(two.locator("[data-act=restore]")).to_be_visible()
    write_and_save(two, WORDS["ar"][1])
    two.reload()
    with two.expect_navigation():
        two.click("[data-act=merge]")
    Person(two, "ar").check()
    with two.expect_navigation():
        two.click("main form button[value=merged]")
    for text in WORDS["ar"]:
        assert text in stored(two)
    assert kept(two) == []
    assert person.language == "ar"


def test_signing_out_saves_first_and_leaves_nothing_in_the_browser(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("fr")
    begin(page, "fr")
    address = page.url
    write(page, WORDS["fr"][0])
    page.click("details.menu:has(form[action$='/logout']) summary")
    with page.expect_navigation():
        page.click("form[action$='/logout'] button")
    assert kept(page) == []
    Person(page, "fr").sign_in(AUTHOR)
    page.goto(address)
    assert WORDS["fr"][0] in page.input_value("#body")

    page.route("**/autosave", lambda route: route.abort())
    write(page, WORDS["fr"][1])
    expect_state(page, "offline")
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.type)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.click("details.menu:has(form[action$='/logout']) summary")
    with page.expect_event("dialog"):
        page.click("form[action$='/logout'] button")
    expect(page.locator("#saving")).to_be_visible()
    assert page.url == address
    assert len(kept(page)) == 1
    if not page.locator("form[action$='/logout'] button").is_visible():
        page.click("details.menu:has(form[action$='/logout']) summary")
    with page.expect_navigation():
        page.click("form[action$='/logout'] button")
    expect(page.locator("form[action$='/logout']")).to_have_count(0)
    assert asked == ["confirm", "confirm"]
    assert kept(page) == []


def test_what_was_kept_is_never_offered_to_another_account(visitor: Callable[..., Page]) -> None:
    page = visitor("zh")
    begin(page, "zh")
    context = page.context
    context.set_offline(True)
    write(page, WORDS["zh"][0])
    expect_state(page, "offline")
    page.close()
    context.set_offline(False)
    context.clear_cookies()
    other = context.new_page()
    begin(other, "zh", OTHER)
    other.wait_for_timeout(300)
    assert other.locator("[data-act]").count() == 0
    assert WORDS["zh"][0] not in other.content()
    assert len(kept(other)) == 1


def test_two_windows_are_put_together_without_javascript(visitor: Callable[..., Page]) -> None:
    one = visitor("fr", javascript=False)
    person = Person(one, "fr", javascript=False)
    person.sign_in(AUTHOR)
    person.open("/contribute/jurist/")
    one.select_option("#language", "fr")
    person.click("main form button")
    two = one.context.new_page()
    two.goto(one.url)
    one.fill("#body", WORDS["fr"][0])
    one.fill("#title", "Le premier titre")
    person.click(".panel button[value=save]")
    two.fill("#body", WORDS["fr"][1])
    two.fill("#title", "Le second titre")
    with two.expect_navigation():
        two.click(".panel button[value=save]")
    assert "Le premier titre" in two.inner_text("main")
    two.check("input[name=pick-title][value=theirs]")
    with two.expect_navigation():
        two.click("main form button[value=merged]")
    assert two.input_value("#title") == "Le premier titre"
    for text in WORDS["fr"]:
        assert text in two.input_value("#body")
