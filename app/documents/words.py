"""A text as its blocks, and these as their words: for comparing texts.

Sources: Unicode UAX #29 and CLDR's rules and dictionaries (words), through ICU.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import icu
from markdown_it.token import Token

from app.core.languages import language as language_of
from app.documents.parse import Document, parse
from app.documents.settle import text as text_of


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTATION = "quotation"
    TABLE_ROW = "table_row"
    CODE = "code"
    RULE = "rule"
    NOTE = "note"


class Word(NamedTuple):
    """A word, a space or a mark between words.

    Attributes:
        key: what it is compared by. ``shown``: what one reads of it.
        marks: ``strong``, ``em``, ``code``, ``link``, ``address``, ``note`` or ``figure``.
    """

    key: Hashable
    shown: str
    marks: tuple[str, ...] = ()


class Block(NamedTuple):
    """A block of a text and its words."""

    kind: Kind
    words: tuple[Word, ...]


class Cutter:
    """Cuts one language's texts into words; not to be shared between threads."""

    def __init__(self, language: str) -> None:
        locale = icu.Locale(language_of(language).locale)
        self._breaks = icu.BreakIterator.createWordInstance(locale)

    def words(self, texts: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Word]:
        """Cut where ICU sees a boundary, and where the marks change."""
        parts = [*texts]
        whole = "".join(text for text, _marks in parts)
        self._breaks.setText(whole)
        ends = _in_characters(list(self._breaks), whole)
        start = at = 0
        for text, marks in parts:
            stop = start + len(text)
            while start < stop:
                while at < len(ends) and ends[at] <= start:
                    at += 1
                end = min(ends[at] if at < len(ends) else stop, stop)
                word = whole[start:end]
                yield Word((word, marks) if marks else word, word, marks)
                start = end


def _in_characters(units: list[int], text: str) -> list[int]:
    """Places ICU counted in UTF-16, where a character beyond the first 65,536 is two."""
    if not text or max(text) <= "\uffff":
        return units
    places, place = {}, 0
    for index, character in enumerate(text):
        places[place] = index
        place += 1 + (character > "\uffff")
    places[place] = len(text)
    return [places[unit] for unit in units if unit in places]


def blocks(text: str | Document, language: str) -> list[Block]:
    """The text's blocks in order, its footnotes after it."""
    document, cutter = parse(text), Cutter(language)
    found = list(_blocks(document.tokens, cutter))
    for note in document.notes:
        for block in _blocks(note.tokens, cutter):
            found.append(Block(Kind.NOTE, block.words))
    return found


def _blocks(tokens: Sequence[Token], cutter: Cutter) -> Iterator[Block]:
    items = quotations = 0
    row: list[Word] | None = None
    heading = False
    for token in tokens:
        match token.type:
            case "list_item_open" | "list_item_close":
                items += token.nesting
            case "blockquote_open" | "blockquote_close":
                quotations += token.nesting
            case "heading_open" | "heading_close":
                heading = token.nesting > 0
            case "tr_open":
                row = []
            case "tr_close":
                yield Block(Kind.TABLE_ROW, tuple(row or ()))
                row = None
            case "hr":
                yield Block(Kind.RULE, (Word("hr", "⁂"),))
            case "fence":
                lines = [(token.content.rstrip("\n"), ("code",))]
                yield Block(Kind.CODE, tuple(cutter.words(lines)))
            case "inline" if row is not None:
                row += [Word("|", " | ")] if row else []
                row += _inline(token, cutter)
            case "inline":
                kind = Kind.HEADING if heading else Kind.PARAGRAPH
                kind = Kind.QUOTATION if quotations else Kind.ITEM if items else kind
                yield Block(kind, tuple(_inline(token, cutter)))


def _inline(inline: Token, cutter: Cutter) -> list[Word]:
    """The words of a block, each with its marks; an address follows the words of its link."""
    words: list[Word] = []
    texts: list[tuple[str, tuple[str, ...]]] = []
    marks: list[str] = []
    addresses: list[str] = []

    def flush() -> None:
        words.extend(cutter.words(texts))
        texts.clear()

    for child in inline.children or []:
        match child.type:
            case "strong_open" | "em_open":
                marks.append(child.type.removesuffix("_open"))
            case "strong_close" | "em_close":
                marks.remove(child.type.removesuffix("_close"))
            case "link_open":
                marks.append("link")
                addresses.append(str(child.attrs["href"]))
            case "link_close":
                marks.remove("link")
                flush()
                words.append(Word(addresses[-1], f" ⟨{addresses.pop()}⟩", ("address",)))
            case "footnote_ref":
                flush()
                # Compared as "a reference": an inserted note renumbers all that follow it.
                words.append(Word(("note",), str(child.meta["number"]), ("note",)))
            case "image":
                flush()
                key = ("figure", str(child.attrs.get("src", "")), text_of(child))
                words.append(Word(key, text_of(child), ("figure",)))
            case "softbreak" | "hardbreak":
                texts.append((" " if child.type == "softbreak" else "\n", tuple(marks)))
            case "code_inline":
                texts.append((child.content, (*marks, "code")))
            case _:
                texts.append((text_of(child), tuple(marks)))
    flush()
    return words


def says(word: Word) -> bool:
    """Whether it is a word rather than a space or a mark."""
    return any(map(str.isalnum, word.shown))
