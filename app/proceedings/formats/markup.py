"""From pandoc's syntax tree to typst markup, so that no text is ever read as code.

Everything an author wrote goes into typst *string literals* (``#"…";``), in which only the
quotation mark and the backslash mean anything: no hash, bracket, label or comment of an essay
reaches the markup reader, and typst's smart quotes and dashes stay out of what jurists wrote.
The writer is total over the small tree of ``app.documents``: an element it does not know is an
error, never something passed through.

Sources: pandoc-types 1.23 (``Text.Pandoc.Definition``) for the tree; typst 0.15 reference, "Syntax"
and "String", for the escapes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from app.proceedings.formats.errors import BuildError
from app.proceedings.formats.nodes import Node, is_foreign, text_of

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_CJK: Final = r"[\u2e80-\u9fff\uff00-\uffef]"
_CJK_BREAK: Final = re.compile(rf"(?<={_CJK})\n(?={_CJK}|$)|^\n(?={_CJK})")
_NO_BREAK_AFTER: Final = re.compile(r"[\sA-Za-zÀ-ɏЀ-ӿ\u0620-\u064a]|$")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_REGION_A: Final = 0x1F1E6
_REGION: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
_WEB: Final = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_ALIGNMENT: Final = {"AlignRight": "end", "AlignCenter": "center"}
_WRAPPERS: Final = {
    "Emph": "#emph",
    "Strong": "#strong",
    "Strikeout": "#strike",
    "Superscript": "#super",
    "Subscript": "#sub",
    "Underline": "#underline",
    "SmallCaps": "#smallcaps",
    "Span": "",
}
COLUMN_WIDTH: Final = 334.0
FIGURE_HEIGHT: Final = 400.0
"""In points: the width of the text block, and how much of its height a figure may take."""

POINTS: Final = 0.75
"""Points in a pixel of CSS."""

_WORD_JOINER: Final = "\u2060"
_BLANKS: Final = {"Space": " ", "SoftBreak": "\n"}
_LONGEST_WORD: Final = 24
"""Characters of the longest Korean word kept in one piece; longer ones may break anywhere."""


def string(text: str) -> str:
    """A typst string literal, of the text as :func:`printable` leaves it."""
    text = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\t", " ") + '"'


def printable(text: str) -> str:
    """The text without control characters, which PDF/A forbids, and with flags as letters.

    A flag is encoded as the two letters of its region (UTS #51, "Flags"); no text font draws it.
    """
    return _REGION.sub(
        lambda found: chr(ord(found[0]) - _REGION_A + ord("A")), _UNPRINTABLE.sub("", text)
    )


def write(blocks: list[Node], *, language: str, above: int) -> str:
    """Typst markup of an essay's blocks.

    Args:
        language: its code; Arabic and Korean need care inside paragraphs.
        above: level of the heading above; levels below follow without gaps, as PDF/UA asks
            (ISO 14289-1, 7.4.2).

    Raises:
        BuildError: ``build.unsupported``, for an element outside the profile.
    """
    return _Writer(language, above).blocks(blocks)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A stretch of text, or ready markup (a note, a link), and the marks it lies in."""

    content: str
    marks: tuple[str, ...] = ()
    ready: bool = False
    note: bool = False

    def markup(self) -> str:
        inner = self.content if self.ready else f"#{string(self.content)};"
        for mark in reversed(self.marks):
            inner = f"{mark}[{inner}]" if mark else inner
        return inner


class _Writer:
    def __init__(self, language: str, above: int) -> None:
        self._language = language
        self._above = above
        self._level = above

    def blocks(self, blocks: Iterable[Node]) -> str:
        return "\n\n".join(self._block(block) for block in blocks)

    def _block(self, block: Node) -> str:
        write = self._blocks().get(block["t"])
        if write is None:
            raise BuildError("build.unsupported", element=block["t"])
        return write(block.get("c"))

    def _blocks(self) -> dict[str, Callable[[Any], str]]:
        return {
            "Para": self._paragraph,
            "Plain": self._paragraph,
            "Header": self._heading,
            "BlockQuote": lambda c: f"#quote(block: true)[{self.blocks(c)}]",
            "BulletList": lambda c: f"#list{self._items(c)}",
            "OrderedList": lambda c: f"#enum(start: {int(c[0][0])}){self._items(c[1])}",
            "CodeBlock": lambda c: f"#raw(block: true, {string(c[1])})",
            "HorizontalRule": lambda _: "#align(center, line(length: 20%, stroke: 0.4pt))",
            "Div": lambda c: self.blocks(c[1]),
            "Table": self._table,
            "Figure": self._figure,
        }

    def _items(self, items: list[list[Node]]) -> str:
        return "".join(f"[{self.blocks(item)}]" for item in items)

    def _paragraph(self, inlines: list[Node]) -> str:
        markup = self.inlines(inlines)
        foreign = self._language == "ar" and is_foreign(inlines)
        return f"#text(dir: ltr)[{markup}]" if foreign else markup

    def _heading(self, content: list[Any]) -> str:
        self._level = max(self._above + 1, min(int(content[0]), self._level + 1))
        title = self.inlines(content[2])
        return f"#heading(level: {self._level}, outlined: false, bookmarked: true)[{title}]"

    def _table(self, content: list[Any]) -> str:
        _, caption, columns, head, bodies, foot = content
        alignments = ", ".join(_ALIGNMENT.get(column[0]["t"], "start") for column in columns)
        header = self._rows(head[1])
        rows = [row for body in bodies for row in (*body[2], *body[3])] + foot[1]
        cells = f"table.header({header}), {self._rows(rows)}" if header else self._rows(rows)
        table = f"#table(columns: {len(columns)}, align: ({alignments},), {cells})"
        title = self.blocks(caption[1])
        return f"{table}\n\n#align(center)[{title}]" if title else table

    def _figure(self, content: list[Any]) -> str:
        _, (_, caption), (shown,) = content
        (_, _, size), words, (path, _) = shown["c"][0]["c"]
        width, height = (float(value) for _, value in size)
        # The text block's own measures: see book.typ.
        scale = min(POINTS, COLUMN_WIDTH / width, FIGURE_HEIGHT / height)
        # PDF/UA asks for a text; what was published before it was asked for here may have none.
        alternative = text_of(words) or text_of(caption) or "–"
        image = f"image({string(path)}, alt: {string(alternative)}, width: {width * scale:.2f}pt)"
        title = f", caption: [{self.blocks(caption)}]" if caption else ""
        return f"#figure({image}{title})"

    def _rows(self, rows: list[Any]) -> str:
        return ", ".join(
            f"table.cell(rowspan: {int(cell[2])}, colspan: {int(cell[3])})[{self.blocks(cell[4])}]"
            for row in rows
            for cell in row[1]
        )

    def inlines(self, inlines: list[Node]) -> str:
        leaves = _glued(self._leaves(inlines, ()))
        if self._language == "ko":
            return "".join(_in_words(leaves))
        return "".join(leaf.markup() for leaf in leaves)

    def _leaves(self, inlines: list[Node], marks: tuple[str, ...]) -> Iterator[_Leaf]:
        text: list[str] = []
        for node in inlines:
            kind: str = node["t"]
            if kind == "Str":
                text.append(node["c"])
            elif kind in _BLANKS:
                text.append(_BLANKS[kind])
            else:
                if text:
                    yield _Leaf(_unfold("".join(text)), marks)
                    text = []
                yield from self._marked(kind, node.get("c"), marks)
        if text:
            yield _Leaf(_unfold("".join(text)), marks)

    def _marked(self, kind: str, content: Any, marks: tuple[str, ...]) -> Iterator[_Leaf]:
        if kind in _WRAPPERS:
            inner = content[1] if kind == "Span" else content
            yield from self._leaves(inner, (*marks, _WRAPPERS[kind]))
        else:
            yield _Leaf(self._ready(kind, content), marks, ready=True, note=kind == "Note")

    def _ready(self, kind: str, content: Any) -> str:
        match kind:
            case "LineBreak":
                return "#linebreak();"
            case "Note":
                return f"#footnote[{self.blocks(content)}]"
            case "Code":
                return f"#raw({string(content[1])});"
            case "Link":
                return self._link(content)
            case _:
                raise BuildError("build.unsupported", element=kind)

    def _link(self, content: list[Any]) -> str:
        words, address = self.inlines(content[1]), content[2][0]
        if not _WEB.fullmatch(address):
            return words
        if self._language == "ar" and is_foreign(content[1]):
            words = f"#text(dir: ltr)[{words}]"
        return f"#link({string(address)})[{words}]"


def _glued(leaves: Iterable[_Leaf]) -> Iterator[_Leaf]:
    """The same, and a word joiner where a note's mark could slip to the next line."""
    last = None
    for leaf in leaves:
        if leaf.note and last and _may_break_after(last):
            yield _Leaf(_WORD_JOINER)
        yield leaf
        last = leaf


def _may_break_after(leaf: _Leaf) -> bool:
    """Whether a line could break before a note's mark: after a sign or a character (UAX #14)."""
    return not leaf.ready and not _NO_BREAK_AFTER.match(leaf.content[-1:])


def _unfold(text: str) -> str:
    """Chinese lines join without a space, others with one (UAX #14 has no say in source breaks)."""
    return _CJK_BREAK.sub("", text).replace("\n", " ")


def _in_words(leaves: Iterable[_Leaf]) -> Iterator[str]:
    """Korean breaks between words; typst breaks between syllables, so each word gets a box.

    A word may lie partly inside a mark, and its particle or its note after it: they stay together.
    """
    word: list[_Leaf] = []
    for leaf in leaves:
        pieces = [leaf.content] if leaf.ready else re.split(r"( +)", leaf.content)
        for piece in pieces:
            if not leaf.ready and piece.startswith(" "):
                yield _boxed(word)
                word = []
                yield _Leaf(piece, leaf.marks).markup()
            elif piece:
                word.append(replace(leaf, content=piece))
    yield _boxed(word)


def _boxed(word: list[_Leaf]) -> str:
    markup = "".join(leaf.markup() for leaf in word)
    letters = "".join(leaf.content for leaf in word if not leaf.ready)
    holds_link = any(leaf.ready and leaf.content.startswith("#link") for leaf in word)
    if not _HANGUL.search(letters) or len(letters) > _LONGEST_WORD or holds_link:
        return markup
    return f"#box[{markup}]"
