"""The package document: what the book is, what it holds, in which order, for whom it works.

Sources: EPUB 3.3, section 5; EPUB Accessibility 1.1, section 2; schema.org accessibility terms.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Final

from lxml import etree

from app.core.languages import LANGUAGES
from app.proceedings.book import Book
from app.proceedings.formats.epub_xml import DC, LANG, OPF, maker
from app.proceedings.formats.markup import printable

_XHTML: Final = "application/xhtml+xml"
_element: Final = maker(OPF, {None: OPF, "dc": DC})
_core: Final = maker(DC, {"dc": DC})
_ACCESSIBILITY: Final = (
    ("accessMode", "textual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
)
_WITH_FIGURES: Final = (
    ("accessMode", "visual"),
    ("accessibilityFeature", "alternativeText"),
)


def package(book: Book, chapters: Sequence[str], figures: Mapping[str, str]) -> bytes:
    """``content.opf`` for these chapter files, in reading order.

    ``figures`` are the media types of the figures' files by their names.
    """
    spine = {"toc": "ncx"}
    if book.right_to_left:
        spine["page-progression-direction"] = "rtl"
    files = [("title_page", "text/title_page.xhtml")]
    files += [(name.removesuffix(".xhtml"), f"text/{name}") for name in chapters]
    reading = ["title_page", "nav", *(name.removesuffix(".xhtml") for name in chapters)]
    root = _element(
        "package",
        {"version": "3.0", "unique-identifier": "book-id"},
        _element("metadata", {}, *_metadata(book, with_figures=bool(figures))),
        _element(
            "manifest",
            {},
            _item("ncx", "toc.ncx", "application/x-dtbncx+xml"),
            _item("nav", "nav.xhtml", _XHTML, properties="nav"),
            _item("styles", "styles/book.css", "text/css"),
            *(_item(name, path, _XHTML) for name, path in files),
            *(
                _item(f"figure-{number}", f"figures/{name}", kind)
                for number, (name, kind) in enumerate(figures.items(), 1)
            ),
        ),
        _element("spine", spine, *(_element("itemref", {"idref": name}) for name in reading)),
    )
    root.set(LANG, book.frame.tag)
    root.set("dir", book.frame.direction)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def _item(name: str, path: str, kind: str, **more: str) -> etree._Element:
    return _element("item", {"id": name, "href": path, "media-type": kind, **more})


def _metadata(book: Book, *, with_figures: bool) -> Iterator[etree._Element]:
    published = book.published.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield _core("identifier", {"id": "book-id"}, book.identifier)
    yield _core("title", {"id": "title"}, printable(book.title))
    yield _element("meta", {"refines": "#title", "property": "title-type"}, "main")
    if book.subtitle:
        yield _core("title", {"id": "subtitle"}, printable(book.subtitle))
        yield _element("meta", {"refines": "#subtitle", "property": "title-type"}, "subtitle")
    languages = dict.fromkeys([book.frame.code, *(essay.language for essay in book.essays)])
    yield from (_core("language", {}, LANGUAGES[code].tag) for code in languages)
    for number, (author, _) in enumerate(book.contributors()):
        yield _core("creator", {"id": f"author-{number}"}, printable(author.name))
        refined = {"refines": f"#author-{number}"}
        yield _element("meta", {**refined, "property": "role", "scheme": "marc:relators"}, "aut")
        if author.sort_key:
            yield _element("meta", {**refined, "property": "file-as"}, printable(author.sort_key))
    yield _core("publisher", {}, printable(book.labels.published_by))
    yield from (
        _core("rights", {}, name) for name in dict.fromkeys(each.licence for each in book.essays)
    )
    yield _core("date", {}, published)
    yield _element("meta", {"property": "dcterms:modified"}, published)
    for name, value in (*_ACCESSIBILITY, *(_WITH_FIGURES if with_figures else ())):
        yield _element("meta", {"property": f"schema:{name}"}, value)
