"""Books: how long a PDF and an EPUB take, against plain text of as many pages in typst."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from app.config import ROOT
from bench import binder, data
from bench.report import Line, Target
from bench.stage import Lines, Stage

PDF: Final = Target(most=2.2)
JUDGED: Final = 100
"""The number of essays of the book that has to reach the target."""

_SHORT: Final = 20.0
"""Seconds a book may take to be made three times rather than once."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a book took: seconds, and megabytes of the process that asked for it and of typst."""

    seconds: float
    cpu: float
    own_megabytes: float
    child_megabytes: float
    bytes: int


def books(stage: Stage) -> Lines:
    """Each book and its floor in turn."""
    for count in stage.scale.books:
        pdf, plain = stage.folder / f"{count}.pdf", stage.folder / f"{count}-plain.pdf"
        first = _make(stage.folder, "pdf", count, pdf)
        number = binder.pages(pdf)
        rounds = 3 if first.seconds < _SHORT else 1
        floors = [_make(stage.folder, "plain", number, plain) for _ in range(rounds)]
        made = [first, *(_make(stage.folder, "pdf", count, pdf) for _ in range(rounds - 1))]
        epub = _make(stage.folder, "epub", count, stage.folder / f"{count}.epub")
        mine, floor = (median(each.seconds for each in part) for part in (made, floors))
        mine_cpu, floor_cpu = (median(each.cpu for each in part) for part in (made, floors))
        yield Line(
            f"a PDF of {count} essays in ten languages, of the time of plain text",
            mine / floor,
            "times",
            target=PDF if count == JUDGED else None,
            details=f"{mine:.1f} s, {number} pages, {first.bytes / 1e6:.1f} MB, peak memory "
            f"{max(each.child_megabytes for each in made):.0f} MB in typst, "
            f"{max(each.own_megabytes for each in made):.0f} MB in the worker; "
            f"plain: {floor:.1f} s, {binder.pages(plain)} pages, "
            f"{max(each.child_megabytes for each in floors):.0f} MB",
        )
        yield Line("  the same by processor time", mine_cpu / floor_cpu, "times")
        yield Line(
            f"an EPUB of {count} essays",
            epub.seconds,
            "s",
            details=f"{epub.bytes / 1e6:.1f} MB, peak memory {epub.own_megabytes:.0f} MB",
        )


def _make(folder: Path, kind: str, number: int, target: Path) -> Made:
    done = subprocess.run(
        [sys.executable, "-m", "bench.binder", kind, str(number), str(target)],
        cwd=ROOT,
        env=data.environment(folder),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Made(**json.loads(done.stdout))
