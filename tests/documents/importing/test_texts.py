"""Markdown and plain text: their encoding, their signs, their lines."""

import pytest

from app.documents.importing import Format, Refused
from app.documents.plain import plain
from tests.documents.importing.conftest import Read
from tests.documents.importing.files import codes


def test_read_keeps_markdown_of_our_own_format_as_it_is(take: Read) -> None:
    text = "# Title *x*\n\nA *text*[^a].\n\n- one\n- two\n\n[^a]: Note.\n"
    found = take(text.encode(), "essay.md")
    assert (found.format, found.title) == (Format.MARKDOWN, "Title x")
    assert plain(found.text) == "A text.\n\none\n\ntwo\n\nNote."
    assert codes(found) == []


def test_read_reports_what_markdown_has_beyond_our_format(take: Read) -> None:
    text = (
        "---\ntitle: From the front\n---\n\nA <b>bold</b> ~~old~~ $x^2$ text.\n\n"
        "![A picture](picture.png)\n\nTerm\n: Meaning\n"
    )
    found = take(text.encode(), "essay.md")
    assert found.title == "From the front"
    assert found.text.startswith("A bold old `x^2` text.\n\nA picture\n\n**Term**\n\nMeaning")
    assert {
        "markup.raw",
        "formatting.strikeout",
        "formula.as_text",
        "image.missing",
        "list.definitions",
    } <= set(codes(found))


@pytest.mark.parametrize(
    ("encoding", "text", "told"),
    [
        ("utf-8", "La paix – l’été", False),
        ("utf-8-sig", "La paix – l’été", False),
        ("utf-16", "السلام الرقمي", False),
        ("utf-16-le", "Paz y reglas", True),
        ("cp1252", "La paix a besoin de règles que chacun connaît – l’été aussi.", True),
        ("cp1256", "السلام عليكم ورحمة الله وبركاته في هذا اليوم الجميل", True),
        ("cp1251", "Мир в киберпространстве нуждается в правилах, которые знают все.", True),
        ("gb18030", "和平需要人人知晓的规则。网络空间的安全", True),
        ("cp949", "평화에는 모두가 아는 규칙이 필요하다. 사이버 공간의 안전", True),
    ],
)
def test_read_finds_out_the_encoding_of_a_text(
    take: Read, encoding: str, text: str, told: bool
) -> None:
    found = take(text.encode(encoding), "essay.txt")
    assert found.text == f"{text}\n"
    assert codes(found) == (["encoding.guessed"] if told else [])


def test_read_takes_signs_of_a_plain_text_for_signs(take: Read) -> None:
    found = take(b"2 * 3 = 6 *\n\n[a] <b> _c_\n", "x.txt")
    assert plain(found.text) == "2 * 3 = 6 *\n\n[a] <b> _c_"


def test_read_joins_wrapped_lines_and_sees_lists(take: Read) -> None:
    text = "One line\nand its end.\n\n- a\n- b\n\n1. x\n2) y\n\n网络\n空间\n"
    found = take(text.encode(), "x.txt")
    assert found.text == "One line and its end.\n\n- a\n- b\n\n1. x\n2. y\n\n网络空间\n"


def test_read_takes_long_lines_as_paragraphs(take: Read) -> None:
    line = "Une phrase assez longue pour être un paragraphe entier. " * 4
    found = take(f"{line}\n{line}\n".encode(), "x.txt")
    assert found.text.count("\n\n") == 1


def test_read_refuses_a_text_that_is_too_long(take: Read) -> None:
    with pytest.raises(Refused) as caught:
        take(("word " * 70_000).encode(), "x.txt")
    assert caught.value.code == "upload.too_long"
