"""A book as one pandoc tree, and the list of chapters into which pandoc will cut it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.core.languages import LANGUAGES
from app.proceedings.book import Book, BookAuthor, BookEssay, Labels
from app.proceedings.formats import source
from app.proceedings.formats.nodes import (
    Node,
    div,
    header,
    isolated,
    link,
    para,
    plain,
    span,
    strong,
    text_of,
)
from app.proceedings.formats.source import Progress

SPLIT: Final = 2
"""Pandoc begins a new file at each heading of this level or above: the headings of texts lie below.

``epub_repair`` renumbers the headings of each file from 1.
"""

FIGURE: Final = "drawn"
"""The class of the part that stands for a figure."""

LINE_BREAK: Final[Node] = {"t": "LineBreak"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter's heading id, language and part in the book (``epub:type`` values).

    Source for the types: EPUB Structural Semantics Vocabulary 1.1.
    """

    name: str
    title: str
    language: str
    matter: str
    kind: str


def chapters(book: Book) -> Iterator[Chapter]:
    """The chapters in the order in which ``blocks`` writes them."""
    frame = book.frame.code
    for position, part in enumerate(book.front):
        yield Chapter(f"front-{position}", part.title, frame, "frontmatter", "preface")
    essay = 0
    for position, section in enumerate(book.sections):
        if section.title:
            yield Chapter(f"section-{position}", section.title, frame, "bodymatter", "part")
        for entry in section.essays:
            yield Chapter(f"essay-{essay}", entry.title, entry.language, "bodymatter", "chapter")
            essay += 1
    yield Chapter("contributors", book.labels.contributors, frame, "backmatter", "contributors")


def blocks(book: Book, progress: Progress) -> Iterator[Node]:
    """The whole book; its headings carry the names of the chapters."""
    for position, part in enumerate(book.front):
        yield header(1, f"front-{position}", part.title)
        yield from _directed(source.blocks_of(part.body, above=SPLIT), book.frame.code)
    opened = -1
    for position, (at, essay) in enumerate(source.placed(book)):
        level = source.essay_level(book.sections[at])
        for unopened in range(opened + 1, at + 1):
            yield from _opener(book, unopened)
        opened = at
        yield header(level, f"essay-{position}", essay.title)
        yield from _title_block(book, essay)
        body = map(_drawn, source.essay_blocks(book, essay, above=SPLIT))
        yield from _directed(list(body), essay.language)
        yield _colophon(essay, book.labels_of(essay))
        progress("read", position + 1, len(book.essays))
    for unopened in range(opened + 1, len(book.sections)):
        yield from _opener(book, unopened)
    yield from _contributors(book)


def _opener(book: Book, position: int) -> Iterator[Node]:
    title = book.sections[position].title
    if title:
        yield header(1, f"section-{position}", title)


def _drawn(block: Node) -> Node:
    """Pandoc would look for an image's file; it gets a part that ``epub_repair`` puts right."""
    if block["t"] != "Figure":
        return block
    _, (_, caption), (shown,) = block["c"]
    (_, _, size), words, (path, _) = shown["c"][0]["c"]
    values = {"path": path, "alternative": text_of(words), **dict(size)}
    return div(FIGURE, caption, **{f"data-{name}": value for name, value in values.items()})


def _directed(body: list[Node], language: str) -> list[Node]:
    if language != "ar":
        return body
    directed: list[Node] = isolated(body)
    return directed


def _title_block(book: Book, essay: BookEssay) -> Iterator[Node]:
    words = book.labels_of(essay)
    line = [span(plain(essay.number), dir="ltr")]
    if essay.track_label:
        line += plain(f" · {essay.track_label}")
    top = [para(span(line, "number"))]
    remark = book.language_remark(essay)
    if remark:
        frame = book.frame
        top.append(para(span(plain(remark), "remark", lang=frame.tag, dir=frame.direction)))
    top += [_author(author, essay.language, words) for author in essay.authors]
    yield div("title-block", top)
    parts = (
        (words.question, essay.question),
        (words.abstract, essay.abstract),
        (words.keywords, source.pause(essay.language).join(essay.keywords)),
    )
    summary = [para(strong(name), LINE_BREAK, *plain(text)) for name, text in parts if text]
    if summary:
        yield div("summary", summary)


def _author(author: BookAuthor, code: str, words: Labels) -> Node:
    inlines = [strong(author.name)]
    latin = source.latin_name(author)
    if latin:
        inlines += [*plain(" "), span(plain(latin), "latin", lang=f"{code}-Latn", dir="ltr")]
    where = source.place(author, code)
    if where:
        inlines += [LINE_BREAK, *plain(where)]
    if author.personal_capacity:
        inlines += [LINE_BREAK, span(plain(words.personal_capacity), "capacity")]
    if author.orcid:
        address = f"https://orcid.org/{author.orcid}"
        inlines += [LINE_BREAK, span([link(plain(address), address)], dir="ltr")]
    return div("author", [para(*inlines)])


def _colophon(essay: BookEssay, words: Labels) -> Node:
    colon = source.colon(essay.language)
    inlines = [*plain(words.licence + colon), span(plain(essay.licence), dir="ltr")]
    if essay.url:
        inlines += [LINE_BREAK, span([link(plain(essay.url), essay.url)], dir="ltr")]
    return div("colophon", [para(*inlines)])


def _contributors(book: Book) -> Iterator[Node]:
    yield header(1, "contributors", book.labels.contributors)
    for author, positions in book.contributors():
        language = LANGUAGES[book.essays[positions[0]].language]
        inlines = [span([strong(author.name)], lang=language.tag, dir=language.direction)]
        latin = source.latin_name(author)
        if latin:
            tag = f"{language.code}-Latn"
            inlines += [*plain(" "), span(plain(latin), "latin", lang=tag, dir="ltr")]
        for position in positions:
            number = span(plain(book.essays[position].number), dir="ltr")
            inlines += [*plain(" "), link([number], f"#essay-{position}")]
        where = source.place(author, language.code)
        if where:
            words = span(plain(where), lang=language.tag, dir=language.direction)
            inlines += [LINE_BREAK, words]
        if author.biography:
            words = span(plain(author.biography), lang=language.tag, dir=language.direction)
            inlines += [LINE_BREAK, words]
        yield div("contributor", [para(*inlines)])
