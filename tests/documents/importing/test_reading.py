"""Files that people send: what comes out, and what they are told of the rest."""

import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.documents.importing import Format, Imported, Refused, read
from app.documents.parse import parse
from app.documents.plain import plain
from tests.documents.importing.files import (
    archive,
    by_pandoc,
    docx,
    image_rels,
    paragraph,
    picture,
    png,
    run,
    unpacked,
)

Read = Callable[..., Imported]


@pytest.fixture
def take(tmp_path: Path) -> Read:
    """``take(content, filename)`` reads it, with images into the test's folder."""

    def take(content: bytes, name: str = "essay.docx") -> Imported:
        found = read(io.BytesIO(content), name, tmp_path)
        return replace(found, text=found.text.strip("\n") + "\n")

    return take


def codes(found: Imported) -> list[str]:
    return [finding.code for finding in found.findings]


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


def test_read_takes_images_out_with_their_words(take: Read) -> None:
    body = paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A red square"))
    more = {
        "word/_rels/document.xml.rels": image_rels("media/image1.png"),
        "word/media/image1.png": png(),
    }
    found = take(docx(body, more=more))
    [picked] = found.images
    assert (picked.kind, picked.width, picked.height) == ("png", 8, 6)
    assert picked.image().id == picked.id
    assert f"\n\n![A red square](figure:{picked.id})\n" in found.text
    assert list(parse(found.text).figures) == [picked.id]
    assert codes(found) == []


def test_read_takes_the_words_for_an_image_from_an_odt(take: Read) -> None:
    parts = unpacked(by_pandoc("x", "odt"))
    content = archive({**parts, "Pictures/1.png": png(), "content.xml": ODT_CONTENT})
    found = take(content, "x.odt")
    assert f"![Ein Platz](figure:{found.images[0].id})" in found.text
    assert found.title == "Der Titel"
    assert "annotation" not in found.text
    assert {"comment.dropped", "object.text_box"} <= set(codes(found))


