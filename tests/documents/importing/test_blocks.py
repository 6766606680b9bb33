"""Pandoc's tree as our text: nothing said is lost, whatever it was made with."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents import pandoc
from app.documents.importing.blocks import Writer
from app.documents.labels import NOTE_LABELS
from app.documents.parse import parse
from app.documents.plain import plain
from app.documents.render import render
from app.documents.tree import blocks

NO_ATTR: list[Any] = ["", [], []]


def el(name: str, *content: Any) -> dict[str, Any]:
    if not content:
        return {"t": name}
    return {"t": name, "c": content[0] if len(content) == 1 else list(content)}


def s(text: str) -> dict[str, Any]:
    return el("Str", text)


def para(*inlines: Any) -> dict[str, Any]:
    return el("Para", list(inlines))


def cell(*content: Any, down: int = 1, across: int = 1) -> list[Any]:
    return [NO_ATTR, el("AlignDefault"), down, across, list(content)]


def table(rows: list[list[Any]], *, headers: int = 1, caption: list[Any] | None = None) -> Any:
    lines = [[NO_ATTR, row] for row in rows]
    columns = [[el("AlignRight"), el("ColWidthDefault")]] * max(map(len, rows))
    body = [NO_ATTR, 0, [], lines[headers:]]
    foot: list[Any] = [NO_ATTR, []]
    head = [NO_ATTR, lines[:headers]]
    return el("Table", NO_ATTR, [None, caption or []], columns, head, [body], foot)


def written(*elements: Any, figure: str | None = None) -> tuple[str, Writer]:
    writer = Writer(lambda _source: figure)
    text = writer.text(elements)
    return text, writer


def codes(writer: Writer) -> list[str]:
    return [finding.code for finding in writer.findings]


def html(text: str) -> str:
    return render(text, language="en", prefix="x", labels=NOTE_LABELS["en"])


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_text_of_everything_reads_the_same_again(everything: str) -> None:
    # Pandoc repeats a note at each reference, and puts those of notes behind it.
    once = everything.replace("again[^1]", "again").replace("*emphasis*[^3]", "*emphasis*")
    once = once.partition("[^3]:")[0]
    tree = json.loads(json.dumps(blocks(once)))
    text, writer = written(*tree)
    assert parse(text).problems == ()
    assert writer.findings == []
    # A soft line break of the source is a blank; all else is the same page.
    assert re.sub(r"\s+", " ", html(text)) == re.sub(r"\s+", " ", html(once))


SIGNS = [*"*_`[]<>|#+-!&~^:\\=$\"'()1.", "&amp;", "[^1]", "![a](b)", "1. ", "# ", "---"]
words = st.text(
    st.characters(categories=["L", "N", "P"], max_codepoint=0xFFFF), min_size=1, max_size=6
)
strings = (words | st.sampled_from(SIGNS)).filter(lambda text: text.strip() == text != "")
leaf = strings.map(s) | st.just(el("Space")) | st.just(el("LineBreak"))
inline = st.recursive(
    leaf,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda found: st.sampled_from([el("Emph", found), el("Strong", found)])
    ),
    max_leaves=6,
)
paragraphs = st.lists(inline, min_size=1, max_size=8).map(lambda found: el("Para", found))
block = st.recursive(
    paragraphs,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda found: st.sampled_from(
            [
                el("BlockQuote", found),
                el("BulletList", [[each] for each in found]),
                el("OrderedList", [1, el("Decimal"), el("Period")], [[each] for each in found]),
                el("Div", NO_ATTR, found),
            ]
        )
    ),
    max_leaves=5,
)


def said(element: Any) -> str:
    if isinstance(element, dict):
        return element["c"] if element["t"] == "Str" else said(element.get("c", ""))
    if isinstance(element, list):
        return "".join(map(said, element))
    return ""


@settings(max_examples=300, deadline=None)
@given(st.lists(block, min_size=1, max_size=3))
def test_text_says_every_word_whatever_signs_it_has(elements: list[Any]) -> None:
    text, _ = written(*elements)
    assert letters(plain(text)) == letters(parse_safe(said(elements)))
    assert parse(text).problems == ()


def parse_safe(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("inlines", "text"),
    [
        ([el("Emph", [s("a"), el("Space")]), s("b")], "*a* b"),
        ([el("Emph", [s("a")]), el("Emph", [s("b")])], "*ab*"),
        ([el("Strong", [el("Strong", [s("a")])])], "**a**"),
        ([el("Strong", [s("a"), el("Emph", [s("b")])])], "**a*b***"),
        ([s("vor"), el("Strong", [s("„Wort“")]), s("nach")], "vor„**Wort**“nach"),
        ([el("Strong", [s("重点。")]), s("后文")], "**重点。**后文"),
        ([s("1.")], "1\\."),
        ([s("-"), el("Space"), s("a")], "\\- a"),
        ([s("a"), el("LineBreak"), s("#"), el("Space"), s("b")], "a\\\n\\# b"),
        ([s("2*3*4"), el("Space"), s("a_b"), el("Space"), s("_c_")], "2\\*3\\*4 a_b \\_c\\_"),
        (
            [el("Link", NO_ATTR, [s("x")], ["https://e.org/a(b)", ""])],
            "[x](https://e.org/a\\(b\\))",
        ),
        ([s("!"), el("Link", NO_ATTR, [s("x")], ["https://e.org", ""])], "\\![x](https://e.org)"),
        ([s("x"), el("Superscript", [s("2")])], "x²"),
        ([el("Quoted", el("DoubleQuote"), [s("a")])], "“a”"),
        ([el("Code", NO_ATTR, "a`b")], "``a`b``"),
    ],
)
def test_text_of_a_paragraph(inlines: list[Any], text: str) -> None:
    found, writer = written(para(*inlines))
    assert (found, codes(writer)) == (text + "\n", [])


@pytest.mark.parametrize(
    ("element", "text", "code"),
    [
        (para(s("a"), el("Underline", [s("b")])), "ab", "formatting.underline"),
        (para(el("Strikeout", [s("b")])), "b", "formatting.strikeout"),
        (para(el("SmallCaps", [s("b")])), "b", "formatting.small_caps"),
        (para(s("XX"), el("Superscript", [s("e")])), "XXe", "formatting.superscript"),
        (para(el("Subscript", [s("max")])), "max", "formatting.subscript"),
        (para(el("Math", el("InlineMath"), "x_1")), "`x_1`", "formula.as_text"),
        (para(s("a"), el("RawInline", "html", "<b>")), "a", "markup.raw"),
        (el("RawBlock", "html", "<hr>"), "", "markup.raw"),
        (para(el("Link", NO_ATTR, [s("a")], ["javascript:x", ""])), "a", "link.dropped"),
        (para(el("Link", NO_ATTR, [s("a")], ["file:///etc", ""])), "a", "link.dropped"),
        (para(el("Link", NO_ATTR, [s("a")], ["#part", ""])), "a", "link.internal"),
        (para(el("Image", NO_ATTR, [s("a")], ["x.png", ""])), "a", "image.missing"),
        (para(el("Image", NO_ATTR, [s("a")], ["https://e.org/x", ""])), "a", "image.external"),
        (el("LineBlock", [[s("a")], [s("b")]]), "a\\\nb", None),
        (el("DefinitionList", [[[s("a")], [[para(s("b"))]]]]), "**a**\n\nb", "list.definitions"),
        (
            el("OrderedList", [3, el("LowerRoman"), el("Period")], [[el("Plain", [s("a")])]]),
            "3. a",
            "list.numbering",
        ),
        (el("Novelty", [s("kept")]), "kept", "element.unknown"),
        (para(el("Novelty", [s("kept")])), "kept", "element.unknown"),
    ],
)
def test_text_reports_what_it_cannot_keep(element: Any, text: str, code: str | None) -> None:
    found, writer = written(element)
    assert found.strip() == text
    assert codes(writer) == ([code] if code else [])


def test_text_moves_up_headings_that_are_too_deep() -> None:
    found, writer = written(*(el("Header", n, NO_ATTR, [s(f"H{n}")]) for n in range(1, 6)))
    assert found == "## H1\n\n### H2\n\n#### H3\n\n#### H4\n\n#### H5\n"
    assert [(f.code, f.place) for f in writer.findings] == [
        ("heading.moved_up", "H4"),
        ("heading.moved_up", "H5"),
    ]


def test_text_makes_headings_inside_other_blocks_paragraphs() -> None:
    found, _ = written(el("BlockQuote", [el("Header", 1, NO_ATTR, [s("H")]), para(s("a"))]))
    assert found == "> H\n>\n> a\n"


def test_text_takes_merged_cells_apart() -> None:
    head = [cell(para(s("a")), across=2), cell(para(s("b")), down=2)]
    rows = [head, [cell(para(s("c"))), cell(para(s("d|e")))]]
    found, writer = written(table(rows))
    assert found == "| a |  | b |\n| ---: | ---: | --- |\n| c | d\\|e |  |\n"
    assert codes(writer) == ["table.merged"]
    assert len(parse(found).tokens) > 10


def test_text_of_a_table_in_a_table_keeps_the_words() -> None:
    inner = table([[cell(para(s("x"))), cell(para(s("y")))]])
    found, writer = written(table([[cell(para(s("a"))), cell(para(s("b")), inner)]]))
    assert "b x y" in found
    assert codes(writer) == ["table.nested", "table.paragraphs"]


def test_text_of_a_frame_is_its_paragraphs() -> None:
    found, writer = written(table([[cell(para(s("a")), para(s("b")))]]))
    assert found == "a\n\nb\n"
    assert codes(writer) == ["table.box"]


def test_text_makes_the_first_row_a_header() -> None:
    rows = [[cell(para(s("a"))), cell(para(s("b")))], [cell(), cell(para(s("d")))]]
    found, writer = written(table(rows, headers=0, caption=[para(s("Title"))]))
    assert found.startswith("Title\n\n| a | b |\n| ---: | ---: |\n|  | d |")
    assert codes(writer) == ["table.header"]


def test_text_puts_footnotes_at_the_end_and_those_inside_notes_too() -> None:
    inner = el("Note", [para(s("deep"))])
    found, writer = written(
        para(s("a"), el("Note", [para(s("one"), inner), para(s("two"))])), para(s("b"))
    )
    assert found == "a[^1]\n\nb\n\n[^1]: one[^2]\n\n    two\n\n[^2]: deep\n"
    assert parse(found).problems == ()
    assert codes(writer) == []


FIGURE = "0123456789abcdef" * 2


def test_text_puts_images_in_paragraphs_of_their_own() -> None:
    image = el("Image", NO_ATTR, [s("a]b")], ["media/1.png", ""])
    quoted = el("BulletList", [[para(s("item"), image)]])
    found, writer = written(para(s("x"), image), para(image), quoted, figure=FIGURE)
    figure = f"![a\\]b](figure:{FIGURE})"
    assert found == f"x\n\n{figure}\n\n{figure}\n\n- item\n\n{figure}\n"
    assert codes(writer) == ["image.moved", "image.moved"]
    assert parse(found).figures.keys() == {FIGURE}
    assert parse(found).problems == ()


def test_text_keeps_a_figures_caption() -> None:
    image = el("Image", NO_ATTR, [s("alt")], ["media/1.png", ""])
    figure = el("Figure", NO_ATTR, [None, [para(s('A "caption"'))]], [el("Plain", [image])])
    found, writer = written(figure, figure=FIGURE)
    token = next(t for t in parse(found).tokens if t.type == "figure")
    assert (token.attrs["alternative"], token.attrs["caption"]) == ("alt", 'A "caption"')
    assert codes(writer) == []


def test_text_says_where_an_image_has_no_words() -> None:
    image = el("Image", NO_ATTR, [], ["media/1.png", ""])
    found, writer = written(para(s("Before"), image), figure=FIGURE)
    assert [(f.code, f.place) for f in writer.findings] == [
        ("image.no_alternative", "Before"),
        ("image.moved", "Before"),
    ]
    assert f"![](figure:{FIGURE})" in found


def test_text_flattens_what_is_nested_too_deeply() -> None:
    element = para(s("core"))
    for _ in range(40):
        element = el("BulletList", [[element]])
    found, writer = written(element)
    assert "core" in plain(found)
    assert parse(found).problems == ()
    assert set(codes(writer)) == {"nesting.flattened"}


def test_pandoc_makes_no_more_than_is_allowed() -> None:
    with pytest.raises(pandoc.PandocFailed):
        pandoc.convert(b"word " * 20_000, reads="markdown", to="json", most_bytes=10_000)
