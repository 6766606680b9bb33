"""A submission through the form: begun, saved and handed in, with the pages shown in between."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, Final

from bench import data, stack
from bench.people import Person, Writer
from bench.post import mail_server
from bench.report import Line
from bench.stack import Served
from bench.stage import WRITERS, Lines, Stage

STEPS: Final = ("start", "save", "submit")
REQUESTS: Final = 2 * len(STEPS)
"""Each form is followed by the page that its answer sends the browser on to."""

_PAGE_BYTES: Final = 30_000


@dataclass(slots=True)
class Done:
    """What one person did: how often, in how many seconds, and each request on the way."""

    count: int
    seconds: float
    seen: list[tuple[str, int, float]]


@dataclass(slots=True)
class _Figures:
    """What all did together: submissions a second of each round, and the server's time for all."""

    rates: list[float] = field(default_factory=list)
    count: int = 0
    cpu: float = 0.0
    seen: list[tuple[str, int, float]] = field(default_factory=list)

    def latencies(self, step: str) -> list[float]:
        return [seconds for name, _, seconds in self.seen if name == step]

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / self.count


def for_seconds(seconds: float, person: Person, act: Callable[[], None]) -> Done:
    """Let a person do that again and again for so long."""
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        act()
        count += 1
    return Done(count, time.perf_counter() - began, person.seen)


def write(writer: Writer, seconds: float) -> Done:
    """Submit one essay after another."""
    return for_seconds(seconds, writer.person, writer.submit_one)


def _write_bare(person: Person, body: str, seconds: float) -> Done:
    """As many forms and pages of the same size, which mean nothing."""

    def submit_one() -> None:
        for step in STEPS:
            sent = "" if step == "start" else body
            person.post("/page", {"next": "/page", "body": sent}, step)
            person.get("/page")

    return for_seconds(seconds, person, submit_one)


def submission(stage: Stage) -> Lines:
    """Requests a second and their latency, against as many of the same size to bare Flask."""
    folder = stage.usual
    with (
        mail_server() as mail,
        stack.site(folder, mail_url=mail.url) as server,
        stack.bare(folder, {"page": _PAGE_BYTES}) as floor,
    ):
        writers = [Writer.sign_in(server.port, data.author(n)) for n in range(WRITERS)]
        mine, bare = _Figures(), _Figures()
        for number in range(stage.scale.rounds):
            seconds = 2 * stage.scale.seconds
            people = [(Person(floor.port), writers[0].text.body, seconds)] * WRITERS
            _round(stage, bare, floor, _write_bare, people)
            _round(stage, mine, server, write, [(each.again(number), seconds) for each in writers])
    rates = zip(mine.rates, bare.rates, strict=True)
    yield Line(
        "a submission, of the rate of as many bare requests",
        median(own / theirs for own, theirs in rates),
        details=f"{REQUESTS * median(mine.rates):.0f} requests/s; "
        f"bare: {REQUESTS * median(bare.rates):.0f}/s; CPU {mine.cpu_ms / REQUESTS:.2f} ms "
        f"a request; bare: {bare.cpu_ms / REQUESTS:.2f} ms",
    )
    yield Line("  the same by processor time", bare.cpu_ms / mine.cpu_ms)
    for step in STEPS:
        own, theirs = mine.latencies(step), bare.latencies(step)
        yield Line(
            f"posting “{step}”, latency of a bare POST",
            median(own) / median(theirs),
            "times",
            details=f"p50 {1000 * median(own):.1f} ms, "
            f"p95 {1000 * quantiles(own, n=20)[-1]:.1f} ms; "
            f"bare: p50 {1000 * median(theirs):.1f} ms",
        )


def _round(
    stage: Stage, figures: _Figures, server: Served, act: Callable[..., Done], tasks: list[Any]
) -> None:
    before = server.cpu_seconds()
    all_done = stage.pool.starmap(act, tasks, chunksize=1)
    figures.cpu += server.cpu_seconds() - before
    figures.count += sum(done.count for done in all_done)
    figures.rates.append(sum(done.count / done.seconds for done in all_done))
    figures.seen += [each for done in all_done for each in done.seen]
