"""What two sequences have in common, in bounded time whatever they are.

A longest common subsequence is sought only where the two sequences are small enough, else between
the elements that occur exactly once in both ("patience"), and what is still too large counts as
replaced.

Sources: Hyyrö 2004 (bit-parallel longest common subsequence, in rapidfuzz); B. Cohen's patience
diff.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from rapidfuzz.distance import LCSseq

MOST_CELLS: Final = 200_000_000
"""Of the table a longest common subsequence is found in; takes 25 MB and some 30 ms."""


class Step(NamedTuple):
    """A part of two sequences: alike, or replaced (and then either may be empty)."""

    same: bool
    old: range
    new: range


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """The steps from one sequence to the other, in order. Its time is bounded by their lengths."""
    numbers: dict[Hashable, int] = {}
    before = [numbers.setdefault(each, len(numbers)) for each in old]
    after = [numbers.setdefault(each, len(numbers)) for each in new]
    return joined(_steps(before, after, 0, 0, may_split=True))


def ends(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How many elements both begin with, and how many of the others both end with."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - first
    return first, next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)


def _steps(old: list[int], new: list[int], i: int, j: int, *, may_split: bool) -> Iterator[Step]:
    """The same of parts that begin at ``i`` and ``j``."""
    first, last = ends(old, new)
    yield Step(True, range(i, i + first), range(j, j + first))
    middle = old[first : len(old) - last], new[first : len(new) - last]
    yield from _middle(*middle, i + first, j + first, may_split=may_split)
    end = i + len(old) - last, j + len(new) - last
    yield Step(True, range(end[0], end[0] + last), range(end[1], end[1] + last))


def _middle(old: list[int], new: list[int], i: int, j: int, *, may_split: bool) -> Iterator[Step]:
    replaced = Step(False, range(i, i + len(old)), range(j, j + len(new)))
    if not old or not new:
        yield replaced
    elif len(old) * len(new) <= MOST_CELLS:
        for code in LCSseq.opcodes(old, new):
            yield Step(
                code.tag == "equal",
                range(i + code.src_start, i + code.src_end),
                range(j + code.dest_start, j + code.dest_end),
            )
    elif may_split and (anchors := _anchors(old, new)):
        a = b = 0
        for place in (*anchors, (len(old), len(new))):
            part = old[a : place[0]], new[b : place[1]]
            yield from _steps(*part, i + a, j + b, may_split=False)
            a, b = place
    else:
        yield replaced


def _anchors(old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """Places of what occurs once on each side, as many as stand in the same order on both."""
    once = {number for number, times in Counter(old).items() if times == 1}
    once &= {number for number, times in Counter(new).items() if times == 1}
    where = {number: place for place, number in enumerate(new) if number in once}
    found = [(place, where[number]) for place, number in enumerate(old) if number in once]
    # The longest increasing subsequence, by patience sorting.
    tops: list[int] = []
    piles: list[int] = []
    before: list[int | None] = []
    for index, (_place, target) in enumerate(found):
        pile = bisect_left(tops, target)
        before.append(piles[pile - 1] if pile else None)
        if pile == len(tops):
            tops.append(target)
            piles.append(index)
        else:
            tops[pile], piles[pile] = target, index
    chain: list[tuple[int, int]] = []
    at = piles[-1] if piles else None
    while at is not None:
        chain.append(found[at])
        at = before[at]
    return chain[::-1]


def joined(steps: Iterable[Step]) -> list[Step]:
    """Without empty steps, and neighbours of one sort as one."""
    found: list[Step] = []
    for step in steps:
        if not step.old and not step.new:
            continue
        if found and found[-1].same == step.same:
            last = found[-1]
            old, new = (last.old.start, step.old.stop), (last.new.start, step.new.stop)
            found[-1] = Step(step.same, range(*old), range(*new))
        else:
            found.append(step)
    return found


class Region(NamedTuple):
    """A part of three sequences.

    Attributes:
        base, first, second: where it stands in each of them.
        by_first, by_second: which of the two changed it; where both did, perhaps alike.
    """

    base: range
    first: range
    second: range
    by_first: bool = False
    by_second: bool = False


def regions(
    base: Sequence[Hashable], first: Sequence[Hashable], second: Sequence[Hashable]
) -> Iterator[Region]:
    """The three sequences cut, in order, where both are like the base and where they are not.

    Changes that share an element of the base, or of which one only adds at the other's edge,
    are one region; changes of neighbours are two. Source: S. Khanna, K. Kunal and B. C. Pierce,
    "A Formal Investigation of Diff3", 2007.
    """
    changes = [
        (step.old.start, step.old.stop, side, len(step.new) - len(step.old))
        for side, sequence in enumerate((first, second))
        for step in align(base, sequence)
        if not step.same
    ]
    at, shift = 0, [0, 0]
    for group in _touching(sorted(changes)):
        start, stop = group[0][0], max(end for _, end, *_ in group)
        if at < start:
            yield _unchanged(at, start, shift)
        before = list(shift)
        for _, _, side, growth in group:
            shift[side] += growth
        first, second = (range(start + before[side], stop + shift[side]) for side in (0, 1))
        sides = {side for _, _, side, _ in group}
        yield Region(range(start, stop), first, second, 0 in sides, 1 in sides)
        at = stop
    if at < len(base):
        yield _unchanged(at, len(base), shift)


def _unchanged(start: int, stop: int, shift: Sequence[int]) -> Region:
    first, second = (range(start + by, stop + by) for by in shift)
    return Region(range(start, stop), first, second)


_Change = tuple[int, int, int, int]


def _touching(changes: Iterable[_Change]) -> Iterator[list[_Change]]:
    """Changes in groups of those that can't be told apart."""
    group: list[_Change] = []
    end = 0
    for change in changes:
        start, stop, *_ = change
        adds = start == stop or (group and group[-1][0] == group[-1][1])
        if group and (start > end or (start == end and not adds)):
            yield group
            group = []
        end = max(end, stop) if group else stop
        group.append(change)
    if group:
        yield group
