"""What pandoc's XHTML lacks for a book in ten languages: see ``documents`` in the design notes.

Each function takes one file as pandoc made it and gives it back with languages, directions, titles
and roles. Sources: EPUB 3.3 (xml:lang, dir), DPUB-ARIA 1.1, EPUB Structural Semantics 1.1.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from app.core.languages import LANGUAGES, Language
from app.proceedings.book import Book, Labels
from app.proceedings.formats import source
from app.proceedings.formats.epub_tree import FIGURE, Chapter
from app.proceedings.formats.epub_xml import LANG, TYPE, XHTML, find, find_all, maker
from app.proceedings.formats.markup import printable

_element: Final = maker(XHTML, {None: XHTML})
_HEADINGS: Final = tuple(f"{{{XHTML}}}h{level}" for level in range(1, 7))
_ROLES: Final = {"part": "doc-part", "chapter": "doc-chapter", "preface": "doc-preface"}


def chapter(
    data: bytes, about: Chapter, labels_by_language: Mapping[str, Labels], frame: Labels
) -> bytes:
    """A chapter with its language, direction, title, kind, and its notes numbered."""
    root = etree.fromstring(data)
    _set_page(root, LANGUAGES[about.language], about.title, "../styles/book.css")
    find(root, "h:body").set(TYPE, about.matter)
    section = find(root, f"//*[@id='{about.name}']")
    section.set(TYPE, about.kind)
    section.set("class", about.kind)
    if about.kind in _ROLES:
        section.set("role", _ROLES[about.kind])
    for colophon in find_all(root, "//h:div[@class='colophon']"):
        section.append(colophon)  # pandoc put it into the last subsection
    for each in find_all(root, "//h:section[@id='footnotes']"):
        words = labels_by_language.get(about.language, frame)
        each.set("role", "doc-endnotes")
        each.set("aria-label", words.notes)
    for each in find_all(root, f"//h:div[@class='{FIGURE}']"):
        _draw(each)
    _renumber_headings(root)
    for number, note in enumerate(find_all(root, "//h:aside[starts-with(@id, 'fn')]"), 1):
        _number(note, number)
    return _written(root)


def _draw(part: etree._Element) -> None:
    """A figure, of the part that stood for it."""
    path, alternative, width, height = (
        str(part.attrib.pop(f"data-{name}", ""))
        for name in ("path", "alternative", "width", "height")
    )
    caption = _element("figcaption", {}, (part.text or "").strip(), *part)
    tail = part.tail
    part.clear()
    part.tail = tail
    part.tag = f"{{{XHTML}}}figure"
    size = {"width": width, "height": height}
    part.append(_element("img", {"src": f"../{path}", "alt": alternative, **size}))
    if len(caption) or caption.text:
        part.append(caption)


def _renumber_headings(root: etree._Element) -> None:
    """Headings from h1 down without gaps, as each file is read by itself (WCAG technique G141)."""
    headings = [each for each in root.iter() if str(each.tag) in _HEADINGS]
    levels = sorted({str(each.tag) for each in headings})
    for each in headings:
        each.tag = _HEADINGS[levels.index(str(each.tag))]


def _number(note: etree._Element, number: int) -> None:
    """Pandoc's notes bear no number and lead nowhere: readers that show them in place need both."""
    back = _element("a", {"href": f"#fnref{number}", "role": "doc-backlink"}, f"{number}.")
    back.tail = " "
    first = note[0] if len(note) and note[0].tag == f"{{{XHTML}}}p" else None
    if first is None:
        note.insert(0, _element("p", {}, back))
        return
    back.tail += first.text or ""
    first.text = None
    first.insert(0, back)


def navigation(data: bytes, book: Book, chapters: Sequence[Chapter]) -> bytes:
    """The table of contents: each entry in its own language, and landmarks that have words."""
    root = etree.fromstring(data)
    _set_page(root, book.frame, book.labels.contents, "styles/book.css")
    find(root, "//h:h1").text = printable(book.labels.contents)
    by_name = {each.name: each for each in chapters}
    for anchor in find_all(root, "//h:nav[@id='toc']//h:a"):
        language = LANGUAGES[by_name[anchor.get("href", "").rpartition("#")[2]].language]
        if language is not book.frame:
            _set_language(anchor, language)
    landmarks = find(root, "//h:nav[@id='landmarks']/h:ol")
    for item in list(landmarks):
        landmarks.remove(item)
    places = [("text/title_page.xhtml", "titlepage", book.labels.cover)]
    places += [("nav.xhtml#toc", "toc", book.labels.contents)]
    for number, each in enumerate(chapters, 1):
        if each.matter == "bodymatter":
            places.append((f"text/ch{number:03}.xhtml", "bodymatter", each.title))
            break
    for target, kind, words in places:
        landmarks.append(
            _element("li", {}, _element("a", {"href": target, TYPE: kind}, printable(words)))
        )
    return _written(root)


def title_page(data: bytes, book: Book) -> bytes:
    """Title page and imprint, in the frame's language."""
    root = etree.fromstring(data)
    _set_page(root, book.frame, book.title, "../styles/book.css")
    body = find(root, "h:body")
    for child in list(body):
        body.remove(child)
    lines = [("edition", book.edition), ("subtitle", book.subtitle), ("date", book.place_date)]
    title = _element("section", {"class": "title-page"}, _element("h1", {}, printable(book.title)))
    title.set(TYPE, "titlepage")
    for name, words in (*lines, ("publisher", book.labels.published_by)):
        if words:
            title.append(_element("p", {"class": name}, printable(words)))
    imprint = _element("section", {"class": "imprint"})
    imprint.set(TYPE, "copyright-page")
    for line in (book.labels.published_by, *book.imprint):
        imprint.append(_element("p", {}, printable(line)))
    label = book.labels.identifier + source.colon(book.frame.code)
    imprint.append(
        _element("p", {}, printable(label), _element("bdi", {"dir": "ltr"}, book.identifier))
    )
    body.extend((title, imprint))
    return _written(root)


def _set_page(root: etree._Element, language: Language, title: str, styles: str) -> None:
    _set_language(root, language)
    head = find(root, "h:head")
    for child in list(head):
        head.remove(child)
    head.append(_element("title", {}, printable(title)))
    head.append(_element("link", {"rel": "stylesheet", "type": "text/css", "href": styles}))


def _set_language(element: etree._Element, language: Language) -> None:
    element.set("lang", language.tag)
    element.set(LANG, language.tag)
    element.set("dir", language.direction)


def _written(root: etree._Element) -> bytes:
    for element in find_all(root, "//*[@lang]"):
        element.set(LANG, element.get("lang", ""))
    data: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="utf-8", doctype="<!DOCTYPE html>"
    )
    return data
