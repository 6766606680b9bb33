"""The pages readers and moderators open most, against bare Flask, and as the site grows."""

from statistics import mean
from typing import Final

from app.core.languages import CODES
from bench import data, stack
from bench.load import Aim, Figures, compare
from bench.people import Person
from bench.report import Line, Target
from bench.stack import Memory, Served
from bench.stage import Lines, Stage

PAGES: Final = {
    "essay": ("an essay, to a visitor", Target(least=0.25, goal=0.4)),
    "list": ("the list of 50, to a visitor", Target(least=0.12)),
    "queue": ("the queue, to a signed-in moderator", Target(least=0.08)),
}
GROWTH: Final = Target(most=1.2)
IDLE: Final = Target(most=180)

_ESSAYS: Final = 500


def aims_of(server: Served, essays: list[tuple[str, str]]) -> dict[str, Aim]:
    """What to open of each kind."""
    return {
        "essay": Aim(
            server.port, tuple(f"/{code}/contributions/{number}/" for code, number in essays)
        ),
        "list": Aim(server.port, tuple(f"/{code}/contributions/" for code in CODES)),
        "queue": queue_aim(server),
    }


def queue_aim(server: Served) -> Aim:
    """The queue in ten languages, as a moderator who has signed in."""
    moderator = Person(server.port)
    moderator.sign_in(data.moderator(0))
    moderator.get("/en/moderation/")  # which puts the forgery token into the session
    return Aim(server.port, tuple(f"/{code}/moderation/" for code in CODES), moderator.cookie)


def size(aim: Aim) -> int:
    """How many bytes such a page has, on average."""
    person = Person(aim.port, cookies=dict([aim.cookie.split("=", 1)] if aim.cookie else ()))
    return round(mean(len(person.get(path).text.encode()) for path in aim.paths[:30]))


def pages(stage: Stage) -> Lines:
    """Essay, list and queue as parts of what bare Flask does with a page of the same size."""
    scale, folder = stage.scale, stage.usual
    with stack.site(folder) as server:
        before = _memory(server)
        aims = aims_of(server, data.numbers(folder, _ESSAYS))
        sizes = {name: size(aim) for name, aim in aims.items()}
        with stack.bare(folder, sizes) as floor:
            sides = {}
            for name, aim in aims.items():
                sides[f"bare {name}"] = (floor, Aim(floor.port, (f"/{name}",)))
                sides[name] = (server, aim)
            found = compare(stage.pool, sides, rounds=scale.rounds, seconds=scale.seconds)
        after = _memory(server)
    for name, (words, target) in PAGES.items():
        mine, bare = found[name], found[f"bare {name}"]
        yield Line(
            f"{words}, of bare Flask's rate",
            mine.ratio(bare),
            target=target,
            details=f"{details(mine)}; bare: {details(bare)}; {sizes[name] / 1000:.1f} kB",
        )
        yield Line("  the same by processor time", mine.cpu_ratio(bare))
    yield _idle("an idle worker process, just started", before)
    yield _idle("an idle worker process, after that load", after)


def details(figures: Figures) -> str:
    """Rate, latencies and processor time of one page."""
    return (
        f"{figures.rate:.0f}/s, p50 {figures.percentile_ms(50):.1f} ms, "
        f"p95 {figures.percentile_ms(95):.1f} ms, CPU {figures.cpu_ms:.2f} ms"
    )


def _memory(server: Served) -> dict[str, list[Memory]]:
    jobs = [server.jobs] if server.jobs else []
    return {
        "web": [stack.memory(pid) for pid in server.web],
        "jobs": [stack.memory(pid) for pid in jobs],
    }


def _idle(what: str, found: dict[str, list[Memory]]) -> Line:
    largest = max(each.resident for part in found.values() for each in part)
    details = "; ".join(
        f"{name}: " + ", ".join(f"{x.resident:.0f} (PSS {x.proportional:.0f})" for x in part)
        for name, part in found.items()
    )
    return Line(what, largest, "MB", IDLE, details)


def growth(stage: Stage) -> Lines:
    """How many times dearer each page is with many contributions than with few."""
    scale = stage.scale
    small, large = stage.of(scale.small), stage.of(scale.large)
    with stack.site(small) as few, stack.site(large) as many:
        few_aims = aims_of(few, data.numbers(small, _ESSAYS))
        many_aims = aims_of(many, data.numbers(large, _ESSAYS))
        sides = {}
        for name in PAGES:
            sides[f"few {name}"] = (few, few_aims[name])
            sides[f"many {name}"] = (many, many_aims[name])
        found = compare(stage.pool, sides, rounds=scale.rounds, seconds=scale.seconds)
    for name, (words, _) in PAGES.items():
        mine, theirs = found[f"many {name}"], found[f"few {name}"]
        yield Line(
            f"{words}, at {scale.large:,} for one at {scale.small:,}",
            1 / mine.ratio(theirs),
            target=GROWTH,
            details=f"{details(mine)}; at {scale.small:,}: {details(theirs)}",
        )
        yield Line("  the same by processor time", 1 / mine.cpu_ratio(theirs))
