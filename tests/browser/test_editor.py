"""The formatted editor as people use it: keys, input methods, footnotes, pasting, figures."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.config import ROOT
from app.documents.write import canonical
from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PASTED = ROOT / "tests" / "editor" / "pasted"
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]


class Writer(Person):
    """Somebody with a new draft open."""

    def begin(self) -> "Writer":
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )
        self.sign_in("actor@demo.example")
        self.open("/contribute/digital_actor/")
        self.page.select_option("#language", self.language)
        self.click("main form button")
        return self

    @property
    def text(self) -> Locator:
        return self.page.locator("#body-formatted")

    @property
    def note(self) -> Locator:
        return self.page.locator(".note-panel [role=textbox]")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tool(self, name: str) -> Locator:
        words = json.loads(self.page.get_attribute("#formatted", "data-words") or "")
        return self.page.locator("#formatted").get_by_role("button", name=words[name], exact=True)

    def paste(self, html: str, plain: str = "") -> None:
        self.page.evaluate(
            """([html, plain]) => {
                const data = new DataTransfer();
                data.setData("text/html", html);
                if (plain) data.setData("text/plain", plain);
                const event = {clipboardData: data, bubbles: true, cancelable: true};
                document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
            }""",
            [html, plain],
        )

    def has(self, text: str) -> None:
        """The form's field has the text, in its canonical form."""
        expect(self.page.locator("#body")).to_have_value(text)
        assert canonical(text) == text
        assert self.complaints == []

    def save(self) -> str:
        """Through the form; what the site has then."""
        self.page.fill("#title", "T")
        self.click(".panel button[value=save]")
        return self.page.input_value("#body")


@pytest.fixture
def writer(visitor: Callable[..., Page]) -> Callable[..., Writer]:
    def begin(language: str = "fr", **options: object) -> Writer:
        return Writer(visitor(language, **options), language).begin()

    return begin


def test_what_is_written_with_keys_is_saved_canonically(writer: Callable[..., Writer]) -> None:
    author = writer()
    author.text.click()
    author.type("## Première partie")
    author.press("Enter")
    author.type("Un ")
    author.press("Control+b")
    author.type("mot")
    author.press("Control+b")
    author.type(" d’ordre.")
    author.press("Enter")
    author.type("- un")
    author.press("Enter")
    author.type("deux")
    author.press("Enter", "Enter")
    author.type("> cité")
    text = "## Première partie\n\nUn **mot** d’ordre.\n\n- un\n- deux\n\n> cité"
    author.has(text)
    author.press("Control+z", "Control+z", "Control+z", "Control+z", "Control+z")
    expect(author.page.locator("#body")).not_to_have_value(text)
    for _ in range(5):
        author.press("Control+y")
    author.has(text)
    assert author.save() == text


@pytest.mark.parametrize(
    ("language", "steps", "text"),
    [
        ("zh", ("w", "wo", "wo m", "我们"), "我们"),
        ("ko", ("ㅎ", "하", "한"), "한"),
    ],
)
def test_input_methods_compose(
    writer: Callable[..., Writer], language: str, steps: tuple[str, ...], text: str
) -> None:
    author = writer(language)
    author.text.click()
    session = author.page.context.new_cdp_session(author.page)
    for repeat in range(2):
        for step in steps:
            session.send(
                "Input.imeSetComposition",
                {"text": step, "selectionStart": len(step), "selectionEnd": len(step)},
            )
            author.page.wait_for_timeout(120)  # as fast as people type
        session.send("Input.insertText", {"text": text})
        author.has(text * (repeat + 1))
    author.press("Control+b")
    session.send(
        "Input.imeSetComposition", {"text": steps[0], "selectionStart": 1, "selectionEnd": 1}
    )
    session.send("Input.insertText", {"text": text})
    author.has(f"{text * 2}**{text}**")
    assert author.save() == f"{text * 2}**{text}**"


def test_arabic_is_written_from_right_to_left(writer: Callable[..., Writer]) -> None:
    author = writer("ar")
    expect(author.text).to_have_attribute("dir", "rtl")
    expect(author.text).to_have_attribute("lang", "ar")
    author.text.click()
    author.type("سلام ")
    author.press("Control+i")
    author.type("عليكم")
    author.press("Control+i")
    author.has("سلام *عليكم*")
    first, second = (author.tool(name) for name in ("heading", "subheading"))
    first.focus()
    author.press("ArrowLeft")
    expect(second).to_be_focused()
    author.press("ArrowRight", "ArrowRight")
    expect(author.tool("redo")).to_be_focused()
    assert (
        author.page.locator("#formatted [role=toolbar] button[tabindex='0']:visible").count() == 1
    )
    author.check()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_footnotes_are_edited_in_place(
    writer: Callable[..., Writer], viewport: dict[str, int]
) -> None:
    author = writer("fr", viewport=viewport)
    author.text.click()
    author.type("Un fait")
    author.press("Control+Alt+f")
    expect(author.note).to_be_focused()
    author.type("La ")
    author.press("Control+i")
    author.type("source")
    author.press("Control+i")
    author.type(".")
    author.check()
    author.press("Escape")
    expect(author.text).to_be_focused()
    author.type(", un autre")
    author.tool("footnote").click()
    author.type("Deux.")
    author.press("Escape")
    author.type(".")
    text = "Un fait[^1], un autre[^2].\n\n[^1]: La *source*.\n\n[^2]: Deux."
    author.has(text)
    assert author.page.locator("#formatted .note-reference").all_inner_texts() == ["1", "2"]
    # By keyboard: the cursor comes to the first footnote, the Enter key opens it.
    author.press("Control+Home")
    for _ in "Un fait[":
        author.press("ArrowRight")
        author.page.evaluate(DRAWN)  # nobody presses keys faster than the cursor moves
    expect(author.page.locator("#formatted > [role=status]")).not_to_be_empty()
    author.press("Enter")
    expect(author.note).to_be_focused()
    author.type(" Fin")
    author.press("Control+z", "Control+y", "Escape")
    author.has(text.replace("*source*.", "*source*. Fin"))
    author.page.locator(".note-reference").nth(1).click()
    expect(author.note).to_contain_text("Deux.")
    assert author.save() == text.replace("*source*.", "*source*. Fin")


