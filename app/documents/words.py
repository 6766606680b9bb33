"""A text as its blocks, and these as their words: for comparing texts.

Sources: Unicode UAX #29 and CLDR's rules and dictionaries (words), through ICU.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

import icu
from markdown_it.token import Token

from app.core.languages import language as language_of
from app.documents.parse import Document, parse
from app.documents.settle import text as text_of

SINGLE: Final = frozenset({"address", "note", "figure"})
"""Marks of what is compared as one thing, never cut."""


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
    """Words that look alike; once cut, one word, a space or a mark between words.

    Attributes:
        key: what it is compared by. ``shown``: what one reads of it.
        marks: ``strong``, ``em``, ``code``, ``link``, ``address``, ``note`` or ``figure``.
    """

    key: Hashable
    shown: str
    marks: tuple[str, ...] = ()


class Block(NamedTuple):
    """A block of a text and its words, uncut until a :class:`Cutter` has had it."""

    kind: Kind
    words: tuple[Word, ...]


class Cutter:
    """Cuts one language's texts into words; not to be shared between threads."""

    def __init__(self, language: str) -> None:
        locale = icu.Locale(language_of(language).locale)
        self._breaks = icu.BreakIterator.createWordInstance(locale)

    def cut(self, block: Block) -> Block:
        """The same with each word apart."""
        words: list[Word] = []
        for is_single, group in groupby(block.words, key=_is_single):
            found = list(group)
            words += found if is_single else self._words(found)
        return Block(block.kind, tuple(words))

    def _words(self, parts: Sequence[Word]) -> Iterator[Word]:
        """Cut where ICU sees a boundary, and where the marks change."""
        whole = "".join(part.shown for part in parts)
        self._breaks.setText(whole)
        ends = _in_characters(list(self._breaks), whole)
        start = at = 0
        for part in parts:
            stop = start + len(part.shown)
            while start < stop:
                while at < len(ends) and ends[at] <= start:
                    at += 1
                end = min(ends[at] if at < len(ends) else stop, stop)
                yield _word(whole[start:end], part.marks)
                start = end


def plain_block(text: str) -> Block:
    """A line or a plain text of several lines as a block."""
    return Block(Kind.PARAGRAPH, (_word(text, ()),) if text else ())


def _is_single(word: Word) -> bool:
    return not SINGLE.isdisjoint(word.marks)


def _word(text: str, marks: tuple[str, ...]) -> Word:
    return Word((text, marks) if marks else text, text, marks)


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


def blocks(text: str | Document) -> list[Block]:
    """The text's blocks in order, its footnotes after it; their words are not cut yet."""
    document = parse(text)
    found = list(_blocks(document.tokens))
    for note in document.notes:
        found += (Block(Kind.NOTE, block.words) for block in _blocks(note.tokens))
    return found


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
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
                yield Block(Kind.CODE, (_word(token.content.rstrip("\n"), ("code",)),))
            case "inline" if row is not None:
                row += [Word("|", " | ")] if row else []
                row += _inline(token)
            case "inline":
                kind = Kind.HEADING if heading else Kind.PARAGRAPH
                kind = Kind.QUOTATION if quotations else Kind.ITEM if items else kind
                yield Block(kind, tuple(_inline(token)))


def _inline(inline: Token) -> list[Word]:
    """The words of a block, each with its marks; an address follows the words of its link."""
    words: list[Word] = []
    texts: list[tuple[str, tuple[str, ...]]] = []
    marks: list[str] = []
    addresses: list[str] = []

    def flush() -> None:
        for alike, group in groupby(texts, key=itemgetter(1)):
            words.append(_word("".join(text for text, _ in group), alike))
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
