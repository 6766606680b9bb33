"""PDF for real: typst sets the sample books, pdfium reads them back."""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from app.core.languages import CODES, LANGUAGES
from app.documents import tree
from app.proceedings.book import MULTI, Book, BookAuthor, BookSection
from app.proceedings.formats import FORMATS, BuildError, pdf
from app.proceedings.formats.nodes import text_of
from tests.proceedings.formats.samples import TEXTS, book, essay

ATTACK = r"""## Title #read("/etc/passwd") ] \ end

Plain #read("/etc/passwd") and \#emph\[x\] ] [ @label <label> // gone /* gone */ $x$ ~ -- ---
back\\slash \"quoted\" "quoted" 'single' #{1+1} \u{41} ;; = no heading * star \* _ under \_.[^1]

```typ
#read("/etc/passwd") \ ] // kept
```

`#code("]")` and [link ] #x](https://example.org/?a=%22#b)

| #a | ] |
| --- | --- |
| @b | // c |

[^1]: Note ] #panic("x") // kept
"""


def quiet(stage: str, done: int, total: int) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The PDF of a language's sample book, built once."""
    folder = tmp_path_factory.mktemp("pdf")

    def make(code: str) -> Path:
        out = folder / f"{code}.pdf"
        if not out.exists():
            pdf.build(book(code), out=out, progress=quiet)
        return out

    return make


