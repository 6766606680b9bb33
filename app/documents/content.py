"""What a text says, whatever the markup it was written with: what its canonical form is made from.

Two texts that readers see alike have the same content, but for the nesting of emphasis: here marks
are a set on each run of words, as in every editor, and not a tree. ``static/editor/content.js``
reads the editor's document in the same way; what is decided here is decided there.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, NamedTuple

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from app.documents.parse import Document

SPACES: Final = (
    " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_LINE_ENDS: Final = re.compile("[\n\r\u2028\u2029]")


class Link(NamedTuple):
    """Where a link leads; the title is kept for its writer, readers get none."""

    href: str
    title: str


Mark = Link | str
"""A link, ``em`` or ``strong``."""


class Run(NamedTuple):
    """A stretch of a line with the same marks, which are in the order link, em, strong.

    Attributes:
        kind: ``text``, ``code``, ``note`` (a reference to the footnote ``text``) or ``break``.
    """

    kind: str
    text: str
    marks: tuple[Mark, ...]


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, or a heading of level 2 to 4."""

    runs: Runs
    level: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    blocks: "Blocks"


@dataclass(frozen=True, slots=True)
class Items:
    """A list: bullets where ``start`` is None; ``tight`` where no empty lines set items apart."""

    start: int | None
    tight: bool
    items: "tuple[Blocks, ...]"


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code; ``info`` is what was written after its fence."""

    content: str
    info: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the text."""


@dataclass(frozen=True, slots=True)
class Table:
    """``alignments`` are ``start``, ``center``, ``end`` or empty; the first row is the head."""

    alignments: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An image by its ID."""

    name: str
    alternative: str
    caption: str


Block = Words | Quote | Items | Code | Rule | Table | Figure
Blocks = tuple[Block, ...]


def content(document: Document) -> tuple[Blocks, ...]:
    """The content of the text itself, then that of each footnote in the order of the numbers."""
    parts = (document.tokens, *(note.tokens for note in document.notes))
    return tuple(_blocks(SyntaxTreeNode(part, create_root=True)) for part in parts)


def _blocks(node: SyntaxTreeNode) -> Blocks:
    return tuple(block for child in node.children if (block := _block(child)))


def _block(node: SyntaxTreeNode) -> Block | None:  # noqa: PLR0911 - one for each kind
    match node.type:
        case "paragraph":
            # Of spaces alone, written as entities, nobody sees anything.
            return Words(runs) if (runs := _runs(node)) else None
        case "heading":
            return Words(_runs(node, one_line=True), int(node.tag[1]))
        case "blockquote":
            return Quote(_blocks(node))
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "fence":
            return Code(node.content.removesuffix("\n"), str(node.meta["info"]))
        case "hr":
            return Rule()
        case "table":
            return _table(node)
        case "figure":
            name, alternative, caption = map(str, node.attrs.values())
            return Figure(name, alternative, caption)
    raise LookupError(f"no content: {node.type}")


def _list(node: SyntaxTreeNode) -> Items:
    blocks = [block for item in node.children for block in item.children]
    tight = all(block.hidden for block in blocks if block.type == "paragraph")
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    return settled(Items(start, tight, tuple(map(_blocks, node.children))))


def settled(items: Items) -> Items:
    """The list as it can be written: loose where tight would mean something else, or vice versa."""
    if len(items.items) < 2 and all(len(blocks) < 2 for blocks in items.items):
        return replace(items, tight=True)
    return replace(items, tight=items.tight and all(map(_fits_tight, items.items)))


def _fits_tight(blocks: Blocks) -> bool:
    """Whether an item can do without empty lines: one block, or words and a list below them."""
    if len(blocks) < 2:
        return True
    first, second = blocks[:2]
    if len(blocks) > 2 or not isinstance(first, Words) or first.level:
        return False
    return (
        isinstance(second, Items)
        and second.start in (None, 1)  # else it can't interrupt a paragraph
        and bool(second.items and second.items[0])
        and isinstance(second.items[0][0], Words)
    )


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row.children for part in node.children for row in part.children]
    return Table(
        tuple(str(cell.attrs.get("class", "")) for cell in rows[0]),
        tuple(tuple(_runs(cell, one_line=True) for cell in row) for row in rows),
    )


def _runs(node: SyntaxTreeNode, *, one_line: bool = False) -> Runs:
    """The words of a block that holds one ``inline`` token, or none."""
    tokens = [token for inline in node.children for token in inline.to_tokens()]
    children = [child for token in tokens for child in token.children or ()]
    return tidy(_marked(children), one_line=one_line)


_OPENING: Final = {"em_open": "em", "strong_open": "strong"}


def _marked(tokens: Sequence[Token]) -> Iterable[Run]:
    active: list[Mark] = []
    for token in tokens:
        match token.type:
            case "em_open" | "strong_open":
                active.append(_OPENING[token.type])
            case "link_open":
                active.append(Link(str(token.attrs["href"]), str(token.meta["title"])))
            case "em_close" | "strong_close" | "link_close":
                active.pop()
            case "text" | "code_inline" if token.type == "text" or not token.content.strip(" "):
                yield Run("text", token.content, _ranked(active))
            case "softbreak":
                yield Run("text", " ", _ranked(active))
            case "hardbreak":
                yield Run("break", "", _ranked(active))
            case "code_inline":
                yield Run("code", token.content, _ranked(active))
            case "footnote_ref":
                yield Run("note", str(token.meta["number"]), _ranked(active))
            case _:
                raise LookupError(f"no content: {token.type}")


def _ranked(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(set(marks), key=lambda mark: "" if isinstance(mark, Link) else mark))


def tidy(runs: Iterable[Run], *, one_line: bool) -> Runs:
    """The runs in their one form.

    Texts are in NFC; no two neighbours could be one; there are no spaces at the ends and around
    line breaks, and none at the ends of emphasis. ``one_line``: without line breaks.
    """
    spelled = [
        Run("text", _spelled(run.text), run.marks)
        if run.kind == "text"
        else Run("text", " ", run.marks)
        if run.kind == "break" and one_line
        else run
        for run in runs
    ]
    found = _merged(spelled)
    if any(run.marks for run in found):
        for mark in ("em", "strong"):
            found = _merged(_tightened(found, mark))
    return tuple(_merged(_trimmed(_stripped(found))))


def _spelled(text: str) -> str:
    return unicodedata.normalize("NFC", _LINE_ENDS.sub(" ", text).replace("\ufeff", ""))


def _merged(runs: Iterable[Run]) -> list[Run]:
    merged = []
    for (kind, marks), group in groupby(runs, key=lambda run: (run.kind, run.marks)):
        same = list(group)
        if kind in ("text", "code"):
            text = "".join(run.text for run in same)
            same = [Run(kind, text, marks)] if text else []
        merged += same
    return merged


def _edges(run: Run) -> list[Run]:
    """A text's spaces at the start, the text, its spaces at the end."""
    if run.kind != "text":
        return [run]
    # Not by a pattern, which would try each of a thousand spaces inside as the end.
    body = run.text.lstrip(SPACES)
    core = body.rstrip(SPACES)
    parts = (run.text[: len(run.text) - len(body)], core, body[len(core) :])
    return [Run("text", part, run.marks) for part in parts if part]