def test_tables_links_and_the_table_bar(writer: Callable[..., Writer]) -> None:
    author = writer()
    author.text.click()
    author.tool("table").click()
    for word in ("a", "b", "c", "d", "e", "f"):
        author.type(word)
        author.press("Tab")
    author.check()
    author.tool("removeRow").click()
    author.tool("addColumn").click()
    author.tool("alignEnd").click()
    author.has("| a | b |  |\n| --- | --: | --- |\n| c | d |  |")
    author.tool("removeColumn").click()
    author.has("| a |  |\n| --- | --- |\n| c |  |")
    author.tool("removeTable").click()
    author.type("voir ")
    author.press("Control+k")
    author.page.fill("#link-address", "javascript:alert(1)")
    author.page.click("#link-dialog button[value=set]")
    expect(author.page.locator("#link-error")).not_to_be_empty()
    author.page.fill("#link-address", "https://example.org/é(")
    author.page.fill("#link-words", "ici")
    author.press("Enter")
    expect(author.text).to_be_focused()
    author.type(".")
    author.has("voir [ici](https://example.org/%C3%A9\\().")


def test_plain_text_and_back_the_choice_is_remembered(writer: Callable[..., Writer]) -> None:
    author = writer()
    author.text.click()
    author.type("*")
    author.has("\\*")
    switch = author.page.locator("#formatted-switch")
    switch.click()
    body = author.page.locator("#body")
    expect(body).to_be_visible()
    assert author.save() == "\\*"
    expect(body).to_be_visible()
    body.fill("# Un\n\n__deux__[^x]\n\n[^x]: trois")
    author.check()
    switch.click()
    expect(author.text.locator("h2")).to_have_text("Un")
    # Looking changes nothing, writing does.
    expect(body).to_have_value("# Un\n\n__deux__[^x]\n\n[^x]: trois")
    author.press("Control+End")
    author.type("!")
    author.has("## Un\n\n**deux**[^1]!\n\n[^1]: trois")
    switch.click()
    body.fill("> " * 30 + "zu tief")
    switch.click()
    expect(author.page.locator("#formatted-refused")).to_be_visible()
    expect(body).to_be_visible()


@pytest.mark.parametrize("source", ["word", "libreoffice", "google", "web"])
def test_pasting_keeps_structure_and_footnotes(writer: Callable[..., Writer], source: str) -> None:
    author = writer()
    author.text.click()
    author.paste((PASTED / f"{source}.html").read_text())
    author.has((PASTED / f"{source}.md").read_text().rstrip("\n"))
    assert author.text.locator("[style], script, img:not(.ProseMirror-separator)").count() == 0


@pytest.mark.parametrize("language", ["ar", "zh", "ko"])
def test_pasting_keeps_each_languages_numbers_and_marks_of_footnotes(
    writer: Callable[..., Writer], language: str
) -> None:
    author = writer(language)
    author.text.click()
    author.paste((PASTED / f"word-{language}.html").read_text())
    author.has((PASTED / f"word-{language}.md").read_text().rstrip("\n"))
    expect(author.text).to_have_css("direction", "rtl" if language == "ar" else "ltr")
    assert author.text.locator("[style], [dir], img:not(.ProseMirror-separator)").count() == 0


def test_a_figure_is_uploaded_with_its_alternative_text(
    writer: Callable[..., Writer], tmp_path_factory: pytest.TempPathFactory
) -> None:
    picture = tmp_path_factory.mktemp("picture") / "a.svg"
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
        '<path d="M0 0h40v30z"/></svg>'
    )
    author = writer()
    author.text.click()
    author.type("Avant")
    author.tool("figure").click()
    author.check()
    author.page.set_input_files("#figure-file", picture)
    author.page.click("#figure-dialog button[value=set]")
    expect(author.page.locator("#figure-error")).not_to_be_empty()
    author.page.fill("#figure-alternative", "Un carré")
    author.page.fill("#figure-caption", "Ma figure")
    author.page.click("#figure-dialog button[value=set]")
    expect(author.text.locator("figure img")).to_have_attribute("alt", "Un carré")
    body = author.page.locator("#body")
    expect(body).to_have_value(
        re.compile(r'^Avant\n\n!\[Un carré\]\(figure:[0-9a-f]{32} "Ma figure"\)$')
    )
    text = author.page.input_value("#body")
    assert author.save() == text
    expect(author.text.locator("figure img")).to_be_visible()
    author.text.locator("figure").click()
    author.press("Enter")
    author.page.fill("#figure-alternative", "Un triangle")
    author.press("Enter")
    expect(body).to_have_value(text.replace("Un carré", "Un triangle"))
    author.check()
