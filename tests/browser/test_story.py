"""From an empty page to a book: the main job, in a real browser."""

import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person

pytestmark = pytest.mark.browser

SENTENCES = {
    "fr": "La paix de l’espace numérique se construit par des règles que chacun connaît, applique "
    "et peut vérifier, et par la confiance que leur respect inspire.",
    "ar": "يقوم السلام في الفضاء السيبراني على قواعد يعرفها الجميع ويطبقونها ويمكن التحقق منها، "
    "وعلى الثقة التي يولدها احترامها.",
    "zh": "网络空间的和平建立在人人知晓、人人适用、可以核查的规则之上，"
    "也建立在遵守规则所产生的信任之上。",
}
TITLES = {
    "fr": "Des règles pour la paix",
    "ar": "قواعد من أجل السلام",
    "zh": "为和平立规则",
}
WORDS = {
    "fr": "Merci de préciser vos sources.",
    "ar": "يرجى توضيح المصادر.",
    "zh": "请补充资料来源。",
}
TURNS = [
    pytest.param("fr", "jurist", WIDE, True, id="fr-wide"),
    pytest.param("ar", "digital_actor", WIDE, True, id="ar-wide"),
    pytest.param("zh", "jurist", WIDE, True, id="zh-wide"),
    pytest.param("ar", "jurist", NARROW, True, id="ar-narrow"),
    pytest.param("fr", "digital_actor", WIDE, False, id="fr-without-javascript"),
]


def essay(language: str, track: str) -> dict[str, str]:
    """Enough words, with a heading, emphasis and a footnote."""
    sentence = SENTENCES[language]
    paragraphs = "\n\n".join([sentence * 6] * 6)
    extra = ("field_of_law", "jurisdiction") if track == "jurist" else ("sector", "role")
    return {
        "title": TITLES[language],
        "abstract": sentence,
        "body": f"## {TITLES[language]}\n\n{sentence}[^1]\n\n**{sentence}**\n\n{paragraphs}\n\n"
        f"[^1]: {sentence}",
        **dict.fromkeys(extra, TITLES[language]),
    }


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    return unicodedata.normalize("NFKC", "\n".join(pages))


@pytest.mark.parametrize(("language", "track", "viewport", "javascript"), TURNS)
def test_story_from_registration_to_the_book(
    visitor: Callable[..., Page],
    tmp_path: Path,
    language: str,
    track: str,
    viewport: dict[str, int],
    javascript: bool,
) -> None:
    def person() -> Person:
        page = visitor(language, viewport=viewport, javascript=javascript)
        return Person(page, language, javascript=javascript)

    slug = f"story-{language}-{viewport['width']}-{javascript}".lower()

    author = person()
    author.page.goto("/")
    assert author.page.url.endswith(f"/{language}/")
    author.register("Amina Auteur", f"{slug}@example.org")
    number = author.write(track, essay(language, track))

    moderator = person()
    moderator.sign_in("moderator@demo.example")
    moderator.decide(number, "changes", WORDS[language])
    answer = author.mailed(f"{slug}@example.org", "/my/contributions/")
    author.page.goto(answer)
    author.check()
    assert WORDS[language] in author.page.inner_text("main")
    author.click("main a[href$='/edit']")
    author.page.fill("#note", WORDS[language])
    author.click(".panel button[value=submit]")
    moderator.decide(number, "accept")

    reader = person()
    reader.open("/contributions/")
    reader.click(f"main a[href$='/contributions/{number}/']")
    shown = reader.page.locator("article")
    assert TITLES[language] in reader.page.inner_text("h1")
    expect(shown.locator("[role=doc-noteref]").first).to_be_attached()

    organiser = person()
    organiser.sign_in("organiser@demo.example")
    pdf = organiser.build(slug, TITLES[language], "pdf")
    epub = organiser.build(slug, TITLES[language], "epub")
    organiser.click("form[action$='/publish'] button")

    reader.open("/proceedings/")
    reader.click(f"main a[href$='/proceedings/{slug}/']")
    assert reader.page.locator(f"a[href='{pdf}']").count() == 1
    book = reader.download(pdf, tmp_path / "book.pdf")
    text = text_of(book)
    # pdfium turns the parts of a number round in an Arabic line; the formats' tests look closer.
    assert all(part in text for part in number.split("-"))
    if language == "fr":
        assert "La paix de l’espace numérique se construit" in " ".join(text.split())
    with zipfile.ZipFile(reader.download(epub, tmp_path / "book.epub")) as archive:
        chapters = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")
        )
    assert SENTENCES[language][:20] in chapters
