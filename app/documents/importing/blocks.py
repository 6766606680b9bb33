"""From pandoc's syntax tree, read out of somebody's file, to the text format.

Total: an element this module does not know is reported, and its words are kept. Source:
pandoc-types 1.23.1, ``Text.Pandoc.Definition``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.documents.importing.inlines import STRONG, Run, escape, shown, weight, write
from app.documents.importing.model import TooComplex, excerpt
from app.documents.importing.tables import Grid, grid
from app.documents.importing.words import Words, all_words
from app.documents.profile import MAX_MARKS
from app.documents.settle import HEADING_LEVELS
from app.documents.tree import Element

MOST_DEPTH: Final = 8
"""Lists and quotations inside one another; what lies deeper is written on that level."""


@dataclass
class Writer(Words):
    """One file's text; ``findings`` says what could not be kept.

    Attributes:
        indents_notes: whether a footnote that is all quotation is none: to pandoc, an indented
            paragraph of an ODT is a quotation, and LibreOffice indents footnotes.
    """

    indents_notes: bool = False
    _notes: list[str] = field(default_factory=list)
    _levels: list[int] = field(default_factory=list)
    _depth: int = 0
    _top: bool = True
    _weight: int = 0

    def text(self, blocks: Sequence[Element]) -> str:
        """The whole: blocks, then the footnotes."""
        parts = self.blocks(blocks)
        # Which may grow: a footnote can refer to another one.
        notes = [f"[^{number}]: {note}" for number, note in enumerate(self._notes, start=1)]
        return "\n\n".join([*parts, *notes]) + "\n" if parts or notes else ""

    def blocks(self, elements: Iterable[Element]) -> list[str]:
        """Each block as it is written; those that came to nothing are left out."""
        written: list[str] = []
        for element in elements:
            written += filter(None, self._block(element))
            if self._top:  # images stand after the block in which they were
                written += self.figures
                self.figures.clear()
        return written

    def _block(self, element: Element) -> list[str]:
        name, content = element["t"], element.get("c")
        if rule := self._rules().get(name):
            return list(rule(content))
        self.report("element.unknown", name=name)
        return [escape(words)] if (words := shown(all_words(content))) else []

    def _rules(self) -> Mapping[str, Callable[[Any], Iterable[str]]]:
        return {
            "Para": self._paragraph,
            "Plain": self._paragraph,
            "Header": lambda c: self._heading(c[0], c[2]),
            "BlockQuote": self._quotation,
            "BulletList": lambda c: self._list(c, None),
            "OrderedList": self._ordered,
            "DefinitionList": self._definitions,
            "LineBlock": self._line_block,
            "CodeBlock": lambda c: self._code(c[1]),
            "HorizontalRule": lambda _: ["---"],
            "Table": self._table,
            "Figure": self._figure,
            "Div": lambda c: self.blocks(c[1]),
            "RawBlock": lambda c: self._raw(c[0]),
            "Null": lambda _: [],
        }

    def _paragraph(self, inlines: Sequence[Element]) -> Iterator[str]:
        before = len(self.figures)
        runs = self.runs(inlines)
        self.place = excerpt(shown(runs)) or self.place
        if len(self.figures) > before and (shown(runs) or not self._top):
            self.report("image.moved")
        if written := self._written(runs):
            yield written

    def _written(self, runs: Sequence[Run], *, one_line: bool = False) -> str:
        written, kept = write(runs, one_line=one_line)
        self._weight += weight(written)
        if self._weight > MAX_MARKS:  # no text may have so many
            raise TooComplex
        if not kept:
            self.report("formatting.emphasis")
        return written

    def _heading(self, level: int, inlines: Sequence[Element]) -> Iterator[str]:
        runs = [run for run in self.runs(inlines) if run.kind != "break"]
        self.place = excerpt(shown(runs)) or self.place
        plain = [Run(r.kind, r.text, r.marks - {STRONG}, r.href) for r in runs]
        if not (written := self._written(plain, one_line=True)):
            return
        if not self._top:
            yield written
            return
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        if len(self._levels) > HEADING_LEVELS:
            self.report("heading.moved_up", level=len(self._levels))
        marks = "#" * (1 + min(len(self._levels), HEADING_LEVELS))
        closing = re.sub(r"(#+)$", r"\\\1", written)
        yield f"{marks} {closing}"

    def _inside(self, elements: Iterable[Element]) -> list[str]:
        """Blocks inside another one, where no heading and no figure stands."""
        top, self._top = self._top, False
        self._depth += 1
        try:
            return self.blocks(elements)
        finally:
            self._depth -= 1
            self._top = top

    def _quotation(self, elements: Sequence[Element]) -> list[str]:
        if self._depth >= MOST_DEPTH:
            self.report("nesting.flattened")
            return self.blocks(elements)
        inner = "\n\n".join(self._inside(elements))
        return [_prefixed(inner, "> ", "> ")] if inner else []

    def _ordered(self, content: Any) -> list[str]:
        (start, style, _), items = content
        if style["t"] not in {"Decimal", "DefaultStyle", "Example"}:
            self.report("list.numbering", _first_words(items))
        return self._list(items, max(0, start))

    def _list(self, items: Sequence[Sequence[Element]], start: int | None) -> list[str]:
        if self._depth >= MOST_DEPTH:
            self.report("nesting.flattened")
            return [written for item in items for written in self.blocks(item)]
        written: list[str] = []
        for number, item in enumerate(items):
            marker = "- " if start is None else f"{start + number}. "
            tight = all(block["t"] in _TIGHT for block in item)
            inner = ("\n" if tight else "\n\n").join(self._inside(item))
            if inner:
                written.append(_prefixed(inner, marker, " " * len(marker)))
        loose = any(block["t"] not in _TIGHT for item in items for block in item)
        return [("\n\n" if loose else "\n").join(written)] if written else []

    def _definitions(self, content: Any) -> Iterator[str]:
        self.report("list.definitions", "")
        for term, definitions in content:
            runs = [Run(r.kind, r.text, r.marks | {STRONG}, r.href) for r in self.runs(term)]
            yield self._written(runs)
            for blocks in definitions:
                yield from self.blocks(blocks)

    def _line_block(self, lines: Sequence[Sequence[Element]]) -> Iterator[str]:
        inlines: list[Element] = []
        for line in lines:
            inlines += [*line, {"t": "LineBreak"}]
        yield from self._paragraph(inlines)

    def _code(self, code: str) -> list[str]:
        longest = max((len(run) for run in re.findall("`+", code)), default=0)
        fence = "`" * max(3, longest + 1)
        return [f"{fence}\n{code.rstrip()}\n{fence}"] if code.strip() else []

    def _raw(self, kind: str) -> list[str]:
        self.report("markup.raw", kind=kind)
        return []

    def _figure(self, content: Any) -> Iterator[str]:
        _, (_, caption), blocks = content
        words = shown(all_words(caption))
        inner = self.blocks(blocks)
        if inner == [escape(words)]:  # an image that isn't there, of which the words are left
            yield from inner
            return
        if len(inner) == 1 and (match := _FIGURE.fullmatch(inner[0])):
            # Word's and HTML's captions often repeat the words for those who can't see.
            if words and escape(words) != match[1]:
                yield f'![{match[1]}]({match[2]} "{_title(words)}")'
            else:
                yield inner[0]
            return
        yield from inner
        yield from self.blocks(caption)

    def note(self, blocks: Sequence[Element]) -> str:
        """Keep a footnote for the end; its number, "" where it is empty."""
        self._notes.append("")
        number = len(self._notes)
        place = self.place
        if self.indents_notes and all(block["t"] == "BlockQuote" for block in blocks):
            blocks = [each for block in blocks for each in block["c"]]
        inner = "\n\n".join(self._inside(blocks))
        self.place = place
        if not inner and number == len(self._notes):
            self._notes.pop()
            return ""
        self._notes[number - 1] = _prefixed(inner, "", "    ")
        return str(number)

    def _table(self, content: Any) -> Iterator[str]:
        _, (_, caption), columns, head, bodies, foot = content
        found = grid(head, bodies, foot)
        yield from self.blocks(caption)
        if found.is_box:
            self.report("table.box", _first_words(found.cells))
            for cell in found.cells:
                yield from self.blocks(cell)
            return
        before = len(self.findings)
        rows = [[self._cell(cell) for cell in row] for row in found.rows]
        inner = self.findings[before:]
        del self.findings[before:]
        place = excerpt(" ".join(filter(None, (rows or [[]])[0])))
        self._about_table(found, place)
        self.findings += inner
        if not any(cell for row in rows for cell in row):
            return
        if self.figures:
            self.report("image.moved", place)
        yield _pipes(rows, [align["t"] for align, _ in columns])

    def _about_table(self, found: Grid, place: str) -> None:
        for code, is_so in (
            ("table.merged", found.merged),
            ("table.header", found.header_rows != 1),
            ("table.nested", found.nested),
            ("table.paragraphs", found.paragraphs),
        ):
            if is_so:
                self.report(code, place)

    def _cell(self, blocks: Sequence[Element]) -> str:
        """A cell's blocks on one line."""
        parts = []
        for runs in self._cell_runs(blocks):
            if written := self._written(runs, one_line=True):
                parts.append(re.sub(r"(?<!\\)\|", r"\\|", written))
        return " ".join(parts)

    def _cell_runs(self, blocks: Sequence[Element]) -> Iterator[list[Run]]:
        for block in blocks:
            content = block.get("c")
            match block["t"]:
                case "Para" | "Plain":
                    yield self.runs(content or [])
                case "Header":
                    yield self.runs((content or [0, 0, []])[2])
                case "Div" | "Figure":
                    yield from self._cell_runs((content or [[]])[-1])
                case "BulletList":
                    for item in content or []:
                        yield from self._cell_runs(item)
                case "OrderedList":
                    for item in (content or [[], []])[1]:
                        yield from self._cell_runs(item)
                case _:
                    yield all_words(content)


