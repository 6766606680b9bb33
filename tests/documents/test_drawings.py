"""Drawings (SVG): nothing hostile stays, losses are told, words in every script are kept."""

import time

import pytest
from lxml import etree

from app.documents import images, svg
from tests.documents.pictures import SVG, drawing, refusal


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<script xlink:href="https://example.org/a.js"/>',
        '<rect width="1" height="1" onload="alert(1)" onclick="alert(1)"/>',
        '<image href="file:///etc/passwd"/>',
        '<image xlink:href="https://example.org/a.png" width="1" height="1"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<use xlink:href="https://example.org/a.svg#b"/>',
        '<use href="data:image/svg+xml,x#b"/>',
        '<a xlink:href="javascript:alert(1)"><rect width="1" height="1"/></a>',
        '<foreignObject><b xmlns="http://www.w3.org/1999/xhtml" onload="alert()"/></foreignObject>',
        '<html:script xmlns:html="http://www.w3.org/1999/xhtml">alert(1)</html:script>',
        '<rect width="1" height="1" fill="url(https://example.org/a.svg#b)"/>',
        '<rect width="1" height="1" style="fill:url(//example.org/a#b);background:url(x)"/>',
        '<rect width="1" height="1" style="fill:u\\72l(https://example.org)"/>',
        '<rect width="1" height="1" fill="image-set(&quot;https://example.org/a&quot; 1x)"/>',
        '<rect width="1" height="1" clip-path="path(&quot;M0&quot;)"/>',
        "<style>rect{fill:url(https://example.org/a)}</style><rect/>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<handler type="application/ecmascript">alert(1)</handler>',
        '<iframe src="https://example.org"/>',
        '<filter id="f"><feImage href="https://example.org/a.png"/></filter>',
        '<?xml-stylesheet href="https://example.org/a.css"?>',
        '<text xml:base="https://example.org">a</text>',
        "<metadata>Layla</metadata><!-- Layla -->",
    ],
)
def test_safe_drawing_keeps_nothing_hostile(hostile: str) -> None:
    made = images.safe(drawing(hostile + '<circle r="1"/>'))
    for word in (
        b"alert",
        b"example.org",
        b"file:",
        b"data:",
        b"javascript",
        b"Layla",
        b"<?",
        b"<!",
    ):
        assert word not in made.data
    root = etree.fromstring(made.data)
    assert root.find(f"{{{SVG}}}circle") is not None
    for element in root.iter():
        assert element.tag.startswith(f"{{{SVG}}}")
        assert not any(name.startswith("on") or name == "style" for name in element.attrib)


@pytest.mark.parametrize(
    ("inside", "losses"),
    [
        ('<filter id="f"/><rect width="1" height="1" filter="url(#f)"/>', ["image.effects"]),
        ('<rect width="1" height="1" style="filter:blur(2px)"/>', ["image.effects"]),
        ('<style>rect{filter:url("#f")}</style><rect width="1"/>', ["image.effects"]),
        ('<rect width="1"><animate attributeName="x"/></rect>', ["image.effects"]),
        ('<g><image href="data:image/png;base64,AA"/></g>', ["image.embedded"]),
        ("<foreignObject/><image/><set/>", ["image.effects", "image.embedded"]),
        ('<filter id="unused"/><rect filter="none"/><script/><metadata/>', []),
    ],
)
def test_safe_drawing_tells_what_readers_will_not_see(inside: str, losses: list[str]) -> None:
    assert list(images.safe(drawing(inside + '<circle r="1"/>')).losses) == losses


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "<text>&x;</text>"),
        ('<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://example.org/a.dtd"> %x;]>', "<text/>"),
        ('<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', "<text>&b;</text>"),
        ('<!DOCTYPE svg PUBLIC "a>b" "c" [<!ENTITY a "ha">]>', "<text>&a;</text>"),
    ],
)
def test_safe_drawing_with_entities(head: str, inside: str) -> None:
    assert refusal(head.encode() + drawing(inside)) == "image.svg_entities"


def test_safe_drawing_with_a_document_type() -> None:
    head = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!DOCTYPE svg PUBLIC'
        b' "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    )
    assert images.safe(head + drawing("<text>a</text>")).data.startswith(b"<svg")


