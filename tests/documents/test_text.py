import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.profile import MAX_CHARACTERS, MAX_FIGURES, MAX_MARKS, MAX_PROBLEMS
from app.documents.render import render_paragraphs
from app.documents.text import Problem, line_problems, normalise, problems, unknown_figures

FIGURE = "0123456789abcdef" * 2

markup = st.text(st.sampled_from("ab *_`[]()<>#-+|:!^\\&;\n\t 1.\u0301\u3002重가\r\ufeff"))


def codes(text: str) -> list[str]:
    return [problem.code for problem in problems(text)]


@given(st.text() | markup)
def test_normalise_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(markup)
def test_normalise_keeps_what_is_rendered(text: str) -> None:
    spelt = unicodedata.normalize("NFC", text.replace("\ufeff", ""))
    assert render_paragraphs(normalise(text)) == render_paragraphs(spelt)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\ufeffa", "a"),
        ("e\u0301", "é"),
        ("a \nb\t\n", "a\nb\n"),
        ("a   \nb", "a  \nb"),
        ("a  \n\nb  ", "a\n\nb"),
        ("a\\ \nb", "a\\ \nb"),
        ("a\u2028b\u2029c", "a\nb\n\nc"),
        ("  \na", "\na"),
        ("   ", ""),
        ("\u3000段落", "\u3000段落"),
    ],
)
def test_normalise_spelling(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Un texte.",
        "**重点。**后文",
        "مرحبا \u200fبكم\u200e",
        "가나다",
        "👩\u200d💻 A\u00ad\u200cB",
    ],
)
def test_problems_none_in_ordinary_text(text: str) -> None:
    assert problems(text) == ()


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\x00", "text.control_characters"),
        ("\x0b", "text.control_characters"),
        ("\x85", "text.control_characters"),
        ("\ufffe", "text.control_characters"),
        ("\U0010ffff", "text.control_characters"),
        ("\u202d", "text.bidi_override"),
        ("\u202e", "text.bidi_override"),
        ("\ufffd", "text.replacement_character"),
        ("\ud800", "text.surrogate"),
    ],
)
def test_problems_character_no_text_may_hold(character: str, code: str) -> None:
    named = {"character": f"U+{ord(character):04X}"}
    assert problems(f"one\r\n\r\ntwo {character}") == (Problem(code, 3, named),)


@pytest.mark.parametrize("entity", ["&#x202E;", "&#8238;", "&#0;", "&#xD800;", "&#xFFFE;"])
def test_problems_character_written_as_entity(entity: str) -> None:
    assert problems(f"a\n{entity}") == (
        Problem("text.control_characters", 2, {"character": entity}),
    )


@pytest.mark.parametrize("entity", ["&nbsp;", "&amp;", "&#8217;", "&rlm;", "&nosuch;"])
def test_problems_none_for_other_entities(entity: str) -> None:
    assert problems(entity) == ()


def test_problems_too_long() -> None:
    limits = {"limit": MAX_CHARACTERS, "length": MAX_CHARACTERS + 1}
    assert problems("a" * MAX_CHARACTERS) == ()
    assert problems("a" * (MAX_CHARACTERS + 1)) == (Problem("text.too_long", None, limits),)


@pytest.mark.parametrize(
    "text",
    ["> " * 30 + "a", "- " * 30 + "a", "[^a]:" * 30, "*a _b " * 15 + "c" + "_*" * 15],
)
def test_problems_too_deep(text: str) -> None:
    assert codes(text) == ["text.too_deep"]


def test_problems_none_for_lists_eleven_deep() -> None:
    assert problems("".join("  " * depth + "- a\n" for depth in range(11))) == ()
    assert codes("".join("  " * depth + "- a\n" for depth in range(12))) == ["text.too_deep"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("*" * (MAX_MARKS + 1), "marks"),
        (("|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|\n" * 100) + "\n", "cells"),
        ("[a]: <http://x/" + "A" * 2000 + ">\n\n" + "[a] " * 1000, "links"),
        ("[^a]" * 1000 + "\n\n[^a]: " + "A" * 2000, "footnotes"),
    ],
)
def test_problems_too_complex(text: str, what: str) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.data["what"]) == ("text.too_complex", what)


def test_problems_footnotes() -> None:
    text = "a[^x]\nb[^1]\n\n[^1]: one\n\n[^1]: two\n\n[^y]: three[^z]\n"
    assert problems(text) == (
        Problem("footnote.undefined", 1, {"label": "x"}),
        Problem("footnote.duplicate", 6, {"label": "1"}),
        Problem("footnote.unused", 8, {"label": "y"}),
    )


