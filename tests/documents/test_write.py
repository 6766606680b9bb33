import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.content import content
from app.documents.parse import parse
from app.documents.render import NoteLabels, render
from app.documents.text import normalise
from app.documents.write import canonical, write
from tests.documents.texts import ESSAYS, TEXTS, structured

LABELS = NoteLabels("Back {number}", "Notes", "Note {number}", "Table {number}")


def html(text: str) -> str:
    """The text as readers see it: a wrapped line is a space."""
    rendered = render(text, language="en", prefix="p", labels=LABELS)
    return re.sub(r"\s*<br>\s*", "<br>", re.sub(r"\s+", " ", rendered))


@given(structured | st.text())
@settings(max_examples=200)
def test_canonical_of_any_text_is_its_own_canonical_form(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once


@given(structured)
@settings(max_examples=200)
def test_canonical_says_what_the_text_says(text: str) -> None:
    document = parse(text)
    again = parse(canonical(text))
    assert again.problems == document.problems
    assert content(again) == content(document)


@given(structured)
@settings(max_examples=400)
def test_write_is_understood_almost_always(text: str) -> None:
    """What the parse of any text yields can be written; only then is there one form of a text."""
    document = parse(text)
    if not document.problems:
        assert content(parse(write(content(document)))) == content(document)


@pytest.mark.parametrize("text", TEXTS)
def test_canonical_is_rendered_alike(text: str) -> None:
    assert html(canonical(text)) == html(text)
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "Top\n===\n\na __b__ _c_ <https://d.e>\nf  \ng",
            "## Top\n\na **b** *c* <https://d.e> f\\\ng",
        ),
        ("* a\n* b\n\n---", "- a\n- b\n\n***"),
        ("[a][b]\n\n[b]: https://c.d 'T'", '[a](https://c.d "T")'),
        ("b[^y]a[^x]\n\n[^x]: X\n[^y]: Y", "b[^1]a[^2]\n\n[^1]: Y\n\n[^2]: X"),
        ("|a|\n|:-|\n|b\\|c|", "| a |\n| :-- |\n| b\\|c |"),
        ("网络\n空间 **重点。**后文", "网络空间 **重点。**后文"),
        ("*a *b* c*", "*a b c*"),
        ("Nutzer*innen, snake_case", "Nutzer\\*innen, snake_case"),
        ('*a*&#8203;**b** &#97;**"b"**&#99;', '*a*\u200b**b** &#97;**"b"**&#99;'),
    ],
)
def test_canonical_form(text: str, written: str) -> None:
    assert canonical(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "a[^1]  \n b\n\n_c_",
        "_a_\n\n[^1]: nobody refers to it",
        "_a_[^1]\n\n[^1]: one\n\n[^1]: two",
        "_a_ ![b](https://c.d/e.png)",
        "_a_ [b](javascript:c)",
        "_a_\n\n[b]: https://c.d",
        "> " * 30 + "a",
    ],
)
def test_canonical_leaves_a_text_with_problems_as_it_was_written(text: str) -> None:
    assert canonical(text) == normalise(text)


def test_canonical_of_two_thousand_words_is_quick() -> None:
    essays = (essay for name, essay in ESSAYS.items() if name.startswith("en/"))
    text = "\n\n".join(re.sub(r"\[\^", f"[^{place}-", essay) for place, essay in enumerate(essays))
    text = " ".join(text.split(" ")[:2200])
    assert not (kinds := {problem.code for problem in parse(text).problems}) - {
        "footnote.undefined"
    }, kinds
    text = re.sub(r"\[\^\d-\d+\](?!:)", "", text)
    times = []
    for _ in range(5):
        began = time.process_time()
        canonical(text)
        times.append(time.process_time() - began)
    assert min(times) < 0.03
