"""The text as pandoc's syntax tree, for books and other files.

A total translation: each token the parse can yield has its element, and any other is an error.
Pandoc reads only these trees from us, never Markdown. Source: pandoc-types 1.23.1,
``Text.Pandoc.Definition``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from app.documents.parse import Document, Note, parse

API_VERSION: Final = (1, 23, 1, 1)
"""What pandoc 3.9 writes; it refuses trees of another major version."""

Element = dict[str, Any]
"""``{"t": constructor, "c": contents}``, as pandoc's JSON has it."""

_NO_ATTR: Final[tuple[str, tuple[()], tuple[()]]] = ("", (), ())
_ALIGNMENTS: Final = {"start": "AlignLeft", "center": "AlignCenter", "end": "AlignRight"}
_SPACES: Final = re.compile(r"[ \t\n]+")


class UnknownToken(LookupError):
    """The parse yielded a token that has no element: the grammar has outgrown this module."""


def blocks(text: str | Document, *, base_level: int = 1, split_words: bool = True) -> list[Element]:
    """The text's blocks; its highest headings get ``base_level`` (from 1).

    Pandoc's readers put each word into an element of its own. Without ``split_words`` a stretch of
    text stays one element: half of the time, and as good where no lines are to be wrapped.

    A footnote stands where the text refers to it, each time it does. One that another footnote
    refers to follows that one, once: a note can't hold a note.
    """
    document = parse(text)
    return _Translation(document.notes, base_level, split_words).blocks(_root(document.tokens))


def document(blocks: Sequence[Element], meta: Mapping[str, Any]) -> Element:
    """A whole tree for ``pandoc.run``; ``meta`` holds strings, booleans, sequences and mappings.

    Raises TypeError for any other value.
    """
    return {
        "pandoc-api-version": list(API_VERSION),
        "meta": {name: _meta(value) for name, value in meta.items()},
        "blocks": list(blocks),
    }


def _meta(value: Any) -> Element:
    match value:
        case bool():
            return _element("MetaBool", value)
        case str():
            return _element("MetaString", value)
        case Mapping():
            return _element("MetaMap", {name: _meta(inner) for name, inner in value.items()})
        case Sequence():
            return _element("MetaList", [_meta(inner) for inner in value])
    raise TypeError(f"no metadata: {type(value).__name__}")


def _root(tokens: Sequence[Token]) -> SyntaxTreeNode:
    return SyntaxTreeNode(tokens, create_root=True)


def _element(name: str, *contents: Any) -> Element:
    """An element: without contents, with one, or with several as a list."""
    if not contents:
        return {"t": name}
    return {"t": name, "c": contents[0] if len(contents) == 1 else list(contents)}


