import json
import re
from typing import Any

import pytest
from markdown_it.token import Token

from app.documents import pandoc
from app.documents.parse import Document
from app.documents.plain import plain
from app.documents.tree import API_VERSION, UnknownToken, blocks, document


def words(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text))


def native(text: str) -> str:
    return pandoc.run(document(blocks(text), {}), to="native", timeout=20).decode()


def named(tree: Any, name: str) -> list[Any]:
    """The contents of all elements of that name."""
    found = []
    if isinstance(tree, dict):
        found += [tree.get("c")] if tree.get("t") == name else []
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        found += [content for inner in tree for content in named(inner, name)]
    return found


def test_blocks_of_everything_are_read_by_pandoc(everything: str) -> None:
    read = native(everything)
    for name in (
        *("Header", "Para", "Plain", "Emph", "Strong", "Code", "Link", "LineBreak", "SoftBreak"),
        *("Note", "BlockQuote", "BulletList", "OrderedList", "HorizontalRule", "CodeBlock"),
        *("Table", "AlignLeft", "AlignCenter", "AlignRight", "AlignDefault", "Space", "Str"),
    ):
        assert re.search(rf"\b{name}\b", read), name


def test_blocks_keep_every_word(everything: str) -> None:
    once = everything.replace("again[^1]", "again")  # pandoc shows a note at each reference
    tree = document(blocks(once), {})
    text = pandoc.run(tree, to="plain", arguments=["--wrap=none"]).decode()
    for mark in (r"\[\d\]", r"^ *\d\. ", r"\(https[^)]*\)"):
        text = re.sub(mark, "", text, flags=re.MULTILINE)
    assert words(text) == words(plain(once))


@pytest.mark.parametrize(
    "text",
    ["", "-", "1.", ">", "|a|\n|-|", "| |\n|-|", "a[^1]\n\n[^1]:\n", "```\n```", "#", "[^a]"],
)
def test_blocks_of_empty_constructs_are_read_by_pandoc(text: str) -> None:
    native(text)


@pytest.mark.parametrize("base", [1, 2, 4])
def test_blocks_headings_start_at_base_level(base: int) -> None:
    tree = blocks("## A\n\n### B\n\n## C", base_level=base)
    assert [header[0] for header in named(tree, "Header")] == [base, base + 1, base]


def test_blocks_footnote_stands_in_place_each_time() -> None:
    tree = blocks("a[^1] b[^1]\n\n[^1]: note")
    note = {"t": "Note", "c": [{"t": "Para", "c": [{"t": "Str", "c": "note"}]}]}
    assert [inline for inline in tree[0]["c"] if inline["t"] == "Note"] == [note, note]


def test_blocks_footnote_in_footnote_follows_it_once() -> None:
    tree = blocks("a[^1] b[^1]\n\n[^1]: one[^2][^3]\n\n[^2]: two[^1]\n\n[^3]: three[^2]")
    notes = named(tree, "Note")
    assert [named(note, "Str")[0] for note in notes] == ["one", "two", "three", "one", "one"]
    assert not any(named(note, "Note") for note in notes)


def test_blocks_keep_no_break_spaces_in_words() -> None:
    assert blocks("a\u00a0b c") == [
        {
            "t": "Para",
            "c": [{"t": "Str", "c": "a\u00a0b"}, {"t": "Space"}, {"t": "Str", "c": "c"}],
        }
    ]


def test_blocks_hold_no_images_and_no_raw_markup(everything: str) -> None:
    tree = blocks(everything + "\n\n![a](/etc/passwd) <b>x</b>")
    assert not any(named(tree, name) for name in ("Image", "RawInline", "RawBlock"))


def test_blocks_figure() -> None:
    tree = blocks(f'![a *b*](figure:{"0" * 32} "c d")')
    assert native(f'![a *b*](figure:{"0" * 32} "c d")')
    assert [each["t"] for each in tree] == ["Figure"]
    assert named(tree, "Image")[0][2] == ["figure:" + "0" * 32, ""]


def test_blocks_unknown_token() -> None:
    with pytest.raises(UnknownToken, match="math"):
        blocks(Document("", (Token("math", "", 0),), (), ()))


def test_document_has_the_version_of_the_pandoc_installed() -> None:
    tree = json.loads(pandoc.run(document([], {}), to="json"))
    assert tree["pandoc-api-version"] == list(API_VERSION)


def test_document_metadata() -> None:
    meta = {"title": "*T* <b>", "author": ["A", {"name": "B"}], "toc": True}
    read = json.loads(pandoc.run(document(blocks("a"), meta), to="json"))["meta"]
    assert read["title"] == {"t": "MetaString", "c": "*T* <b>"}
    assert read["author"]["c"][1]["c"] == {"name": {"t": "MetaString", "c": "B"}}
    assert read["toc"] == {"t": "MetaBool", "c": True}


def test_document_metadata_of_another_type() -> None:
    with pytest.raises(TypeError):
        document([], {"year": object()})
