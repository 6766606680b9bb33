"""Tables of a word processor as plain rows and columns: merged cells are taken apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.documents.tree import Element

Blocks = Sequence[Element]

MOST_SPAN: Final = 1_000
"""Columns and rows that a merged cell may cover; a file may claim any number."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's cells in their places.

    Attributes:
        rows: the first one is the header; empty cells stand where merged ones reached.
        header_rows: how many rows the file calls headers.
        merged, nested, paragraphs: whether cells were merged, held tables, or more than one block.
    """

    rows: list[list[Blocks]]
    header_rows: int
    merged: bool
    nested: bool
    paragraphs: bool

    @property
    def cells(self) -> list[Blocks]:
        """All of them, row by row."""
        return [cell for row in self.rows for cell in row]

    @property
    def is_box(self) -> bool:
        """Whether it is a frame around some paragraphs rather than a table."""
        return len(self.rows) <= 1 and all(len(row) <= 1 for row in self.rows)


def grid(head: Any, bodies: Any, foot: Any) -> Grid:
    """A table of pandoc's tree (its head, bodies and foot)."""
    headers = [_cells(row) for row in head[1]]
    rows = [_cells(row) for body in bodies for part in (body[2], body[3]) for row in part]
    rows += [_cells(row) for row in foot[1]]
    merged = any(down > 1 or across > 1 for row in (*headers, *rows) for down, across, _ in row)
    blocks = [blocks for row in (*headers, *rows) for *_, blocks in row]
    return Grid(
        rows=_placed([*headers, *rows]),
        header_rows=len(headers),
        merged=merged,
        nested=any(block["t"] == "Table" for cell in blocks for block in cell),
        paragraphs=any(
            len(cell) > 1 or any(block["t"] not in {"Para", "Plain"} for block in cell)
            for cell in blocks
        ),
    )


_Cell = tuple[int, int, Blocks]


def _cells(row: Any) -> list[_Cell]:
    return [
        (max(1, min(down, MOST_SPAN)), max(1, min(across, MOST_SPAN)), blocks)
        for _, _, down, across, blocks in row[1]
    ]


def _placed(rows: Iterable[Sequence[_Cell]]) -> list[list[Blocks]]:
    """Each cell where it stands; below and beside a merged one there are empty ones."""
    placed: list[list[Blocks]] = []
    reaching: dict[int, int] = {}  # column: how many rows from above still cover it
    for row in rows:
        line: list[Blocks] = []
        for down, across, blocks in row:
            while reaching.get(len(line), 0):
                reaching[len(line)] -= 1
                line.append(())
            for column in range(across):
                reaching[len(line)] = down - 1
                line.append(blocks if column == 0 else ())
        while reaching.get(len(line), 0):
            reaching[len(line)] -= 1
            line.append(())
        placed.append(line)
    return placed
