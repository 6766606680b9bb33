"""What changed between two texts, by blocks and by words, in any script, in bounded time."""

import random
import time

import pytest

from app.documents.compare import MOST_BLOCKS, MOST_CUT, Change, Row, compare, compare_line
from app.documents.profile import MAX_CHARACTERS
from app.documents.words import Kind

SAME, CHANGED, REMOVED, ADDED = Change.SAME, Change.CHANGED, Change.REMOVED, Change.ADDED
SIGNS = {SAME: "=", REMOVED: "-", ADDED: "+"}


def told(row: Row) -> list[str]:
    """The runs of a row, each with a sign in front."""
    return [
        SIGNS[run.change] + "".join(piece.text for piece in run.new or run.old) for run in row.runs
    ]


def differ(old: str, new: str, language: str = "fr") -> list[Row]:
    return compare(old, new, old_language=language, new_language=language)


@pytest.mark.parametrize(
    ("language", "old", "new", "expected"),
    [
        (
            "fr",
            "La paix a besoin de règles.",
            "La paix a besoin de règles claires.",
            ["=La paix a besoin de règles", "+ claires", "=."],
        ),
        (
            "ar",
            "السلام يحتاج إلى قواعد يعرفها الجميع.",
            "السلام يحتاج إلى قواعد واضحة يعرفها الجميع.",
            ["=السلام يحتاج إلى قواعد ", "+واضحة ", "=يعرفها الجميع."],
        ),
        (
            "zh",
            "和平需要人人知晓的规则。",
            "和平需要各国知晓的规则。",
            ["=和平需要", "-人人", "+各国", "=知晓的规则。"],
        ),
        (
            "ko",
            "평화에는 😀 규칙이 필요하다",
            "평화에는 😀 분명한 규칙이 필요하다",
            ["=평화에는 😀 ", "+분명한 ", "=규칙이 필요하다"],
        ),
        ("ru", "Мир и право", "Мир и закон", ["=Мир и ", "-право", "+закон"]),
    ],
)
def test_compare_tells_the_words_that_changed(
    language: str, old: str, new: str, expected: list[str]
) -> None:
    (row,) = differ(old, new, language)
    assert (row.change, told(row)) == (CHANGED, expected)


def test_compare_sets_blocks_beside_each_other_and_footnotes_last() -> None:
    old = "## Un titre\n\nUn premier alinéa[^a].\n\nQui disparaît tout entier.\n\n[^a]: Voir ici.\n"
    new = "## Un titre\n\nUn premier alinéa[^a].\n\n- Un point nouveau\n\n[^a]: Voir plutôt ici.\n"
    found = [(row.change, row.old_kind, row.new_kind) for row in differ(old, new)]
    assert found == [
        (SAME, Kind.HEADING, Kind.HEADING),
        (SAME, Kind.PARAGRAPH, Kind.PARAGRAPH),
        (REMOVED, Kind.PARAGRAPH, None),
        (ADDED, None, Kind.ITEM),
        (CHANGED, Kind.NOTE, Kind.NOTE),
    ]


def test_compare_pairs_a_changed_block_with_itself_where_others_moved_in() -> None:
    old = "Un texte sur les règles du droit.\n\nFin."
    new = "Tout autre chose.\n\nUn texte sur les normes du droit.\n\nFin."
    assert [row.change for row in differ(old, new)] == [ADDED, CHANGED, SAME]


def test_compare_sees_emphasis_addresses_and_what_a_block_became() -> None:
    (row,) = differ("un *mot* ici", "un mot ici")
    assert told(row) == ["=un ", "-mot", "+mot", "= ici"]
    assert row.runs[1].old[0].marks == ("em",)
    (row,) = differ("[là](https://a.example)", "[là](https://b.example)")
    assert told(row) == ["=là", "- ⟨https://a.example⟩", "+ ⟨https://b.example⟩"]
    (row,) = differ("Un titre", "## Un titre")
    assert (row.change, row.old_kind, row.new_kind) == (CHANGED, Kind.PARAGRAPH, Kind.HEADING)