def _tightened(runs: list[Run], mark: Mark) -> list[Run]:
    """The mark taken from spaces and line breaks at the ends of what it marks."""
    pieces = [piece for run in runs for piece in (_edges(run) if mark in run.marks else [run])]
    ahead, behind = _reached(pieces, mark), _reached(pieces[::-1], mark)[::-1]
    return [
        piece
        if mark not in piece.marks or (before and after)
        else piece._replace(marks=tuple(each for each in piece.marks if each != mark))
        for piece, before, after in zip(pieces, ahead, behind, strict=True)
    ]


def _reached(pieces: list[Run], mark: Mark) -> list[bool]:
    """Of each piece, whether it or one before it under the same mark is more than space."""
    reached = []
    inside = False
    for piece in pieces:
        inside = mark in piece.marks and (inside or not _is_space(piece))
        reached.append(inside)
    return reached


def _is_space(run: Run) -> bool:
    return run.kind == "break" or (run.kind == "text" and not run.text.strip())


def _stripped(runs: list[Run]) -> list[Run]:
    """Without spaces and line breaks at both ends, but for those that are a link."""
    pieces = [piece for run in runs for piece in _edges(run)]
    solid = [
        place
        for place, piece in enumerate(pieces)
        if not _is_space(piece) or any(isinstance(mark, Link) for mark in piece.marks)
    ]
    return _merged(pieces[solid[0] : solid[-1] + 1] if solid else ())


def _trimmed(runs: list[Run]) -> Iterable[Run]:
    """Without the spaces that the parser drops around a line break."""
    for place, run in enumerate(runs):
        text = run.text
        if run.kind == "text":
            if place and runs[place - 1].kind == "break":
                text = text.lstrip(" \t")
            if place + 1 < len(runs) and runs[place + 1].kind == "break":
                text = text.rstrip(" \t")
        yield run._replace(text=text)
