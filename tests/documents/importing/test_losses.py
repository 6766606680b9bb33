"""What a word processor's file holds beyond the text format: kept as text, or told as lost."""

import pytest

from tests.documents.importing.conftest import Read
from tests.documents.importing.files import (
    ODT_CONTENT,
    archive,
    by_pandoc,
    codes,
    docx,
    paragraph,
    run,
    unpacked,
)

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
