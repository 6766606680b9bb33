"""Somebody writes into a draft, and where the words are by then: at the site, in the browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.person import Person

AUTHOR, OTHER = "jurist@demo.example", "actor@demo.example"
WORDS = {
    "fr": ("La paix a besoin de règles que chacun connaît.", "Et de confiance, surtout."),
    "ar": ("السلام يحتاج إلى قواعد يعرفها الجميع.", "ويحتاج إلى الثقة أيضا."),
    "zh": ("和平需要人人知晓的规则。", "更需要信任。"),
    "ko": ("평화에는 모두가 아는 규칙이 필요하다.", "무엇보다 신뢰가 필요하다."),
}
SOON = 30_000


def begin(page: Page, language: str, email: str = AUTHOR) -> Person:
    """Somebody with a new draft open in the editor."""
    person = Person(page, language)
    person.sign_in(email)
    person.open("/contribute/jurist/")
    page.select_option("#language", language)
    person.click("main form button")
    return person


def write(page: Page, text: str) -> None:
    """Type into the essay, in whichever editor is there."""
    editor = page.locator(".ProseMirror")
    field = editor if editor.count() else page.locator("#body")
    field.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def write_and_save(page: Page, text: str) -> None:
    """The same, until the site has taken it."""
    write(page, text)
    # The formatted editor hands its text on after a pause: until then it says what it said before.
    expect(page.locator("#body")).to_have_value(re.compile(re.escape(text.strip())))
    expect_state(page, "saved")


def expect_state(page: Page, *names: str) -> None:
    expect(page.locator("#saving")).to_have_attribute(
        "data-state", re.compile(f"^({'|'.join(names)})$"), timeout=SOON
    )


def stored(page: Page) -> str:
    """What a window opened now shows of the essay."""
    look = page.context.new_page()
    look.goto(page.url)
    text = look.input_value("#body")
    look.close()
    return text


def kept(page: Page) -> list[str]:
    """Names of what the browser keeps."""
    names: list[str] = page.evaluate(
        "Object.keys(localStorage).filter((n) => n.startsWith('draft:'))"
    )
    return names


def expect_kept(page: Page, text: str) -> None:
    """The browser has one copy, with that in it."""
    page.wait_for_function(KEPT, arg=text)


KEPT = """text => {
  const names = Object.keys(localStorage).filter((name) => name.startsWith("draft:"));
  return names.length === 1 && localStorage.getItem(names[0]).includes(text);
}"""
