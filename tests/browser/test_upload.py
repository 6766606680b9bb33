"""Somebody brings in a document: with a progress bar, from right to left, and without scripts."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person
from tests.documents.importing.files import archive, by_pandoc, unpacked

pytestmark = pytest.mark.browser

AUTHOR = "jurist@demo.example"
DOCUMENTS = {
    "fr": "# Des règles pour tous\n\nLa paix a besoin de **règles**[^1] ~~anciennes~~.\n\n"
    "| a | b |\n|---|---|\n| c | d |\n\n[^1]: Voir la Charte.",
    "ar": "# قواعد للجميع\n\nالسلام يحتاج إلى **قواعد**[^1] ~~قديمة~~.\n\n[^1]: انظر الميثاق.",
    "zh": "# 人人的规则\n\n和平需要**规则**[^1]~~旧的~~。\n\n[^1]: 见宪章。",
    "ko": "# 모두의 규칙\n\n평화에는 **규칙**이[^1] 필요하다 ~~옛~~.\n\n[^1]: 헌장 참조.",
}


def document(language: str, folder: Path, *, large: bool = False) -> Path:
    content = by_pandoc(DOCUMENTS[language], "docx")
    if large:  # with an image nobody sees, so that the worker reads it
        content = archive({**unpacked(content), "word/media/x.bmp": os.urandom(4_000_000)})
    file = folder / "essai.docx"
    file.write_bytes(content)
    return file


def begin(person: Person) -> None:
    """Begin with a document."""
    person.sign_in(AUTHOR)
    person.open("/contribute/jurist/")
    person.page.select_option("#language", person.language)
    person.click("main form button[value=document]")


@pytest.mark.parametrize(
    ("language", "viewport", "javascript", "large"),
    [
        pytest.param("fr", WIDE, True, True, id="fr-large"),
        pytest.param("ar", NARROW, True, False, id="ar-narrow"),
        pytest.param("zh", WIDE, True, False, id="zh"),
        pytest.param("ko", WIDE, True, False, id="ko"),
        pytest.param("fr", WIDE, False, False, id="fr-without-javascript"),
        pytest.param("ar", WIDE, False, True, id="ar-large-without-javascript"),
    ],
)
def test_a_document_is_uploaded_looked_at_and_taken_over(
    visitor: Callable[..., Page],
    tmp_path: Path,
    language: str,
    viewport: dict[str, int],
    javascript: bool,
    large: bool,
) -> None:
    page = visitor(language, viewport=viewport, javascript=javascript)
    person = Person(page, language, javascript=javascript)
    begin(person)
    page.set_input_files("#file", document(language, tmp_path, large=large))
    if javascript:
        page.evaluate(WATCH)
        with page.expect_navigation(url="**/upload/*/"):
            page.click("#upload-form button")
        assert page.evaluate("sessionStorage.getItem('said')")
    else:
        person.click("#upload-form button")
    if not javascript:  # nobody but the person asks again
        person.until(page.url, page.locator("main:not(:has([data-running]))"))
    expect(page.locator("article [role=doc-noteref]")).to_be_visible()
    person.check()
    expect(page.locator(".findings li").first).to_be_visible()
    person.click("form[action$='/take'] button")
    title, text = DOCUMENTS[language].removeprefix("# ").split("\n\n")[:2]
    assert page.input_value("#title") == title
    assert text.split("~~")[0] in page.locator("#body").evaluate("field => field.value")


# Keeps, over the navigation, what the page said while it was sending.
WATCH = """() => new MutationObserver(() => {
  const said = document.getElementById("upload-said").textContent;
  if (said) sessionStorage.setItem("said", said);
}).observe(document.getElementById("upload-progress"), { subtree: true, childList: true })"""


def test_what_can_not_be_taken_is_said_beside_the_field(
    visitor: Callable[..., Page], tmp_path: Path
) -> None:
    page = visitor("fr")
    person = Person(page, "fr")
    begin(person)
    file = tmp_path / "essai.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    page.set_input_files("#file", file)
    page.click("#upload-form button")
    expect(page.locator("#upload-said")).to_contain_text("PDF")
    expect(page.locator("#file")).to_be_focused()
    huge = tmp_path / "huge.docx"
    with huge.open("wb") as out:
        out.truncate(30 * 1024 * 1024)
    page.set_input_files("#file", huge)
    page.click("#upload-form button")
    expect(page.locator("#upload-said")).to_contain_text("25")
    # The next one is taken as if nothing had been.
    page.set_input_files("#file", document("fr", tmp_path))
    with page.expect_navigation(url="**/upload/*/"):
        page.click("#upload-form button")
    expect(page.locator("article [role=doc-noteref]")).to_be_visible()


def test_what_stands_in_the_editor_is_saved_before_a_document_is_uploaded(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("fr", javascript=False)
    person = Person(page, "fr", javascript=False)
    person.sign_in(AUTHOR)
    person.open("/contribute/jurist/")
    person.click("main form button:not([name])")
    page.fill("#body", "Pas encore enregistré.")
    person.click("button[value=upload]")
    page.go_back()
    page.reload()
    assert page.input_value("#body") == "Pas encore enregistré."