def text_in(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "\n".join(pages)


def letters(text: str) -> str:
    """Letters alone: without figures (notes' marks), hyphens, spaces and line ends."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKC", text)))


def arabic_words(text: str) -> set[str]:
    """Words without vowel signs, as sorted letters: pdfium guesses the order inside ligatures."""
    text = unicodedata.normalize("NFKC", text)
    bare = "".join(each for each in text if unicodedata.category(each) not in ("Mn", "Cf"))
    return {"".join(sorted(word)) for word in re.findall(r"[\u0620-\u064a]{2,}", bare)}


def build_one(tmp_path: Path, code: str, body: str) -> str:
    out = tmp_path / "one.pdf"
    pdf.build(book(code, essay(code, 7, body)), out=out, progress=quiet)
    return text_in(out)


@pytest.mark.parametrize("code", CODES)
def test_build_sets_every_word_of_each_language(code: str, made: Callable[[str], Path]) -> None:
    found = text_in(made(code))
    title, name, latin, affiliation, country, abstract, keywords, body = TEXTS[code]
    blocks = tree.blocks(body)
    words = " ".join(map(_with_spaces, blocks))
    frame = " ".join((title, name, affiliation, country, abstract, *keywords))
    if code == "ar":
        assert arabic_words(f"{frame} {words}") <= arabic_words(found)
    else:
        for text in (title, name, affiliation, abstract, *keywords):
            assert letters(text) in letters(found)
        for block in blocks:
            assert letters(_without_notes(block)) in letters(found)
    if latin:
        assert letters(latin.split()[0]) in letters(found)


def _with_spaces(node: object) -> str:
    """The text of a tree with a space at each edge of a cell, an item, a note."""
    if isinstance(node, dict) and node["t"] in ("Str", "Code"):
        return text_of(node)
    inner = node.get("c") if isinstance(node, dict) else node
    if isinstance(inner, list | tuple):
        return " ".join(_with_spaces(each) for each in inner if not isinstance(each, str))
    return ""


def _without_notes(node: object) -> str:
    if isinstance(node, dict) and node.get("t") == "Note":
        return ""
    if isinstance(node, dict) and node.get("t") in ("Str", "Code", "Space", "SoftBreak"):
        return text_of(node)
    inner = node.get("c") if isinstance(node, dict) else node
    return "".join(map(_without_notes, inner)) if isinstance(inner, list | tuple) else ""


def test_build_multi_holds_all_languages(made: Callable[[str], Path]) -> None:
    found = letters(text_in(made(MULTI)))
    for code in CODES:
        if code != "ar":
            assert letters(TEXTS[code][0]) in found
            assert letters(TEXTS[code][5]) in found


@pytest.mark.parametrize("code", ["fr", "ar", "zh", MULTI])
def test_build_same_book_same_bytes(code: str, made: Callable[[str], Path], tmp_path: Path) -> None:
    again = tmp_path / "again.pdf"
    FORMATS["pdf"].build(book(code), out=again, progress=quiet)
    assert again.read_bytes() == made(code).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.pdf"]


@pytest.mark.parametrize("code", ["fr", "ar"])
def test_build_is_tagged_and_has_bookmarks(code: str, made: Callable[[str], Path]) -> None:
    data = made(code).read_bytes()
    with pypdfium2.PdfDocument(made(code)) as document:
        assert document.is_tagged()
        marks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
        assert document.get_metadata_dict()["Title"] == TEXTS[code][0]
        assert document.get_metadata_dict()["CreationDate"].startswith("D:20171121")
    assert (1, TEXTS[code][0]) in marks
    assert any(level == 2 for level, _ in marks)
    assert f"/Lang({LANGUAGES[code].code})".encode() in data
    assert b"pdfuaid:part" in data
    assert b"pdfaid:part" in data


def test_build_arabic_binds_right_and_numbers_contents_on_the_left(
    made: Callable[[str], Path],
) -> None:
    with pypdfium2.PdfDocument(made("ar")) as document:
        preferences = document.get_toc()
        assert preferences
        contents = document[2].get_textpage()
        width = document[2].get_width()
        figures = [
            contents.get_charbox(position)
            for position in range(contents.count_chars())
            if contents.get_text_range(position, 1).isdigit()
        ]
    in_list = [box for box in figures if box[1] > 100]
    assert in_list
    assert all(box[2] < width / 2 for box in in_list)
    assert b"/Direction/R2L" in made("ar").read_bytes()
    assert b"/Direction/R2L" not in made(MULTI).read_bytes()


@pytest.mark.parametrize("frame", ["ar", "fr"])
def test_build_page_numbers_follow_the_contributors_as_the_book_is_read(
    frame: str, tmp_path: Path
) -> None:
    latin = replace(essay("ar"), authors=(BookAuthor("Claire", "", "", ""),))
    out = tmp_path / "people.pdf"
    three = book(frame, essay("ar"), essay("en", 2), replace(latin, number="2017-J-003"))
    pdf.build(three, out=out, progress=quiet)
    with pypdfium2.PdfDocument(out) as document:
        text = document[len(document) - 1].get_textpage()
        boxes = [
            (text.get_text_range(at, 1), text.get_charbox(at)) for at in range(text.count_chars())
        ]
        for name in ("Claire", "Mary", "Layla"):
            found = text.search(name, match_case=True).get_next()
            assert found, name
            first = text.get_charbox(found[0])
            (number, *_) = [
                box for sign, box in boxes if sign.isdigit() and abs(box[1] - first[1]) < 3
            ]
            assert (number[0] < first[0]) == (frame == "ar"), name


def test_build_latin_citation_in_arabic_note_reads_left_to_right(
    made: Callable[[str], Path],
) -> None:
    places: dict[str, float] = {}
    with pypdfium2.PdfDocument(made("ar")) as document:
        for page in document:
            text = page.get_textpage()
            for word in ("Michael", "Schmitt", "Tallinn", "Cambridge", "30"):
                found = text.search(word, match_case=True).get_next() if word != "30" else None
                if found:
                    places[word] = text.get_charbox(found[0])[0]
    in_order = ["Michael", "Schmitt", "Tallinn", "Cambridge"]
    assert sorted(places, key=lambda word: places[word]) == in_order


def test_build_text_is_never_code(tmp_path: Path) -> None:
    found = build_one(tmp_path, "en", ATTACK)
    flat = re.sub(r"\s+", "", found)
    for piece in (
        '#read("/etc/passwd")and#emph[x]][@label<label>//gone/*gone*/$x$~-----',
        'back\\slash"quoted""quoted"\'single\'#{1+1}\\u{41};;=noheading*star*_under_.',
        '#read("/etc/passwd")\\]//kept',
        '#code("]")',
        'Note]#panic("x")//kept',
        'Title#read("/etc/passwd")]\\end',
    ):
        assert piece in flat
    assert "root:" not in found


def test_build_frame_is_never_code(tmp_path: Path) -> None:
    words = '#read("/etc/passwd") ] \\ @x <y> $z$ " */'
    one = replace(essay("en"), title=words, abstract=words, keywords=(words,), question=words)
    attacked: Book = replace(
        book("en", one), title=words, subtitle=words, imprint=(words,), edition=words
    )
    out = tmp_path / "frame.pdf"
    pdf.build(attacked, out=out, progress=quiet)
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", text_in(out))


def test_build_section_without_title_and_skipped_levels(tmp_path: Path) -> None:
    body = "## One\n\n##### Five\n\nText.\n\n### Three\n\n- a\n  1. b\n\n     > c\n\n---\n"
    plain = replace(book("en"), sections=(BookSection("", (essay("en", 1, body),)),), front=())
    out = tmp_path / "plain.pdf"
    pdf.build(plain, out=out, progress=quiet)
    assert "Five" in text_in(out)


def test_build_refuses_a_book_without_essays(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        pdf.build(replace(book("ko"), sections=()), out=tmp_path / "x.pdf", progress=quiet)
    assert caught.value.code == "build.empty"


def test_build_marks_an_essay_in_another_language(tmp_path: Path) -> None:
    out = tmp_path / "mixed.pdf"
    pdf.build(book("fr", essay("fr"), essay("en", 2)), out=out, progress=quiet)
    assert "Texte original (en)" in text_in(out)
    assert "Texte original (fr)" not in text_in(out)


def test_build_terms_of_use_stand_before_the_text_and_need_no_page_of_their_own(
    tmp_path: Path,
) -> None:
    out = tmp_path / "long.pdf"
    pdf.build(book("en", essay("en", 1, "Peace has rules.\n\n" * 200)), out=out, progress=quiet)
    with pypdfium2.PdfDocument(out) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    (terms,) = [page for page in pages if "CC BY 4.0" in page]
    assert terms.index("CC BY 4.0") < terms.index("Peace has rules.")


def test_build_sets_a_flag_as_the_letters_of_its_region(tmp_path: Path) -> None:
    out = tmp_path / "flag.pdf"
    pdf.build(book("en", essay("en", 1, "Signed in Paris 🇫🇷.\n")), out=out, progress=quiet)
    assert "Signed in Paris FR." in text_in(out)


def test_build_unknown_character_names_essay_and_character(tmp_path: Path) -> None:
    out = tmp_path / "emoji.pdf"
    with pytest.raises(BuildError) as caught:
        pdf.build(
            book("en", essay("en"), essay("en", 42, "Fine.[^1]\n\n[^1]: Not 🦄 fine.\n")),
            out=out,
            progress=quiet,
        )
    assert caught.value.code == "build.missing_glyph"
    assert caught.value.data == {
        "essay": "2017-J-042",
        "character": "🦄",
        "codepoint": "U+1F984",
        "name": "UNICORN FACE",
    }
    assert not out.exists()


def test_build_typst_complaint_names_the_essay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing an author writes should get here, so the markup is broken by hand."""
    written = pdf.write
    monkeypatch.setattr(
        pdf, "write", lambda *args, **kw: written(*args, **kw) + '\n#panic("by hand")'
    )
    with pytest.raises(BuildError) as caught:
        pdf.build(replace(book("en"), front=()), out=tmp_path / "x.pdf", progress=quiet)
    assert caught.value.code == "build.typst_failed"
    assert caught.value.data["essay"] == "2017-J-001"
    assert "by hand" in caught.value.data["message"]


def test_build_out_of_time(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        pdf.build(book("en"), out=tmp_path / "x.pdf", progress=quiet, limits=pdf.Limits(seconds=0))
    assert caught.value.code == "build.out_of_time"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are Linux's")
def test_build_out_of_memory(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        pdf.build(
            book("zh"), out=tmp_path / "x.pdf", progress=quiet, limits=pdf.Limits(megabytes=100)
        )
    assert caught.value.code == "build.out_of_memory"


def test_build_reports_progress(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    pdf.build(
        book("en", essay("en"), essay("en", 2)),
        out=tmp_path / "x.pdf",
        progress=lambda *step: seen.append(step),
    )
    assert seen == [("read", 1, 2), ("read", 2, 2), ("typeset", 0, 1), ("typeset", 1, 1)]


def test_build_korean_breaks_between_words(tmp_path: Path) -> None:
    words = "사이버공간에서의 평화와 안전은 국제사회가 함께 **다루어야** 할 *과제*이다[^1]. " * 30
    found = build_one(tmp_path, "ko", words + "\n\n[^1]: 각주\n")
    whole = set(words.replace("*", "").replace("[^1].", "").split())
    body = found[found.index("사이버공간에서의 평화와 안전은 국제사회가") :]
    ends = [line.split()[-1] for line in body.splitlines() if len(line.split()) > 6]
    assert len(ends) > 10
    assert {re.sub(r"[\d.\u2060]", "", end) for end in ends} <= whole
