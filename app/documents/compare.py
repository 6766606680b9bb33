"""What changed between two texts: by block first, then by words inside the blocks that changed.

Words are those of ICU, so that Chinese, Korean and Arabic are compared as finely as French.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import LCSseq

from app.documents.align import MOST_CELLS, Step, align, joined
from app.documents.parse import Document
from app.documents.words import Block, Cutter, Kind, Word, blocks, says

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
        found = joined(
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
