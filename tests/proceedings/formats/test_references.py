"""References in books: after the text, under a heading in the essay's own language."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree

from app.proceedings.book import Book
from app.proceedings.formats import epub, pdf
from tests.proceedings.formats.samples import book, essay

LIST = """- Anne Duval, « La diligence » (2016) 17(2) *Revue* 3, [https://example.org/a\\_b](<https://example.org/a_b>).
- *Corfu Channel* (ICJ, 1949).
"""
HEADINGS = {"fr": "Références", "ar": "المراجع", "zh": "参考文献"}


def volume(code: str) -> Book:
    made = book(code, replace(essay(code), references=LIST))
    words = replace(made.labels, references=HEADINGS[code])
    return replace(made, labels=words, labels_by_language={code: words})


def quiet(stage: str, done: int, total: int) -> None:
    """No progress."""


@pytest.mark.parametrize("code", HEADINGS)
def test_pdf_prints_them(tmp_path: Path, code: str) -> None:
    pdf.build(volume(code), out=tmp_path / "book.pdf", progress=quiet)

    with pypdfium2.PdfDocument(tmp_path / "book.pdf") as document:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    # Inside an Arabic page pdfium gives words in an order of its own.
    assert {"Corfu", "Channel", "ICJ", "Revue"} <= set(re.findall(r"\w+", text))


@pytest.mark.parametrize("code", HEADINGS)
def test_epub_has_them_in_the_essays_chapter(tmp_path: Path, code: str) -> None:
    epub.build(volume(code), out=tmp_path / "book.epub", progress=quiet)

    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        pages = [etree.fromstring(archive.read(n)) for n in archive.namelist() if "/ch" in n]
    (chapter,) = [page for page in pages if "Corfu Channel" in "".join(page.itertext())]
    headings = ["".join(found.itertext()) for found in chapter.iter("{*}h3", "{*}h2", "{*}h4")]
    assert HEADINGS[code] in headings
    assert "https://example.org/a_b" in [a.get("href") for a in chapter.iter("{*}a")]