ODT_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>
<text:p text:style-name="Title">Der Titel</text:p>
<text:p text:style-name="P1">Ein Satz<office:annotation><dc:creator>X</dc:creator>
<text:p>annotation</text:p></office:annotation>.</text:p>
<text:p><draw:frame draw:name="a"><draw:image xlink:href="Pictures/1.png"/>
<svg:title>Ein Platz</svg:title></draw:frame></text:p>
<text:p>Rahmen: <draw:frame><draw:text-box><text:p>Im Rahmen</text:p></draw:text-box></draw:frame>
</text:p></office:text></office:body></office:document-content>"""


FORMULA = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><msup><mi>x</mi><mn>2</mn>'
    "</msup></mrow></semantics></math>"
)


@pytest.mark.parametrize(
    ("prologue", "text", "code"),
    [
        ("", "Before `x^{2}` after.", "formula.as_text"),
        ('<!DOCTYPE math:math PUBLIC "x" "math.dtd">', "Before after.", "object.dropped"),
    ],
)
def test_read_takes_formulas_of_an_odt_unless_they_name_a_document_type(
    take: Read, prologue: str, text: str, code: str
) -> None:
    shown = (
        '<text:p>Before <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> after.'
        "</text:p>"
    )
    head, tail = ODT_CONTENT.partition("<office:text>")[0], "</office:text></office:body>"
    content = {
        **unpacked(by_pandoc("x", "odt")),
        "content.xml": f"{head}<office:text>{shown}{tail}</office:document-content>",
        "Object 1/content.xml": f'<?xml version="1.0"?>{prologue}{FORMULA}',
    }
    found = take(archive(content), "x.odt")
    assert (found.text, codes(found)) == (f"{text}\n", [code])


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("<office:document-content><office:chart/></office:document-content>", "Before after."),
        ('<math xmlns="http://www.w3.org/1998/Math/MathML"><mystery/></math>', ""),
    ],
)
def test_read_tells_of_objects_of_an_odt_that_are_lost(take: Read, part: str, place: str) -> None:
    shown = (
        '<text:p>Before <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
        "after.</text:p>"
    )
    head, tail = ODT_CONTENT.partition("<office:text>")[0], "</office:text></office:body>"
    namespace = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = {
        **unpacked(by_pandoc("x", "odt")),
        "content.xml": f"{head}<office:text>{shown}{tail}</office:document-content>",
        "Object 1/content.xml": part.replace("content>", f'content xmlns:office="{namespace}">', 1),
    }
    found = take(archive(content), "x.odt")
    assert [(each.code, each.place) for each in found.findings] == [("object.dropped", place)]


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (
            paragraph(
                run("Kept ")
                + f'<w:ins w:id="1" w:author="A">{run("inserted")}</w:ins>'
                + '<w:del w:id="2" w:author="A"><w:r><w:delText>deleted</w:delText></w:r></w:del>'
            ),
            ["changes.accepted", "changes.dropped"],
            "Kept inserted",
        ),
        (
            paragraph(run("Said") + '<w:r><w:commentReference w:id="0"/></w:r>'),
            ["comment.dropped"],
            "Said",
        ),
        (
            paragraph(
                run("See page ") + '<w:fldSimple w:instr=" PAGEREF _R1 \\h "><w:r><w:t>7'
                "</w:t></w:r></w:fldSimple>"
            ),
            ["field.as_text"],
            "See page 7",
        ),
        (
            paragraph(run("Sheet") + "<w:r><w:object/></w:r>"),
            ["object.dropped"],
            "Sheet",
        ),
    ],
)
def test_read_finds_what_pandoc_passes_over(
    take: Read, body: str, code: list[str], place: str
) -> None:
    found = take(docx(body))
    assert codes(found) == code
    assert {finding.place for finding in found.findings} == {place}
    assert found.text == f"{place}\n"


def test_read_keeps_the_words_of_a_text_box_once(take: Read) -> None:
    box = f"<w:txbxContent>{paragraph(run('In the box'))}</w:txbxContent>"
    body = paragraph(
        run("Around ")
        + "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        f"<a:graphicData><wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic>"
        f"</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape "
        f"xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = take(docx(body))
    assert found.text.count("In the box") == 1
    assert codes(found) == ["object.text_box"]


def test_read_says_that_headers_and_footers_are_left_out(take: Read) -> None:
    header = (
        '<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{paragraph(run('Confidential'))}</w:hdr>"
    )
    found = take(docx(paragraph(run("Text")), more={"word/header1.xml": header}))
    assert (found.text, codes(found)) == ("Text\n", ["page.margins_dropped"])


def test_read_never_fetches_an_image_from_elsewhere(take: Read) -> None:
    body = paragraph(run("Text ") + picture('r:link="rId7"', "Words"))
    rels = image_rels("https://tracker.example/x.png", 'TargetMode="External"')
    found = take(docx(body, more={"word/_rels/document.xml.rels": rels}))
    assert found.images == ()
    page = b"<html><p>a</p><img src='http://tracker.example/x.png' alt='words'><p>b</p>"
    found = take(page, "x.html")
    assert (found.text, codes(found)) == ("a\n\nwords\n\nb\n", ["image.external"])


def test_read_takes_images_that_stand_in_a_page_itself(take: Read) -> None:
    import base64

    inside = base64.b64encode(png()).decode()
    page = f"<p>a</p><p><img alt='dot' src='data:image/png;base64,{inside}'></p>"
    found = take(page.encode(), "x.html")
    assert [image.width for image in found.images] == [8]
    assert f"![dot](figure:{found.images[0].id})" in found.text


def test_read_says_which_images_are_of_no_use(take: Read) -> None:
    body = paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A drawing"))
    rels = {"word/_rels/document.xml.rels": image_rels("media/image1.emf")}
    found = take(docx(body, more={**rels, "word/media/image1.emf": b"\x01\x00\x00\x00"}))
    assert (found.text, found.images) == ("Before\n\nA drawing\n", ())
    assert [(f.code, f.data["reason"]) for f in found.findings] == [
        ("image.refused", "image.unknown_kind")
    ]


def test_read_drops_what_a_page_would_run(take: Read) -> None:
    page = "<html><head><title>T</title><style>p{}</style></head><body onload='x()'><h1>T</h1>"
    page += "<script>alert(1)</script><p onclick='y()'>a <a href='javascript:z()'>b</a></p>"
    found = take(page.encode(), "x.html")
    assert (found.title, found.text) == ("T", "a b\n")
    assert codes(found) == ["link.dropped"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_read_takes_a_page_in_the_encoding_it_names(take: Read, encoding: str) -> None:
    page = f"<!DOCTYPE html><meta charset={encoding}><p>L’été à Nîmes</p>"
    assert take(page.encode(encoding), "x.html").text == "L’été à Nîmes\n"


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


def test_read_drops_characters_that_no_text_may_hold(take: Read) -> None:
    found = take("<p>a\u202eb</p>".encode(), "x.html")
    assert (found.text, codes(found)) == ("ab\n", ["characters.dropped"])


def test_read_tells_formats_by_their_content(take: Read) -> None:
    assert take(by_pandoc("Text", "docx"), "essay.txt").format is Format.DOCX
    assert take(by_pandoc("Text", "odt"), "essay.docx").format is Format.ODT
    assert take(b"<!doctype html><p>Text", "essay.docx").format is Format.HTML


def test_read_refuses_a_text_that_is_too_long(take: Read) -> None:
    with pytest.raises(Refused) as caught:
        take(("word " * 70_000).encode(), "x.txt")
    assert caught.value.code == "upload.too_long"


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


@pytest.mark.parametrize(
    ("name", "reference", "note"),
    [
        ("word", "*autre*[^1].", "[^1]: La *note*."),
        ("libreoffice", "une note[^1].", "[^1]: La note."),
        ("google", "penché[^1]", "[^1]: Note"),
    ],
)
def test_read_of_a_page_makes_notes_of_its_links_there_and_back(
    take: Read, name: str, reference: str, note: str
) -> None:
    page = Path(__file__).parents[2] / "editor" / "pasted" / f"{name}.html"
    text = take(page.read_bytes(), f"{name}.html").text
    assert reference in text
    assert text.endswith(f"\n\n{note}\n")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        # What nobody refers to stays, and so does what is no note.
        (
            '<p>Un.</p><div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> Deux.</p></div>',
            "Un.\n\n[1] Deux.\n",
        ),
        ('<p>Un<a href="#_ftn1">[1]</a>.</p>', "Un[1].\n"),
        # Twice referred to: once a note. Endnotes of Word, several in one division.
        (
            '<p>A<a href="#_edn1">[i]</a> B<a href="#_edn2">[ii]</a> C<a href="#_edn1">[i]</a></p>'
            '<div><p><a href="#_ednref1">[i]</a> Un.</p><p><a href="#_ednref2">[ii]</a> Deux.</p>'
            "</div>",
            "A[^1] B[^2] C[i]\n\n[^1]: Un.\n\n[^2]: Deux.\n",
        ),
        # Of notes that refer to each other, nothing is lost.
        (
            '<p>X.</p><p><a href="#_ftnref1">1</a> A<a href="#_ftn2">2</a></p>'
            '<p><a href="#_ftnref2">2</a> B<a href="#_ftn1">1</a></p>',
            "X.\n\nA2\n\nB1\n",
        ),
    ],
)
def test_read_of_a_page_loses_no_note(take: Read, page: str, text: str) -> None:
    assert take(f"<html><body>{page}</body></html>".encode(), "x.html").text == text


def test_read_tells_what_drawings_lost(take: Read) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<rect width="1" height="1" filter="url(#f)"/></svg>'
    )
    data = b64encode(svg.encode()).decode()
    page = f'<html><p>Un.</p><p><img alt="Un" src="data:image/svg+xml;base64,{data}"></p></html>'
    assert codes(take(page.encode(), "x.html")) == ["image.effects"]