def test_compare_takes_a_renumbered_footnote_for_the_same() -> None:
    old = "Un[^a].\n\nDeux[^b].\n\n[^a]: A.\n[^b]: B.\n"
    new = "Un[^n] mot[^a].\n\nDeux[^b].\n\n[^n]: N.\n[^a]: A.\n[^b]: B.\n"
    rows = differ(old, new)
    second = rows[1]
    assert second.change is SAME
    assert [piece.text for piece in second.runs[0].old] == ["Deux", "2", "."]
    assert [piece.text for piece in second.runs[0].new] == ["Deux", "3", "."]


def test_compare_of_equal_texts_is_all_the_same() -> None:
    text = "## A\n\n| a | b |\n| --- | --- |\n| c | d |\n\n> zitat\n\n---\n\n```\ncode\n```\n"
    rows = differ(text, text, "de")
    assert {row.change for row in rows} == {SAME}
    assert [row.new_kind for row in rows] == [
        Kind.HEADING,
        Kind.TABLE_ROW,
        Kind.TABLE_ROW,
        Kind.QUOTATION,
        Kind.RULE,
        Kind.CODE,
    ]


def test_compare_line_leaves_no_islands_between_large_changes() -> None:
    old = "one two three four de five six seven eight"
    new = "eins zwei drei vier de fünf sechs sieben acht"
    row = compare_line(old, new, old_language="en", new_language="de")
    assert told(row) == ["-" + old, "+" + new]


def test_compare_of_very_many_blocks_shows_the_middle_as_replaced() -> None:
    many = [f"Bloc {number}." for number in range(MOST_BLOCKS + 1)]
    old, new = "\n\n".join(many), "\n\n".join([*many[:100], "Autre.", *many[200:]])
    rows = differ(old, new)
    assert [(row.change, row.whole) for row in rows] == [
        (change, True) for change in (SAME, REMOVED, ADDED, SAME)
    ]
    assert rows[0].runs[0].new[0].text == "\n\n".join(many[:100])
    assert told(rows[1]) == ["-" + "\n\n".join(many[100:200])]
    assert told(rows[2]) == ["+Autre."]


def test_compare_of_too_many_words_shows_blocks_as_replaced() -> None:
    long = "mot " * (MOST_CUT // 8)
    rows = differ(f"Un mot.\n\nFin.\n\n{long}un.", f"Un autre.\n\nFin.\n\n{long}deux.")
    assert [(row.change, row.whole) for row in rows] == [
        (CHANGED, False),
        (SAME, False),
        (REMOVED, True),
        (ADDED, True),
    ]
    # What nobody wrote anew is not cut at all.
    assert {row.change for row in differ(f"{long}\n\nUn.", f"{long}\n\nUn a.")} == {SAME, CHANGED}


def test_compare_of_a_text_beyond_all_limits_has_a_row_or_two() -> None:
    old = "\n\n".join("ab" * (MAX_CHARACTERS // 6))
    assert len(differ(old, old)) == 1
    assert len(differ(old, old + "c")) == 2


@pytest.mark.parametrize("shape", ["letters", "unique", "blocks", "chinese", "moved"])
def test_compare_takes_bounded_time_for_the_worst_texts(shape: str) -> None:
    chance = random.Random(3)
    half = MAX_CHARACTERS // 2 - 1000

    def text() -> str:
        match shape:
            case "letters":
                return " ".join(chance.choices("ab", k=half))
            case "unique":
                return " ".join(chance.sample([f"w{i}" for i in range(40_000)], 40_000))
            case "blocks":
                return "\n\n".join(" ".join(chance.choices("abc", k=30)) for _ in range(4_000))
            case "chinese":
                return "".join(chance.choices("和平需要人人知晓的规则", k=2 * half))
        parts = [f"{i} " * 8 for i in range(5_000)]
        chance.shuffle(parts)
        return "\n\n".join(parts)

    old, new = text(), text()
    start = time.process_time()
    rows = differ(old, new, "zh" if shape == "chinese" else "fr")
    assert time.process_time() - start < 15  # some 2 seconds on a free core
    assert any(row.change is not SAME for row in rows)