class _Translation:
    """One text's translation; it remembers which footnotes' footnotes have been placed."""

    def __init__(self, notes: Sequence[Note], base_level: int, split_words: bool) -> None:
        self._notes = notes
        self._base_level = base_level
        self._placed: set[int] = set()
        self._inner: list[int] | None = None  # numbers met inside a footnote, None outside
        self._block_rules = {
            "paragraph": self._paragraph,
            "heading": self._heading,
            "blockquote": lambda node: _element("BlockQuote", self.blocks(node)),
            "bullet_list": lambda node: _element("BulletList", self._items(node)),
            "ordered_list": self._ordered_list,
            "fence": lambda node: _element("CodeBlock", _NO_ATTR, node.content.rstrip("\n")),
            "figure": self._figure,
            "hr": lambda node: _element("HorizontalRule"),
            "table": self._table,
        }
        text = _words if split_words else _phrase
        self._inline_rules = {
            "text": lambda node: text(node.content),
            "softbreak": lambda node: [_element("SoftBreak")],
            "hardbreak": lambda node: [_element("LineBreak")],
            "em": lambda node: [_element("Emph", self._inlines(node))],
            "strong": lambda node: [_element("Strong", self._inlines(node))],
            "code_inline": lambda node: [_element("Code", _NO_ATTR, node.content)],
            "link": self._link,
            "footnote_ref": self._footnote_ref,
        }

    def blocks(self, node: SyntaxTreeNode) -> list[Element]:
        """The elements of a node's children, which are blocks."""
        return [_rule(self._block_rules, child)(child) for child in node.children]

    def _inlines(self, node: SyntaxTreeNode) -> list[Element]:
        return [
            element
            for child in node.children
            for element in _rule(self._inline_rules, child)(child)
        ]

    def _content(self, node: SyntaxTreeNode) -> list[Element]:
        """The inlines of a block that holds one ``inline`` token, or none."""
        return [element for inline in node.children for element in self._inlines(inline)]

    def _paragraph(self, node: SyntaxTreeNode) -> Element:
        return _element("Plain" if node.hidden else "Para", self._content(node))

    def _figure(self, node: SyntaxTreeNode) -> Element:
        """A figure, whose image's address is ``figure:ID`` until the file's maker sets it."""
        name, caption = str(node.attrs["id"]), str(node.attrs["caption"])
        image = _element(
            "Image", _NO_ATTR, _words(str(node.attrs["alternative"])), [f"figure:{name}", ""]
        )
        words = [_element("Plain", _words(caption))] if caption else []
        return _element("Figure", _NO_ATTR, [None, words], [_element("Plain", [image])])

    def _heading(self, node: SyntaxTreeNode) -> Element:
        level = self._base_level + int(node.tag[1]) - 2  # the parse begins at h2
        return _element("Header", level, _NO_ATTR, self._content(node))

    def _items(self, node: SyntaxTreeNode) -> list[list[Element]]:
        return [self.blocks(item) for item in node.children]

    def _ordered_list(self, node: SyntaxTreeNode) -> Element:
        style = [int(node.attrs.get("start", 1)), _element("Decimal"), _element("Period")]
        return _element("OrderedList", style, self._items(node))

    def _link(self, node: SyntaxTreeNode) -> list[Element]:
        target = [str(node.attrs["href"]), ""]
        return [_element("Link", _NO_ATTR, self._inlines(node), target)]

    def _table(self, node: SyntaxTreeNode) -> Element:
        head, *bodies = node.children
        columns = [
            [_alignment(cell), _element("ColWidthDefault")] for cell in head.children[0].children
        ]
        return _element(
            "Table",
            _NO_ATTR,
            [None, []],
            columns,
            [_NO_ATTR, self._rows(head)],
            [[_NO_ATTR, 0, [], self._rows(body)] for body in bodies],
            [_NO_ATTR, []],
        )

    def _rows(self, node: SyntaxTreeNode) -> list[Any]:
        return [[_NO_ATTR, [self._cell(cell) for cell in row.children]] for row in node.children]

    def _cell(self, node: SyntaxTreeNode) -> list[Any]:
        content = self._content(node)
        return [_NO_ATTR, _alignment(node), 1, 1, [_element("Plain", content)] if content else []]

    def _footnote_ref(self, node: SyntaxTreeNode) -> list[Element]:
        number: int = node.meta["number"]
        if self._inner is not None:
            self._inner.append(number)
            return []
        elements = []
        waiting = [number]
        for number in waiting:  # which grows
            self._inner = []
            elements.append(_element("Note", self.blocks(_root(self._notes[number - 1].tokens))))
            fresh = [inner for inner in dict.fromkeys(self._inner) if inner not in self._placed]
            self._inner = None
            self._placed.update(fresh)
            waiting += fresh
        return elements


def _rule(rules: Mapping[str, Any], node: SyntaxTreeNode) -> Any:
    try:
        return rules[node.type]
    except KeyError:
        raise UnknownToken(node.type) from None


def _alignment(cell: SyntaxTreeNode) -> Element:
    return _element(_ALIGNMENTS.get(str(cell.attrs.get("class", "")), "AlignDefault"))


def _words(content: str) -> list[Element]:
    """Words and the spaces between them; a no-break space is part of its word."""
    return list(_spaced(_SPACES.split(content)))


def _phrase(content: str) -> list[Element]:
    return [_element("Str", _SPACES.sub(" ", content))] if content else []


def _spaced(words: Iterable[str]) -> Iterable[Element]:
    for position, word in enumerate(words):
        if position:
            yield _element("Space")
        if word:
            yield _element("Str", word)
