"""An editor that saves by itself, against a bare request that writes one row of the same size."""

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

from bench import data, stack
from bench.people import Person, Writer
from bench.report import Line, Target
from bench.stack import Served
from bench.stage import WRITERS, Lines, Stage
from bench.submission import Done

SAVES: Final = 12
"""Of one person in a round; all rounds together stay below what one person may save a minute."""
AT_MOST: Final = Target(most=3)
"""By latency: that is what somebody who writes waits for."""


def _save(writer: Writer, address: str, version: int, number: int) -> Done:
    """Save a draft again and again, each time with another word in its text, as the page does."""
    began = time.perf_counter()
    for count in range(SAVES):
        sent = {
            "csrf_token": writer.token,
            "version": str(version),
            "page": "0" * 32,
            "part": "texts",
            "body": f"{writer.text.body}\n\n{number}.{count}",
        }
        answer = writer.person.post(f"{address.removesuffix('edit')}autosave", sent, "autosave")
        version = json.loads(answer.text)["version"]
    return Done(SAVES, time.perf_counter() - began, writer.person.seen)


def _write_row(person: Person, fields: dict[str, str]) -> Done:
    began = time.perf_counter()
    for _ in range(SAVES):
        person.post("/row", fields, "row")
    return Done(SAVES, time.perf_counter() - began, person.seen)


def saving(stage: Stage) -> Lines:
    """Latency and processor time of an autosave, four people at once."""
    folder = stage.usual
    rows = folder / "rows.db"
    with stack.site(folder) as server, stack.bare(folder, {"row": rows}) as floor:
        writers = [Writer.sign_in(server.port, data.author(n)) for n in range(WRITERS)]
        drafts = [writer.begin() for writer in writers]
        fields = {"body": writers[0].text.body}
        ratios, cpu, latencies = list[float](), list[float](), list[float]()
        for number in range(stage.scale.rounds):
            people = [(Person(floor.port), fields)] * WRITERS
            theirs, bare_cpu, _ = _round(stage, floor, _write_row, people)
            tasks = [
                (writer.again(number), draft, 1 + number * SAVES, number)
                for writer, draft in zip(writers, drafts, strict=True)
            ]
            own, own_cpu, seen = _round(stage, server, _save, tasks)
            if number:  # the first round only warms up
                ratios.append(own / theirs)
                cpu.append(own_cpu / bare_cpu)
                latencies += seen
    yield Line(
        "an autosave, latency of a bare POST that writes a row",
        median(ratios),
        "times",
        AT_MOST,
        details=f"p50 {1000 * median(latencies):.1f} ms, {WRITERS} people at once, "
        f"a text of {len(writers[0].text.body)} characters",
    )
    yield Line("  the same by processor time", median(cpu), "times")


def _round(
    stage: Stage, server: Served, act: Callable[..., Done], tasks: list[Any]
) -> tuple[float, float, list[float]]:
    """The median latency, the processor time for all, every latency."""
    before = server.cpu_seconds()
    done = stage.pool.starmap(act, tasks, chunksize=1)
    seconds = server.cpu_seconds() - before
    seen = [taken for each in done for _, _, taken in each.seen]
    return median(seen), seconds, seen
