"""What sequences have in common, two and three of them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.documents import align as aligning
from app.documents.align import Region, align, regions

_WORDS = st.lists(st.sampled_from("abcd"), max_size=10)


def merged(base: list[str], first: list[str], second: list[str]) -> list[str | Region]:
    """What only one changed is taken; what both did stays a region."""
    found: list[str | Region] = []
    for region in regions(base, first, second):
        if region.by_first and region.by_second:
            found.append(region)
        elif region.by_second:
            found += second[region.second.start : region.second.stop]
        else:
            found += first[region.first.start : region.first.stop]
    return found


@given(_WORDS, _WORDS)
def test_align_loses_nothing_of_either_side(old: list[str], new: list[str]) -> None:
    steps = align(old, new)
    assert [old[i] for step in steps for i in step.old] == old
    assert [new[j] for step in steps for j in step.new] == new
    assert all(
        [old[i] for i in step.old] == [new[j] for j in step.new] for step in steps if step.same
    )


def test_align_of_long_sequences_seeks_between_what_is_in_both_once() -> None:
    chance = random.Random(5)
    old = [*chance.choices(range(50), k=15000), "a", *chance.choices(range(50), k=15000)]
    new = [*chance.choices(range(50), k=15000), "a", *chance.choices(range(50), k=15000)]
    assert len(old) * len(new) > aligning.MOST_CELLS
    step = next(step for step in align(old, new) if 15_000 in step.old)
    assert step.same
    assert 15_000 in step.new


@given(_WORDS, _WORDS, _WORDS)
def test_regions_hold_everything_of_all_three_in_order(
    base: list[str], first: list[str], second: list[str]
) -> None:
    found = list(regions(base, first, second))
    for place, sequence in enumerate((base, first, second)):
        assert [sequence[at] for region in found for at in region[place]] == sequence
    for region in found:
        was = [base[at] for at in region.base]
        assert region.by_first or [first[at] for at in region.first] == was
        assert region.by_second or [second[at] for at in region.second] == was


@given(_WORDS, _WORDS)
def test_regions_with_one_side_unchanged_are_the_other(base: list[str], new: list[str]) -> None:
    assert merged(base, new, base) == new
    assert merged(base, base, new) == new


@given(_WORDS, _WORDS, _WORDS)
def test_regions_are_the_same_whichever_side_is_first(
    base: list[str], first: list[str], second: list[str]
) -> None:
    turned = [
        Region(it.base, it.second, it.first, it.by_second, it.by_first)
        for it in regions(base, second, first)
    ]
    assert turned == list(regions(base, first, second))


def test_regions_of_neighbours_are_two_and_of_additions_in_one_place_one() -> None:
    assert merged(list("abc"), list("xbc"), list("ayc")) == list("xyc")
    both = Region(range(3, 3), range(3, 4), range(3, 4), True, True)
    assert merged(list("abc"), list("abcx"), list("abcy")) == [*"abc", both]
    # Whether what one adds goes before or after what the other puts there, nobody can know.
    (_, touched) = merged(list("ab"), list("ax"), list("ayb"))
    assert touched == Region(range(1, 2), range(1, 2), range(1, 3), True, True)
