"""The moderators' desk as it fills: the queue's page, and taking the next essay in hand."""

from contextlib import ExitStack
from itertools import chain
from statistics import median
from typing import Final

from bench import data, stack
from bench.load import Aim, compare
from bench.pages import details, queue_aim, size
from bench.people import Moderator, Person
from bench.report import Line, Target
from bench.stack import Served
from bench.stage import MODERATORS, Lines, Stage

RATE: Final = Target(least=0.08)
GROWTH: Final = Target(most=1.3)

_TAKEN: Final = 20
"""By one moderator in a round."""

Sites = dict[int, Served]


def desk(stage: Stage) -> Lines:
    """Both against bare Flask, and where many essays wait against where few do."""
    few = stage.waiting(stage.scale.desk[0])
    with ExitStack() as running:
        sites = {
            number: running.enter_context(stack.site(stage.waiting(number)))
            for number in stage.scale.desk
        }
        aims = {number: queue_aim(site) for number, site in sites.items()}
        pages = {str(number): size(aim) for number, aim in aims.items()}
        floor = running.enter_context(stack.bare(few, {**pages, "row": few / "rows.db"}))
        yield from _queue(stage, sites, aims, floor)
        yield from _next(stage, sites, floor)


def _queue(stage: Stage, sites: Sites, aims: dict[int, Aim], floor: Served) -> Lines:
    sides = {}
    for number, site in sites.items():
        sides[f"bare {number}"] = (floor, Aim(floor.port, (f"/{number}",)))
        sides[str(number)] = (site, aims[number])
    found = compare(stage.pool, sides, rounds=stage.scale.rounds, seconds=stage.scale.seconds)
    few, *more = sites
    for number in sites:
        mine, bare = found[str(number)], found[f"bare {number}"]
        what = f"the queue with {number:,} waiting, of bare Flask's rate"
        yield Line(what, mine.ratio(bare), target=RATE, details=details(mine))
        yield Line("  the same by processor time", mine.cpu_ratio(bare))
    for number in more:
        mine, theirs = found[str(number)], found[str(few)]
        what = f"the queue with {number:,} waiting, for one with {few:,}"
        yield Line(what, 1 / mine.ratio(theirs), target=GROWTH)
        yield Line("  the same by processor time", 1 / mine.cpu_ratio(theirs))


def _next(stage: Stage, sites: Sites, floor: Served) -> Lines:
    """Two moderators at once; each lets go of what they took, so that it is the next one again."""
    desks = {
        number: [Moderator.sign_in(site.port, data.moderator(n)) for n in range(MODERATORS)]
        for number, site in sites.items()
    }
    latencies = {number: list[float]() for number in sites}
    bare = list[float]()
    for round in range(stage.scale.rounds + 1):
        people = [(Person(floor.port),)] * MODERATORS
        written = median(chain(*stage.pool.starmap(_write_rows, people, chunksize=1)))
        for number, moderators in desks.items():
            tasks = [(each.again(),) for each in moderators]
            taken = median(chain(*stage.pool.starmap(_take, tasks, chunksize=1)))
            if round:  # the first one only warms up
                latencies[number].append(taken)
        if round:
            bare.append(written)
    few, *more = sites
    for number in sites:
        ratios = [mine / theirs for mine, theirs in zip(latencies[number], bare, strict=True)]
        what = f"the next item of {number:,}, latency of a bare POST that writes a row"
        found = f"p50 {1000 * median(latencies[number]):.1f} ms, {MODERATORS} people at once"
        yield Line(what, median(ratios), "times", details=found)
    for number in more:
        pairs = zip(latencies[number], latencies[few], strict=True)
        what = f"the next item of {number:,}, for one of {few:,}"
        yield Line(what, median(mine / theirs for mine, theirs in pairs), target=GROWTH)


def _take(moderator: Moderator) -> list[float]:
    for _ in range(_TAKEN):
        moderator.release(moderator.take_one())
    return [seconds for what, _, seconds in moderator.person.seen if what == "next"]


def _write_rows(person: Person) -> list[float]:
    for _ in range(_TAKEN):
        person.post("/row", {"body": "taken"}, "row")
    return [seconds for _, _, seconds in person.seen]
