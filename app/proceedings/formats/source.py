"""What both formats need of a book's texts: their syntax trees and the small words around them."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from app.documents import tree
from app.documents.parse import parse
from app.proceedings.book import Book, BookAuthor, BookEssay, BookFigure, BookSection
from app.proceedings.formats.errors import BuildError
from app.proceedings.formats.nodes import Node, attributes, header, para

Progress = Callable[[str, int, int], None]
"""Called with a stage (``read``, ``check``, ``typeset``, ``pack``), what is done, and the total."""

NO_FIGURES: Final[Mapping[str, BookFigure]] = MappingProxyType({})

_COMMAS = {"ar": "، ", "zh": "，"}
_PAUSES = {"ar": "؛ ", "zh": "；"}
_COLONS = {"fr": "\u202f: ", "zh": "："}
_SHORT_COLUMNS = 64


def refuse_empty(book: Book) -> None:
    """Raises BuildError ``build.empty`` for a book without essays."""
    if not book.essays:
        raise BuildError("build.empty")


def essay_level(section: BookSection) -> int:
    """Heading level of the essays in a section: 2, or 1 where the section has no title."""
    return 2 if section.title else 1


def blocks_of(
    text: str, *, above: int, figures: Mapping[str, BookFigure] = NO_FIGURES
) -> list[Node]:
    """Pandoc blocks of a text, its headings beginning one level below ``above``.

    Images lead to ``figures/NAME`` and have a width and a height in pixels; of figures that are
    not there, the words stay.
    """
    blocks = tree.blocks(text, base_level=above + 1, split_words=False)
    return [each for block in blocks for each in _with_figure(block, figures)]


def _with_figure(block: Node, figures: Mapping[str, BookFigure]) -> list[Node]:
    if block["t"] != "Figure":
        return [block]
    _, (_, caption), (content,) = block["c"]
    image = content["c"][0]
    figure = figures.get(image["c"][2][0].removeprefix("figure:"))
    if figure is None:
        words = [para(*image["c"][1])] if image["c"][1] else []
        return words + [para(*each["c"]) for each in caption]
    size = attributes(width=str(figure.width), height=str(figure.height))
    shown = {"t": "Image", "c": [size, image["c"][1], [f"figures/{figure.name}", ""]]}
    return [{"t": "Figure", "c": [attributes(), [None, caption], [{"t": "Plain", "c": [shown]}]]}]


def shown_figures(book: Book) -> dict[str, tuple[BookEssay, BookFigure]]:
    """The figures that the book shows, by name, each with the first essay that does."""
    return {
        each.figures[digest].name: (each, each.figures[digest])
        for each in reversed(book.essays)
        if each.figures
        for digest in reversed(parse(each.body).figures)
        if digest in each.figures
    }


def file_of(essay: BookEssay, figure: BookFigure) -> bytes:
    """A figure's file. Raises BuildError ``build.figure_missing``."""
    try:
        return figure.load()
    except FileNotFoundError as error:
        raise BuildError("build.figure_missing", essay=essay.number, name=figure.name) from error


def essay_blocks(book: Book, essay: BookEssay, *, above: int) -> list[Node]:
    """Pandoc blocks of an essay's text and of its references, under a heading of their own."""
    blocks = blocks_of(essay.body, above=above, figures=essay.figures)
    if essay.references:
        blocks.append(header(above + 1, "", book.labels_of(essay).references))
        blocks += blocks_of(essay.references, above=above)
    return blocks


def placed(book: Book) -> Iterator[tuple[int, BookEssay]]:
    """Each essay in order, with the position of its section."""
    for position, section in enumerate(book.sections):
        for essay in section.essays:
            yield position, essay


def comma(code: str) -> str:
    return _COMMAS.get(code, ", ")


def pause(code: str) -> str:
    """What stands between keywords."""
    return _PAUSES.get(code, "; ")


def latin_name(author: BookAuthor) -> str:
    """The Latin form where it says something new, else ""."""
    return author.latin if author.latin != author.name else ""


def place(author: BookAuthor, code: str) -> str:
    """Affiliation and country, joined as the language joins them."""
    return comma(code).join(part for part in (author.affiliation, author.country) if part)


def colon(code: str) -> str:
    """What stands between a label and its value."""
    return _COLONS.get(code, ": ")


def byline(essay: BookEssay) -> str:
    return comma(essay.language).join(author.name for author in essay.authors)


def short(title: str) -> str:
    """A title cut at a word to fit a running head; East Asian characters count twice (UAX #11)."""
    width = 0
    for position, character in enumerate(title):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > _SHORT_COLUMNS:
            cut = title[:position]
            words = cut.rsplit(" ", 1)[0] if " " in cut else cut
            return words.rstrip(" ,;:–—،؛，；：") + "…"
    return title


def frame_texts(book: Book) -> Iterator[str]:
    """All texts of the frame: what stands in the book outside its essays."""
    yield from (book.title, book.subtitle, book.edition, book.place_date, book.identifier)
    yield from book.imprint
    yield from (section.title for section in book.sections)
    yield from (part.title for part in book.front)
    labels = (book.labels, *book.labels_by_language.values())
    for words in labels:
        yield from (getattr(words, name) for name in words.__slots__ if name != "written_in")
    yield from book.labels.written_in.values()


def essay_texts(essay: BookEssay) -> Iterator[str]:
    """All texts of an essay but its body."""
    yield from (essay.number, essay.title, essay.abstract, essay.licence)
    yield from (essay.track_label, essay.question, essay.url, *essay.keywords)
    for author in essay.authors:
        yield from (author.name, author.latin, author.affiliation, author.country)
        yield author.biography
