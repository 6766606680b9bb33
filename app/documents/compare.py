"""What changed between two texts: by block first, then by words inside the blocks that changed.

Words are those of ICU, so that Chinese, Korean and Arabic are compared as finely as French. The
time is bounded whatever the texts are: a longest common subsequence is sought only where the two
sequences are small enough, else between the elements that occur exactly once in both ("patience"),
and what is still too large is shown as replaced.

Sources: Hyyrö 2004 (bit-parallel longest common subsequence, in
rapidfuzz); B. Cohen's patience diff.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import LCSseq

from app.documents.parse import Document
from app.documents.words import Block, Cutter, Kind, Word, blocks, says

MOST_CELLS: Final = 200_000_000
"""Of the table a longest common subsequence is found in; takes 25 MB and some 30 ms."""

MOST_RUNS: Final = 1_000
"""Changes inside one block; a block with more is shown as replaced, since nobody could read it."""

MOST_PAIRS: Final = 400
"""Pairs of blocks tried to find which block became which; beyond, the order decides."""

ALIKE: Final = 0.35
"""Share of words two blocks must have in common to be shown as one that changed."""


LARGEST_ISLAND: Final = 4
LARGE: Final = 7
"""One word left alike, with what is around it, between two changes as large as this is chance."""


class Change(StrEnum):
    """What happened to a block, or to a run of words."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


class Piece(NamedTuple):
    """Words in a row that look alike."""

    text: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row with which the same happened; both sides of those that stayed."""

    change: Change
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A block on both sides, or on the one side that has it.

    Attributes:
        old_kind, new_kind: None where that side has no such block.
        runs: the words of both, in the order in which one reads what was removed, then added.
    """

    change: Change
    old_kind: Kind | None
    new_kind: Kind | None
    runs: tuple[Run, ...]


class Step(NamedTuple):
    """A part of two sequences: alike, or replaced (and then either may be empty)."""

    same: bool
    old: range
    new: range


def compare(
    old: str | Document, new: str | Document, *, old_language: str, new_language: str
) -> list[Row]:
    """The blocks of two texts beside each other, footnotes last. Raises KeyError for a language."""
    before, after = blocks(old, old_language), blocks(new, new_language)
    rows: list[Row] = []
    for step in align(_identities(before), _identities(after)):
        removed, added = [before[i] for i in step.old], [after[j] for j in step.new]
        if step.same:
            rows += map(_unchanged, removed, added)
        else:
            rows += _replaced(removed, added)
    return rows


def compare_line(old: str, new: str, *, old_language: str, new_language: str) -> Row:
    """A title, a name or a plain text of several lines, as one block."""
    return _pair(
        Block(Kind.PARAGRAPH, tuple(Cutter(old_language).words([(old, ())]))),
        Block(Kind.PARAGRAPH, tuple(Cutter(new_language).words([(new, ())]))),
    )


def _identities(found: Iterable[Block]) -> list[Hashable]:
    return [(block.kind, *(word.key for word in block.words)) for block in found]


# Which block became which


def _replaced(removed: Sequence[Block], added: Sequence[Block]) -> Iterator[Row]:
    """The rows of blocks that were replaced: those alike beside each other, the others alone."""
    i = j = 0
    for pair in (*_pairs(removed, added), (len(removed), len(added))):
        yield from (_alone(block, Change.REMOVED) for block in removed[i : pair[0]])
        yield from (_alone(block, Change.ADDED) for block in added[j : pair[1]])
        i, j = pair
        if i < len(removed) and j < len(added):
            yield _pair(removed[i], added[j])
        i, j = i + 1, j + 1


def _pairs(removed: Sequence[Block], added: Sequence[Block]) -> list[tuple[int, int]]:
    """Which became which, in order, so that as much as possible is alike."""
    if not removed or not added:
        return []
    old, new = [_sayings(block) for block in removed], [_sayings(block) for block in added]
    size = sum(map(len, old)) * sum(map(len, new))
    if len(old) * len(new) > MOST_PAIRS or size > MOST_CELLS:
        return [(i, i) for i in range(min(len(old), len(new)))]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(a, b) for b in new] for a in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _sayings(block: Block) -> list[int]:
    # Marks don't count: words that became a heading are still the same words.
    return [hash(word.shown) for word in block.words if says(word)]


