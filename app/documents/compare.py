"""What changed between two texts: by block first, then by words inside the blocks that changed.

Words are those of ICU, so that Chinese, Korean and Arabic are compared as finely as French.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import LCSseq

from app.documents.align import MOST_CELLS, Step, align, ends, joined
from app.documents.parse import Document
from app.documents.words import Block, Cutter, Kind, Word, blocks, plain_block, says

MOST_BLOCKS: Final = 2_000
"""Blocks of a text; of one with more, what stands between the first and the last difference is
shown as replaced: no page could show each."""

MOST_CUT: Final = 250_000
"""Characters of both texts, in blocks that changed, that are compared word by word: half a second.
It does for any two versions of an essay of 15,000 words that have a page in common."""

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
        whole: whether it is too long to be compared word by word; it may then be many blocks.
        runs: the words of both, in the order in which one reads what was removed, then added.
    """

    change: Change
    old_kind: Kind | None
    new_kind: Kind | None
    runs: tuple[Run, ...]
    whole: bool = False


def compare(
    old: str | Document, new: str | Document, *, old_language: str, new_language: str
) -> list[Row]:
    """The blocks of two texts beside each other, footnotes last. Raises KeyError for a language."""
    before, after = blocks(old), blocks(new)
    if max(len(before), len(after)) > MOST_BLOCKS:
        return list(_roughly(before, after))
    scissors = _Scissors(Cutter(old_language), Cutter(new_language))
    rows: list[Row] = []
    for step in align(_identities(before), _identities(after)):
        removed, added = [before[i] for i in step.old], [after[j] for j in step.new]
        if step.same:
            rows += map(_unchanged, removed, added)
        else:
            rows += _replaced(removed, added, scissors)
    return rows


def compare_line(old: str, new: str, *, old_language: str, new_language: str) -> Row:
    """A title, a name or a plain text of several lines, as one block."""
    old_block, new_block = plain_block(old), plain_block(new)
    return _pair(Cutter(old_language).cut(old_block), Cutter(new_language).cut(new_block))


def _roughly(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Row]:
    """What both begin and end with, and what is between, each as one row."""
    first, last = ends(_identities(old), _identities(new))
    if first:
        yield replace(_unchanged(_one(old[:first]), _one(new[:first])), whole=True)
    for blocks_, change in ((old, Change.REMOVED), (new, Change.ADDED)):
        if middle := blocks_[first : len(blocks_) - last]:
            yield replace(_alone(_one(middle), change), whole=True)
    if last:
        yield replace(_unchanged(_one(old[-last:]), _one(new[-last:])), whole=True)


def _one(found: Iterable[Block]) -> Block:
    """Blocks as one, without what marks their words."""
    return plain_block("\n\n".join("".join(word.shown for word in block.words) for block in found))


@dataclass(slots=True)
class _Scissors:
    """Cuts changed blocks into words as long as it may."""

    old: Cutter
    new: Cutter
    left: int = MOST_CUT

    def cut(
        self, removed: Sequence[Block], added: Sequence[Block]
    ) -> tuple[list[Block], list[Block]] | None:
        """Both sides, cut; None where that would take too long."""
        self.left -= sum(len(word.shown) for block in (*removed, *added) for word in block.words)
        if self.left < 0:
            return None
        return [*map(self.old.cut, removed)], [*map(self.new.cut, added)]


def _identities(found: Iterable[Block]) -> list[Hashable]:
    return [(block.kind, *(word.key for word in block.words)) for block in found]


# Which block became which


def _replaced(
    removed: Sequence[Block], added: Sequence[Block], scissors: _Scissors
) -> Iterator[Row]:
    """The rows of blocks that were replaced: those alike beside each other, the others alone."""
    cut = scissors.cut(removed, added) if removed and added else None
    old, new = cut or (removed, added)
    whole = cut is None and bool(removed and added)
    i = j = 0
    for pair in (*(_pairs(old, new) if cut else ()), (len(old), len(new))):
        for blocks_, change in (
            (old[i : pair[0]], Change.REMOVED),
            (new[j : pair[1]], Change.ADDED),
        ):
            yield from (replace(_alone(block, change), whole=whole) for block in blocks_)
        i, j = pair
        if i < len(old) and j < len(new):
            yield _pair(old[i], new[j])
        i, j = i + 1, j + 1


def _pairs(removed: Sequence[Block], added: Sequence[Block]) -> list[tuple[int, int]]:
    """Which became which, in order, so that as much as possible is alike."""
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