def laughing(element: str) -> bytes:
    """Each group shows the one before it ten times."""
    groups = ['<g id="g0"><rect width="1" height="1"/></g>']
    groups += [f'<g id="g{level}">{element.format(level - 1) * 10}</g>' for level in range(1, 12)]
    return drawing(f"<defs>{''.join(groups)}</defs>" + element.format(11))


@pytest.mark.parametrize(
    "data",
    [
        laughing('<use href="#g{}"/>'),
        laughing('<rect width="1" height="1" fill="url(#g{})"/>'),
        laughing("<path mask=\"url('#g{}')\"/>"),
        drawing('<g id="a"><use xlink:href="#a"/></g>'),
        drawing('<g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g>'),
        drawing("<g>" * 200 + "</g>" * 200),
        drawing("<g/>" * (svg.MAX_ELEMENTS + 1)),
        drawing("".join(f'<g id="g{n}"><use href="#g{n + 1}"/></g>' for n in range(5000))),
        drawing("<text>" + "a" * svg.MAX_CHARACTERS + "</text>"),
    ],
    ids=["use", "paint", "mask", "itself", "each other", "deep", "many", "chain", "long"],
)
def test_safe_drawing_too_complex(data: bytes) -> None:
    start = time.process_time()
    assert refusal(data) == "image.too_complex"
    assert time.process_time() - start < 3


def test_safe_drawing_deeper_than_the_parser_goes() -> None:
    assert refusal(drawing("<g>" * 9000 + "</g>" * 9000)) == "image.damaged"


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 300 200"', (300, 200)),
        ('width="600" viewBox="0 0 300 200"', (600, 400)),
        ('width="100%" height="100%" viewBox="0 0 300 200"', (300, 200)),
        ('width="6in" height="4in"', (576, 384)),
        ('width="100mm" height="50mm" viewBox="0 0 100 50"', (378, 189)),
        ('width="24000" height="12000"', (2400, 1200)),
        ('viewBox="0 0 1 100000"', (1, 2400)),
    ],
)
def test_safe_drawing_size(attributes: str, size: tuple[int, int]) -> None:
    made = images.safe(drawing("<rect/>", attributes))
    assert (made.kind, made.width, made.height) == ("svg", *size)
    root = etree.fromstring(made.data)
    assert (root.get("width"), root.get("height")) == tuple(map(str, size))
    assert root.get("viewBox")


@pytest.mark.parametrize(
    "attributes", ["", 'width="10"', 'width="0" height="0"', 'viewBox="0 0 nan nan"']
)
def test_safe_drawing_without_a_size(attributes: str) -> None:
    assert refusal(drawing("<rect/>", attributes)) == "image.svg_size"


def test_safe_drawing_styles_become_attributes() -> None:
    made = images.safe(
        drawing(
            "<style>/* of a drawing program */ * {stroke-linejoin: round} .a, .b {fill: red}"
            " rect.a {stroke: blue !important} #c {opacity: .5}</style>"
            '<rect id="c" class="a other" fill="green" style="stroke-width:2;unknown:x"/>'
            '<path class="b" d="M0 0L1 1"/><text style="font: bold 12px/1.2 \'Noto Sans\'">a</text>'
        )
    )
    rect, path, text = etree.fromstring(made.data)
    assert dict(rect.attrib) == {
        "id": "c",
        "fill": "red",
        "opacity": ".5",
        "stroke": "blue",
        "stroke-linejoin": "round",
        "stroke-width": "2",
    }
    assert path.get("fill") == "red"
    assert (text.get("font-size"), text.get("font-weight")) == ("12px", "bold")
    assert text.get("font-family") == "'Noto Sans'"


@pytest.mark.parametrize(
    "sheet",
    ["@import 'https://example.org/a.css';", "@font-face{src:url(x)}", "g > a {fill:red}", "a{"],
)
def test_safe_drawing_with_styles_that_are_not_plain(sheet: str) -> None:
    assert refusal(drawing(f"<style>{sheet}</style>")) == "image.svg_styles"


def test_safe_drawing_keeps_words_in_every_script() -> None:
    made = images.safe(drawing("<text x='1'>網 <tspan dx='1'>العربية</tspan> кириллица</text>"))
    assert svg.words(made.data) == "網 العربية кириллица"


def test_safe_drawing_made_again_is_the_same() -> None:
    once = images.safe(
        drawing('<g transform="rotate(3)"><use href="#a"/></g><path id="a" d="M0 0"/>')
    )
    assert images.safe(once.data) == once
