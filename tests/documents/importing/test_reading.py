"""Files that people send: what comes out of every format, in every script."""

from pathlib import Path

import pytest

from app.documents.importing import Format
from app.documents.parse import parse
from app.documents.plain import plain
from tests.documents.importing.conftest import Read
from tests.documents.importing.files import (
    by_pandoc,
    codes,
)

ESSAY = """---
title: De la paix
author: [Anne Duval, 李明]
---

# Première partie

Un texte *souligné*, **gras**[^1] et « cité ».

> Une citation.

1. un
2. deux

| a | b |
|---|---|
| c | d |

[^1]: Voir la *Charte*.
"""


BODY = """## Première partie

Un texte *souligné*, **gras**[^1] et « cité ».

> Une citation.

1. un
2. deux

| a | b |
| --- | --- |
| c | d |

[^1]: Voir la *Charte*.
"""


@pytest.mark.parametrize(
    ("to", "form"), [("docx", Format.DOCX), ("odt", Format.ODT), ("html", Format.HTML)]
)
def test_read_keeps_what_the_text_format_can_say(take: Read, to: str, form: Format) -> None:
    found = take(by_pandoc(ESSAY, to), f"essay.{to}")
    assert (found.format, found.title) == (form, "De la paix")
    text = found.text.partition("## ")[1] + found.text.partition("## ")[2]
    assert parse(text).problems == ()
    assert plain(text) == plain(BODY)
    assert "gras**[^1]" in text
    if to != "odt":  # whose reader knows no authors
        assert found.text == BODY
        assert list(found.authors) == ["Anne Duval", "李明"]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        (
            "ar",
            "# في السلام\n\nالسلام يحتاج إلى **قواعد**[^1] يعرفها الجميع.\n\n[^1]: انظر الميثاق.",
        ),
        ("zh", "# 论和平\n\n和平需要**人人知晓的**规则[^1]。\n\n[^1]: 见《联合国宪章》。"),
        (
            "ko",
            "# 평화에 대하여\n\n평화에는 모두가 아는 **규칙**이[^1] 필요하다.\n\n[^1]: 헌장 참조.",
        ),
        ("ru", "# О мире\n\nМиру нужны **правила**[^1].\n\n[^1]: См. Устав."),
    ],
)
@pytest.mark.parametrize("to", ["docx", "odt", "html"])
def test_read_keeps_every_script(take: Read, to: str, language: str, body: str) -> None:
    found = take(by_pandoc(body, to), f"x.{to}")
    title, text, note = body.removeprefix("# ").split("\n\n")
    assert found.title == title
    assert found.text == f"{text}\n\n{note}\n"
    assert codes(found) == []


def test_read_tells_formats_by_their_content(take: Read) -> None:
    assert take(by_pandoc("Text", "docx"), "essay.txt").format is Format.DOCX
    assert take(by_pandoc("Text", "odt"), "essay.docx").format is Format.ODT
    assert take(b"<!doctype html><p>Text", "essay.docx").format is Format.HTML


# Files that LibreOffice made of ``essai.fodt`` (--convert-to odt, docx, html).
MADE = Path(__file__).with_name("libreoffice")


NOTES = [
    "[^1]: Première note, *ibid.*\n\n    Deuxième alinéa de la note.",
    "[^2]: Note de fin.",
    "[^3]: Dans un tableau.",
    "[^4]: المصدر نفسه.",
    "[^5]: 同上。",
]


@pytest.mark.parametrize("kind", ["odt", "docx", "html"])
def test_read_of_what_libreoffice_saved_keeps_notes_lists_and_tables(take: Read, kind: str) -> None:
    found = take((MADE / f"essai.{kind}").read_bytes(), f"essai.{kind}")
    assert found.title == "La paix et le droit"
    for part in (
        "Un alinéa avec une *note*[^1] et une fin[^2].",
        "## Listes",
        "| Pays | Année |\n| --- | --- |\n| France[^3] | 2017 |",
        "## السلام\n\nالسلام يحتاج إلى قواعد[^4].\n\n和平需要规则[^5]。",
        "\n\n".join(NOTES),
    ):
        assert part in found.text
    (items,) = (token for token in parse(found.text).tokens if token.type == "ordered_list_open")
    assert items.level == 2
    assert [picture.kind for picture in found.images] == ["png"]


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_read_of_what_libreoffice_saved_tells_what_was_lost(take: Read, kind: str) -> None:
    found = take((MADE / f"essai.{kind}").read_bytes(), f"essai.{kind}")
    assert "Une formule `x^{2} = 4` ici." in found.text
    assert "Un mot commenté, un mot ajouté et un autre." in found.text
    assert "biffé" not in found.text
    changed = "Un mot commenté, un mot ajouté et un autre."
    assert {(each.code, each.place) for each in found.findings} == {
        ("comment.dropped", changed),
        ("changes.accepted", changed),
        ("changes.dropped", changed),
        ("formula.as_text", "Une formule x^{2} = 4 ici."),
        ("image.moved", "Une image ."),
    }
