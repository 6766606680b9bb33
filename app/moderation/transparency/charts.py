"""Charts of the public figures, ready for the page and for files."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.moderation.transparency.labels import TABLES, Words
from app.moderation.transparency.queries import Counted


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of a chart.

    Attributes:
        key: code of what is counted. ``number``: None where it is not shown.
        percent: its length, of the longest.
    """

    key: str
    label: str
    number: int | None
    percent: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One table.

    Attributes:
        total: of all its numbers, None where it is not shown.
        is_told: whether any number but 0 is shown.
    """

    key: str
    words: Words
    bars: list[Bar]
    total: int | None

    @property
    def is_told(self) -> bool:
        return any(bar.number for bar in self.bars)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted at all."""
        return self.total == 0


def charts(counted: Counted) -> list[Chart]:
    """All tables in their order."""
    tables = counted.figures["tables"]
    return [_chart(key, words, tables[key]) for key, words in TABLES.items() if key in tables]


def _chart(key: str, words: Words, table: dict[str, Any]) -> Chart:
    cells: list[tuple[str, int | None]] = [(name, number) for name, number in table["cells"]]
    longest = max((number or 0 for _name, number in cells), default=0) or 1
    bars = [
        Bar(name, str(words.names.get(name, name)), number, round(100 * (number or 0) / longest, 1))
        for name, number in cells
    ]
    return Chart(key, words, bars, table["total"])


def as_dict(counted: Counted) -> dict[str, Any]:
    """The figures for programs: null is what is not shown."""
    return {
        "edition": counted.slug,
        "counted_at": counted.counted_at.isoformat(),
        "days_to_decision": counted.figures["days"],
        "tables": {
            name: {"total": table["total"], "numbers": dict(table["cells"])}
            for name, table in counted.figures["tables"].items()
        },
    }


def as_csv(counted: Counted) -> str:
    """One line a number; empty is what is not shown."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("edition", "counted_at", "table", "key", "number"))
    moment = counted.counted_at.isoformat()
    for table, key, number in _lines(counted):
        writer.writerow((counted.slug, moment, table, key, "" if number is None else number))
    return out.getvalue()


def _lines(counted: Counted) -> Iterator[tuple[str, str, int | None]]:
    for name, table in counted.figures["tables"].items():
        for key, number in table["cells"]:
            yield name, key, number
        yield name, "total", table["total"]
    for name in ("median", "ninetieth"):
        yield "days_to_decision", name, (counted.figures["days"] or {}).get(name)