def _likeness(old: list[int], new: list[int]) -> float:
    return float(LCSseq.normalized_similarity(old, new, score_cutoff=ALIKE))


# The words of a block


def _unchanged(old: Block, new: Block) -> Row:
    run = Run(Change.SAME, _pieces(old.words), _pieces(new.words))
    return Row(Change.SAME, old.kind, new.kind, (run,))


def _alone(block: Block, change: Change) -> Row:
    pieces = _pieces(block.words)
    if change is Change.REMOVED:
        return Row(change, block.kind, None, (Run(change, old=pieces),))
    return Row(change, None, block.kind, (Run(change, new=pieces),))


def _pair(old: Block, new: Block) -> Row:
    steps = _readable(
        align([word.key for word in old.words], [word.key for word in new.words]), new.words
    )
    if len(steps) > MOST_RUNS:
        steps = [Step(False, range(len(old.words)), range(len(new.words)))]
    runs: list[Run] = []
    for step in steps:
        before = _pieces(old.words[step.old.start : step.old.stop])
        after = _pieces(new.words[step.new.start : step.new.stop])
        if step.same:
            runs.append(Run(Change.SAME, before, after))
            continue
        runs += [Run(Change.REMOVED, old=before)] if before else []
        runs += [Run(Change.ADDED, new=after)] if after else []
    same = old.kind == new.kind and all(run.change is Change.SAME for run in runs)
    return Row(Change.SAME if same else Change.CHANGED, old.kind, new.kind, tuple(runs))


def _readable(steps: Iterable[Step], new: Sequence[Word]) -> list[Step]:
    """Without the islands that only chance left alike: a space, a comma, one word among many."""
    found = list(steps)
    # First what is no word, then words, which by then stand between larger changes.
    for words in (0, 1):
        found = _joined(
            step._replace(same=step.same and not _is_island(found, place, new, words))
            for place, step in enumerate(found)
        )
    return found


def _is_island(found: Sequence[Step], place: int, new: Sequence[Word], words: int) -> bool:
    step = found[place]
    if place in {0, len(found) - 1} or len(step.new) > LARGEST_ISLAND:
        return False
    sides = found[place - 1], found[place + 1]
    large = min(max(len(side.old), len(side.new)) for side in sides) >= LARGE
    return sum(says(new[at]) for at in step.new) <= words and (large or not words)


def _pieces(words: Iterable[Word]) -> tuple[Piece, ...]:
    return tuple(
        Piece("".join(word.shown for word in alike), marks)
        for marks, alike in groupby(words, key=lambda word: word.marks)
    )


# What two sequences have in common


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """The steps from one sequence to the other, in order. Its time is bounded by their lengths."""
    numbers: dict[Hashable, int] = {}
    before = [numbers.setdefault(each, len(numbers)) for each in old]
    after = [numbers.setdefault(each, len(numbers)) for each in new]
    return _joined(_steps(before, after, 0, 0, may_split=True))


def _steps(old: list[int], new: list[int], i: int, j: int, *, may_split: bool) -> Iterator[Step]:
    """The same of parts that begin at ``i`` and ``j``."""
    first = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    rest = min(len(old), len(new)) - first
    last = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
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


def _joined(steps: Iterable[Step]) -> list[Step]:
    """Without empty steps, and neighbours of one sort as one."""
    joined: list[Step] = []
    for step in steps:
        if not step.old and not step.new:
            continue
        if joined and joined[-1].same == step.same:
            last = joined[-1]
            old, new = (last.old.start, step.old.stop), (last.new.start, step.new.stop)
            joined[-1] = Step(step.same, range(*old), range(*new))
        else:
            joined.append(step)
    return joined
