"""The one canonical form of a text, in which it is stored: parsed, then written.

Whatever the markup it came with (stars or underscores, references, entities, wrapped lines), a text
that readers see alike is written alike. Footnotes are numbered in the order in which the text
refers to them and stand at the end. ``static/editor/writing.js`` writes the editor's document in
the same form; what is decided here is decided there.
"""

import re
from itertools import pairwise
from typing import Final

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import unescapeAll

from app.documents.content import (
    Block,
    Blocks,
    Code,
    Figure,
    Items,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    Words,
)
from app.documents.content import content as content_of
from app.documents.parse import Document, parse
from app.documents.phrase import phrase

_HIGHEST: Final = 999_999_999
"""Of a list's numbers, in CommonMark."""

_BACKTICKS: Final = re.compile("`+")
_DEFINITION: Final = re.compile(r"^[ >\d.)*+-]*\[(?!\^)[^\]\n]+\]:\s*(\S+)", re.MULTILINE)
_ALIGNED: Final = {"": "---", "start": ":--", "center": ":-:", "end": "--:"}

# What a line of words may not begin with, lest it become something else.
_BEGINNING: Final = re.compile(
    r"[-+](?=[ \t]|$)|\#{1,6}(?=[ \t]|$)|>|~~~|=+[ \t]*$|[-:|][-:|\ \t]*$"
)
_NUMBER: Final = re.compile(r"([0-9]{1,9})(?=[.)](?:[ \t]|$))")
_NOTE: Final = re.compile(r"\[\^[^\]\s]+\](?=:)")
_REFERENCE: Final = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]:", re.DOTALL)
_DASHES: Final = re.compile(r"(?:- ?){3,}(?:\n|$)")  # which would be a rule
_CLOSING: Final = re.compile(r"(?:(?<=[ \t])|^)#+$")


def canonical(text: str | Document) -> str:
    """The text in its canonical form; idempotent.

    A text with problems of structure comes back as it is but for the spelling of its characters
    (:func:`app.documents.characters.normalise`): what nobody can see yet, such as a footnote that
    the text does not refer to, must not be lost before its author has mended it. So does one that
    could not be written without changing what it says.
    """
    document = parse(text)
    if document.problems:
        return document.source
    content = content_of(document)
    written = write(content)
    again = parse(written)
    if again.problems or content_of(again) != content or _loses(document.source, written):
        return document.source
    return written


def _loses(source: str, written: str) -> bool:
    """Whether an address of the source, perhaps one that nothing refers to, would be gone."""
    return any(
        normalizeLink(unescapeAll(destination.strip("<>"))) not in written
        for destination in _DEFINITION.findall(source)
    )


def write(content: tuple[Blocks, ...]) -> str:
    """A text with that content: the text itself, then its footnotes."""
    body, *notes = content
    parts = [_blocks(body)] if body else []
    parts += [_note(number, blocks) for number, blocks in enumerate(notes, start=1)]
    return "\n\n".join(parts)


def _note(number: int, blocks: Blocks) -> str:
    label = f"[^{number}]:"
    if not blocks:
        return label
    between = " " if isinstance(blocks[0], Words) else "\n    "
    return f"{label}{between}{_indented(_blocks(blocks), '    ')}"


def _indented(text: str, indent: str) -> str:
    """The lines after the first behind the indent, but for empty ones."""
    return re.sub(r"\n(?=[^\n])", f"\n{indent}", text)


def _blocks(blocks: Blocks, between: str = "\n\n") -> str:
    # A list right after one of its kind needs another marker, or they would be one.
    others = [False]
    for before, block in pairwise(blocks):
        alike = (
            isinstance(before, Items)
            and isinstance(block, Items)
            and (before.start is None) == (block.start is None)
        )
        others.append(alike and not others[-1])
    return between.join(
        _block(block, other=other) for block, other in zip(blocks, others, strict=False)
    )


def _block(block: Block, *, other: bool) -> str:  # noqa: PLR0911 - one for each kind
    match block:
        case Words(runs, 0):
            return _paragraph(runs)
        case Words(runs, level):
            return f"{'#' * level} {_CLOSING.sub(_escaped, phrase(runs))}".rstrip(" ")
        case Quote(blocks):
            return re.sub("^(?=(.?))", _quoting, _blocks(blocks), flags=re.MULTILINE)
        case Items():
            return _items(block, other=other)
        case Code(content, info):
            return _fenced(content, info)
        case Rule():
            return "***"
        case Table():
            return _table(block)
        case Figure(name, alternative, caption):
            title = f' "{_quoted(caption)}"' if caption else ""
            words = phrase((Run("text", alternative, ()),), inside_brackets=True)
            return f"![{words}](figure:{name}{title})"


def _escaped(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _quoting(match: re.Match[str]) -> str:
    return "> " if match[1] else ">"


def _quoted(title: str) -> str:
    return re.sub(r'[\\"]|&(?=#?[0-9A-Za-z]+;)', _escaped, title)


def _paragraph(runs: Runs) -> str:
    text = "\n".join(map(_line, phrase(runs).split("\n")))
    return f"\\{text}" if _REFERENCE.match(text) else text


def _line(line: str) -> str:
    if _BEGINNING.match(line):
        return f"\\{line}"
    if found := (_NUMBER.match(line) or _NOTE.match(line)):
        return f"{found[0]}\\{line[found.end() :]}"
    return line


def _items(block: Items, *, other: bool) -> str:
    between = "\n" if block.tight else "\n\n"
    texts = [_blocks(blocks, between) for blocks in block.items]
    bullet = "+" if other or any(_DASHES.match(f"- {text}") for text in texts) else "-"
    items = []
    for place, text in enumerate(texts):
        marker = bullet
        if block.start is not None:
            marker = f"{min(block.start + place, _HIGHEST)}{')' if other else '.'}"
        items.append(f"{marker} {_indented(text, ' ' * (len(marker) + 1))}" if text else marker)
    return between.join(items)


def _fenced(content: str, info: str) -> str:
    longest = max(map(len, _BACKTICKS.findall(content)), default=0)
    fence = "`" * max(3, longest + 1)
    if "`" in info:
        longest = max(map(len, re.findall("~+", content)), default=0)
        fence = "~" * max(3, longest + 1)
    return "\n".join([fence + info, *([content] if content else []), fence])


def _table(block: Table) -> str:
    head, *rows = ([phrase(cell).replace("|", "\\|") for cell in row] for row in block.rows)
    delimiters = [_ALIGNED[alignment] for alignment in block.alignments]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, delimiters, *rows))
