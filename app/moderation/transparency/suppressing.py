"""Numbers that the public may see: small ones are not shown, nor what they could be reckoned from.

A table here shares out one total, which another table, or a sum, may tell. So where a small number
is left out, others are too, until what is left out is more than one cell and too large together to
say anything of one. Which others is a matter of their place, never of their size: a choice by size
would tell something itself. Nothing at all is shown of a table with a very small total.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

SMALL: Final = 5
"""Numbers below are not shown, except 0."""

LEAST_TOTAL: Final = 10
"""Of a table with a smaller total nothing is shown, except that it is 0."""

# The least sum of what is left out: a small one (4 at most) beside one that isn't (5 at least).
_LEAST_HIDDEN: Final = 2 * SMALL - 1


@dataclass(frozen=True, slots=True)
class Table:
    """A total and how it is shared out; None is what is not shown."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def hidden(self) -> frozenset[str]:
        """What is not shown."""
        return frozenset(key for key, number in self.cells.items() if number is None)


def suppress(numbers: Mapping[str, int], also: Collection[str] = ()) -> Table:
    """The table the public may see; ``also`` names cells that are left out although not small."""
    total = sum(numbers.values())
    if 0 < total < LEAST_TOTAL:
        return Table(dict.fromkeys(numbers), None)
    hidden = {key for key, number in numbers.items() if 0 < number < SMALL}
    hidden |= {key for key in also if numbers[key]}
    others = [key for key, number in numbers.items() if number and key not in hidden]
    while hidden and not _is_safe([numbers[key] for key in hidden]):
        if not others:
            return Table(dict.fromkeys(numbers), None)
        hidden.add(others.pop())
    return Table({key: None if key in hidden else n for key, n in numbers.items()}, total)


def _is_safe(numbers: Collection[int]) -> bool:
    return len(numbers) > 1 and sum(numbers) >= _LEAST_HIDDEN


def suppress_linked(
    one: Mapping[str, int],
    other: Mapping[str, int],
    links: Iterable[tuple[Collection[str], Collection[str]]],
) -> tuple[Table, Table]:
    """Two tables of which cells tell of each other: what one leaves out the other does too."""
    links = list(links)
    also_one: set[str] = set()
    also_other: set[str] = set()
    while True:
        made = suppress(one, also_one), suppress(other, also_other)
        before = len(also_one), len(also_other)
        for left, right in links:
            if not made[0].hidden.isdisjoint(left):
                also_other |= set(right)
            if not made[1].hidden.isdisjoint(right):
                also_one |= set(left)
        if (len(also_one), len(also_other)) == before:
            return made