def without_figure(text: str, figure: str) -> str:
    """The text with the alternative text of that figure in its place."""
    shown_so = rf'!\[((?:[^\[\]\\]|\\.)*)\]\(figure:{re.escape(figure)}(?: "(?:[^"\\]|\\.)*")?\)'
    return re.sub(shown_so, lambda match: match[1], text)


_TIGHT: Final = {"Plain", "BulletList", "OrderedList"}
_FIGURE: Final = re.compile(r"!\[(.*)\]\((figure:[^\s)]+)\)", re.DOTALL)


def _title(words: str) -> str:
    return re.sub(r'[\\"]', lambda match: "\\" + match.group(), words).replace("\n", " ")


def _prefixed(text: str, first: str, rest: str) -> str:
    """The lines with these before them; empty lines get no blanks."""
    lines = text.split("\n")
    return "\n".join(
        (first if not number else rest) + line if line else (first if not number else rest).rstrip()
        for number, line in enumerate(lines)
    )


def _pipes(rows: Sequence[Sequence[str]], alignments: Sequence[str]) -> str:
    width = max(map(len, rows))
    marks = [_ALIGNED.get(name, "---") for name in alignments]
    marks += ["---"] * (width - len(marks))
    lines = [[*row, *[""] * (width - len(row))] for row in rows]
    lines.insert(1, marks[:width])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_ALIGNED: Final = {"AlignLeft": ":---", "AlignCenter": ":---:", "AlignRight": "---:"}


def _first_words(content: Any) -> str:
    return excerpt(shown(all_words(content)))
