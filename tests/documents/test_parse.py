import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.parse import parse
from app.documents.plain import plain
from app.documents.profile import MAX_MARKS
from app.documents.render import NoteLabels, render, render_paragraphs
from app.documents.tree import blocks
from app.documents.write import canonical

LABELS = NoteLabels("Back", "Notes", "Note", "Table")
PIECES = [
    *("*", "**", "_", "`", "```\n", "[", "](", ")", "<", ">", "> ", "- ", "1. ", "# ", "    "),
    *("\n", "\n\n", "|", "|-|-|\n", "|a|b|\n", "[^1]", "[^1]: ", "[^1][^2]", "\n[^2]: ", "!["),
    *("https://a.b", "javascript:", "&amp;", "&#x202e;", "\\", "<a:b>", "重。", "단", "ا", "a"),
    *("\ud800", "\x00", "---\n", "===\n", "\t", "[a]: /u\n", "  \n", "&#0;", "\ufffe"),
]
structured = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(structured | st.text())
def test_parse_any_string_and_everything_made_from_it(text: str) -> None:
    document = parse(text)
    assert parse(document) is document
    for language in ("en", "ar"):
        render(document, language=language, prefix="p", labels=LABELS).encode()
    render_paragraphs(document).encode()
    plain(document).encode()
    blocks(document)


N = 10_000
HEAVY = {
    "brackets": "[" * N + "a" + "]" * N,
    "open brackets": "[" * N,
    "images": "![" * N,
    "figures": f"![a](figure:{'0' * 32})\n\n" * N,
    "figures alike": "![a][f]\n\n" * 199 + f"[f]: figure:{'0' * 32} '{'c' * 100_000}'",
    "links": "[a](" * N,
    "quotes": ">" * N,
    "spaced quotes": "> " * N,
    "stars": "*" * N,
    "words and stars": "*a " * N,
    "nested emphasis": "*a _b " * N + "b_ a* " * N,
    "lists": "- " * N,
    "indented lists": "".join("  " * depth + "- a\n" for depth in range(500)),
    "footnotes": "".join(f"a[^{i}] " for i in range(N))
    + "\n\n"
    + "".join(f"[^{i}]: n\n" for i in range(N)),
    "open footnotes": "[^a" * N,
    "footnotes in footnotes": "[^a]: " * N,
    "footnote of itself": "[^a]" * 1000 + "\n\n[^a]: " + "[^a]" * 1000,
    "footnotes doubling": "[^0]\n\n"
    + "".join(f"[^{i}]: [^{i + 1}][^{i + 1}]\n" for i in range(99)),
    "backticks": "".join("`" * length + " " for length in range(500)),
    "tables": ("|a" * 256 + "|\n" + "|-" * 256 + "|\n" + "|\n" * 100 + "\n") * 30,
    "references": "".join(f"[r{i}]: /u\n" for i in range(N)),
    "pointy": "<" * N,
    "entities": "&" * N,
    "lines": "a\n" * N,
    "rules": "* * * a\n" * N,
    "long word": "a" * 300_000,
    "too long": "*a* " * 1_000_000,
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY.keys())
def test_parse_heavy_text_does_not_hang(text: str) -> None:
    start = time.process_time()
    document = parse(text)
    html = render(document, language="en", prefix="p", labels=LABELS)
    blocks(document)
    assert time.process_time() - start < 10
    assert len(html) < 10_000_000


def test_parse_beyond_limits_keeps_every_word() -> None:
    text = "**a**\nb\n\n" + "> " * 30 + "c"
    html = render(text, language="en", prefix="p", labels=LABELS)
    assert html == f"<p>**a**\nb</p>\n<p>{'&gt; ' * 30}c</p>\n"


def test_parse_beyond_limits_of_very_many_paragraphs_is_one_block_as_typed() -> None:
    text = "\n\n".join("a" * (MAX_MARKS // 2 + 2))
    document = parse(text)
    assert [token.type for token in document.tokens] == ["fence"]
    assert plain(document) == text
    assert canonical(document) == text
    assert render(document, language="en", prefix="p", labels=LABELS).startswith("<pre><code>a\n")


def test_parse_numbers_footnotes_in_order_of_reference() -> None:
    document = parse("[^z]: last[^deep]\n\na[^b] c[^z] d[^b]\n\n[^b]: first\n\n[^deep]: inner\n")
    assert [(n.number, n.label, n.references) for n in document.notes] == [
        (1, "b", 2),
        (2, "z", 1),
        (3, "deep", 1),
    ]


def test_parse_footnote_inside_other_blocks() -> None:
    document = parse("> a[^1]\n>\n> [^1]: quoted\n\n- b[^2]\n\n  [^2]: listed\n")
    assert [note.label for note in document.notes] == ["1", "2"]
    assert document.problems == ()


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ([1, 2, 3], [2, 3, 4]),
        ([2, 3, 4], [2, 3, 4]),
        ([2, 2, 2], [2, 2, 2]),
        ([1, 1], [2, 2]),
        ([2, 4, 4, 2], [2, 3, 3, 2]),
        ([3, 1, 6], [2, 2, 3]),
        ([1, 2, 3, 4, 5, 6, 2], [2, 3, 4, 4, 4, 4, 3]),
    ],
)
def test_parse_headings_never_skip_a_level(written: list[int], levels: list[int]) -> None:
    document = parse("\n".join("#" * level + " a" for level in written))
    tags = [token.tag for token in document.tokens if token.type == "heading_open"]
    assert tags == [f"h{level}" for level in levels]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=20))
def test_parse_headings_of_any_outline(written: list[int]) -> None:
    document = parse("\n\n".join("#" * level + " a" for level in written))
    levels = [int(t.tag[1]) for t in document.tokens if t.type == "heading_open"]
    assert levels[0] == 2
    assert set(levels) <= {2, 3, 4}
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_parse_indented_paragraph_is_no_code() -> None:
    assert [t.type for t in parse("a\n\n    b").tokens].count("paragraph_open") == 2
