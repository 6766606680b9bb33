"""No small number can be seen, nor reckoned from what can be seen."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.moderation.transparency.suppressing import (
    LEAST_TOTAL,
    SMALL,
    Table,
    suppress,
    suppress_linked,
)


def numbered(*numbers: int) -> dict[str, int]:
    return {f"c{place}": number for place, number in enumerate(numbers)}


def shown(table: Table) -> list[int | None]:
    return list(table.cells.values())


@pytest.mark.parametrize(
    ("numbers", "expected", "total"),
    [
        ((0, 0, 0), [0, 0, 0], 0),
        ((9, 0, 0), [None, None, None], None),
        ((5, 4), [None, None], None),
        ((10, 0, 0), [10, 0, 0], 10),
        ((20, 5, 0), [20, 5, 0], 25),
        ((20, 4, 0), [None, None, 0], 24),
        ((20, 30, 4, 0), [20, None, None, 0], 54),
        ((20, 3, 0, 9), [20, None, 0, None], 32),
        # Two small ones hide each other only where their sum says nothing of either.
        ((50, 4, 4), [None, None, None], 58),
        ((50, 40, 1, 1), [50, None, None, None], 92),
        ((50, 4, 4, 4), [50, None, None, None], 62),
    ],
)
def test_suppress_hides_small_numbers_and_what_would_tell_them(
    numbers: tuple[int, ...], expected: list[int | None], total: int | None
) -> None:
    table = suppress(numbered(*numbers))
    assert shown(table) == expected
    assert table.total == total


@given(st.lists(st.integers(0, 40), min_size=2, max_size=7))
def test_suppress_of_anything_leaves_several_answers(numbers: list[int]) -> None:
    """Whoever knows the rule and the total can't tell any small number."""
    table = suppress(numbered(*numbers))
    assert not [number for number in shown(table) if number is not None and 0 < number < SMALL]
    if table.total is None:
        return
    seen = shown(table)
    hidden = [number for number, public in zip(numbers, seen, strict=True) if public is None]
    if not hidden:
        return
    assert len(hidden) > 1
    assert sum(hidden) >= 2 * SMALL - 1


@pytest.mark.parametrize("numbers", list(itertools.product([0, 1, 2, 4, 5, 6, 12], repeat=3)))
def test_suppress_of_tables_tried_one_by_one(numbers: tuple[int, ...]) -> None:
    """All tables with the same public face: no small number has the same value in each."""
    face = shown(suppress(numbered(*numbers)))
    total = suppress(numbered(*numbers)).total
    if total is None or None not in face:
        return
    alike = [
        other
        for other in itertools.product(range(1, total + 1), repeat=face.count(None))
        if sum(other) + sum(number or 0 for number in face) == total
        and shown(suppress(numbered(*_filled(face, other)))) == face
    ]
    for place in range(face.count(None)):
        values = {other[place] for other in alike}
        assert len(values) > 1 or min(values) >= SMALL


def _filled(face: list[int | None], hidden: tuple[int, ...]) -> list[int]:
    left = iter(hidden)
    return [next(left) if number is None else number for number in face]


def test_suppress_total_too_small_is_not_told() -> None:
    assert suppress(numbered(LEAST_TOTAL - 1, 0)).total is None


def test_suppress_linked_hides_in_both() -> None:
    outcomes = {"accepted": 20, "rejected": 3, "waiting": 30, "spam": 0}
    verdicts = {"accept": 22, "reject": 6, "changes": 40}
    links = [({"accepted"}, {"accept"}), ({"rejected"}, {"reject"})]
    one, other = suppress_linked(outcomes, verdicts, links)
    assert one.hidden == {"rejected", "waiting"}
    assert other.hidden == {"reject", "changes"}
    assert one.total == 53


def test_suppress_linked_hides_back_and_forth() -> None:
    one, other = suppress_linked(
        {"a": 30, "b": 30, "c": 30, "d": 3},
        {"a": 30, "c": 30, "d": 30},
        [({"a"}, {"a"}), ({"c"}, {"c"}), ({"d"}, {"d"})],
    )
    assert one.hidden == {"c", "d"}
    assert other.hidden == {"c", "d"}