def test_problems_image() -> None:
    assert problems("a\n![words](asset:1)") == (Problem("image.not_allowed", 2),)


@pytest.mark.parametrize(
    "text",
    [
        f"words ![a](figure:{FIGURE})",
        f"![a](figure:{FIGURE}) ![b](figure:{FIGURE})",
        f"- ![a](figure:{FIGURE})",
        f"> ![a](figure:{FIGURE})",
        f"a[^1]\n\n[^1]: ![a](figure:{FIGURE})",
        f"| ![a](figure:{FIGURE}) |\n|---|",
        f"# ![a](figure:{FIGURE})",
        f"[![a](figure:{FIGURE})](https://example.org)",
        f"![a](figure:{FIGURE.upper()})",
        f"![a](figure:{FIGURE}0)",
        f"![a](/figures/{FIGURE}.png)",
        "![a](https://example.org/a.png)",
        "![a](data:image/png;base64,AAAA)",
    ],
)
def test_problems_image_that_is_no_figure(text: str) -> None:
    assert {each.code for each in problems(text)} == {"image.not_allowed"}


@pytest.mark.parametrize("alternative", ["", " ", "&nbsp;", "![](x)"])
def test_problems_figure_without_alternative(alternative: str) -> None:
    text = f'a\n\n![{alternative}](figure:{FIGURE} "Caption")\n'
    assert problems(text) == (Problem("figure.alternative_missing", 3),)


@pytest.mark.parametrize("text", ["![a&#8238;b](figure:{})", '![a](figure:{} "b&#8238;c")'])
def test_problems_figure_with_forbidden_characters(text: str) -> None:
    found = problems(text.format(FIGURE))
    assert found == (Problem("text.control_characters", 1, {"character": "U+202E"}),)


def test_problems_too_many_figures() -> None:
    figures = f"![a](figure:{FIGURE})\n\n" * (MAX_FIGURES + 1)
    data = {"what": "figures", "limit": MAX_FIGURES}
    assert problems(figures) == (Problem("text.too_complex", None, data),)


def test_unknown_figures() -> None:
    text = f"a\n\n![a](figure:{FIGURE})\n\n![b](figure:{'0' * 32})\n\n![a](figure:{FIGURE})\n"
    assert unknown_figures(text, {"0" * 32}) == (Problem("figure.unknown", 3, {"figure": FIGURE}),)
    assert not unknown_figures(text, {"0" * 32, FIGURE})


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "JaVaScRiPt:x", "java&#115;cript:x", "javascript&colon;x"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.b", "asset:1"),
        *("/relative", "relative", "#fragment", "//example.org", "http:///x", "https:"),
    ],
)
def test_problems_link_scheme(link: str) -> None:
    assert codes(f"[a]({link})") == ["link.scheme"]


@pytest.mark.parametrize(
    "link", ["http://a.b", "HTTPS://a.b", "mailto:a@b.org", "https://例え.jp/路", "http://[::1]/"]
)
def test_problems_none_for_links_allowed(link: str) -> None:
    assert codes(f"[a]({link}) <{link}>") == []


def test_problems_at_most() -> None:
    assert len(problems("\x00\n" * 1000 + "![a](b)")) == MAX_PROBLEMS


@given(st.text() | markup | st.text(st.characters(categories=["Cs", "Cc", "Cn", "Cf", "L"])))
def test_problems_of_any_string(text: str) -> None:
    problems(text)
    line_problems(text)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        *((char, "text.line_break") for char in "\n\r\u2028\u2029"),
        *((char, "text.control_characters") for char in "\t\x00\x1b\x7f\x9f\ufffe"),
        *((char, "text.bidi_override") for char in "\u202a\u202b\u202c\u202d\u202e"),
        *((char, "text.bidi_override") for char in "\u2066\u2067\u2068\u2069"),
        ("\ud800", "text.surrogate"),
        ("\ufffd", "text.replacement_character"),
    ],
)
def test_line_problems_character_no_line_may_hold(value: str, code: str) -> None:
    assert [problem.code for problem in line_problems(f"a{value}b")] == [code]


@pytest.mark.parametrize("value", ["", "Ángel O’Brien-Łuk", "محمد\u200f (RFC)", "李雷", "*a*"])
def test_line_problems_none_in_names(value: str) -> None:
    assert line_problems(value) == ()
