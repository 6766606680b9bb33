import io
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from lxml import etree
from PIL import Image, ImageCms, PngImagePlugin

from app.core.errors import Invalid
from app.documents import images, svg

SVG = "http://www.w3.org/2000/svg"


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def opened(image: images.Image) -> Image.Image:
    return Image.open(io.BytesIO(image.data))


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        images.safe(data)
    assert refused.value.field == "file"
    return refused.value.code


def drawing(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    return (
        f'<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{inside}</svg>'
    ).encode()


def half_red() -> Image.Image:
    """Red above, blue below, so that turning it shows."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 60, 20))
    return image


def colour(pixel: tuple[int, ...]) -> str:
    """Of a pixel, as nearly as JPEG keeps it."""
    names = {"red": (255, 0, 0), "blue": (0, 0, 255)}
    close = (
        name for name, want in names.items() if max(map(abs, map(int.__sub__, pixel, want))) < 25
    )
    return next(close, str(pixel))


# --- Pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "mode", "options", "kind", "result"),
    [
        ("PNG", "RGB", {}, "png", "RGB"),
        ("PNG", "RGBA", {}, "png", "RGBA"),
        ("PNG", "L", {}, "png", "L"),
        ("PNG", "LA", {}, "png", "RGBA"),
        ("PNG", "P", {}, "png", "RGB"),
        ("PNG", "P", {"transparency": 0}, "png", "RGBA"),
        ("PNG", "1", {}, "png", "RGB"),
        ("PNG", "I;16", {}, "png", "L"),
        ("JPEG", "RGB", {}, "jpg", "RGB"),
        ("JPEG", "L", {}, "jpg", "L"),
        ("JPEG", "CMYK", {}, "jpg", "RGB"),
        ("WEBP", "RGB", {}, "jpg", "RGB"),
        ("WEBP", "RGB", {"lossless": True}, "png", "RGB"),
    ],
)
def test_safe_kinds(
    form: str, mode: str, options: dict[str, object], kind: str, result: str
) -> None:
    made = images.safe(encoded(Image.new(mode, (30, 20)), form, **options))
    assert (made.kind, made.width, made.height) == (kind, 30, 20)
    assert opened(made).mode == result
    assert opened(made).format == {"png": "PNG", "jpg": "JPEG"}[kind]


def test_safe_same_file_same_bytes() -> None:
    data = encoded(half_red(), "JPEG")
    assert images.safe(data) == images.safe(data)
    assert len(images.safe(data).id) == 32


def test_safe_grey_of_sixteen_bits_keeps_its_shades() -> None:
    image = Image.new("I;16", (4, 4), 0x8000)
    assert opened(images.safe(encoded(image, "PNG"))).getpixel((1, 1)) == 0x80


def test_safe_webp_with_transparency() -> None:
    made = images.safe(encoded(Image.new("RGBA", (30, 20), (255, 0, 0, 100)), "WEBP"))
    assert (made.kind, opened(made).mode) == ("png", "RGBA")


def test_safe_large_becomes_smaller() -> None:
    made = images.safe(encoded(Image.new("RGB", (4800, 1200)), "JPEG"))
    assert (made.width, made.height) == (images.MAX_SIDE, 600)


def test_safe_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Layla"
    exif.get_ifd(0x8825)[2] = (50.0, 7.0, 30.0)
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = encoded(half_red(), "JPEG", exif=exif, comment=b"secret comment", dpi=(300, 300))
    assert Image.open(io.BytesIO(jpeg)).getexif().get_ifd(0x8825)
    made = opened(images.safe(jpeg))
    assert not made.getexif()
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Layla", zip=True)
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Layla</x:xmpmeta>")
    png = encoded(half_red(), "PNG", pnginfo=text, exif=exif)
    assert not opened(images.safe(png)).info
    for made in (images.safe(jpeg), images.safe(png)):
        assert not any(word in made.data for word in (b"Layla", b"secret", b"Exif"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_safe_turned_as_the_camera_was_held(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    made = opened(images.safe(encoded(half_red(), form, exif=exif)))
    assert made.size == (40, 60)
    left, right = (made.convert("RGB").getpixel((x, 30)) for x in (5, 35))
    assert colour(left) == "blue"
    assert colour(right) == "red"


def test_safe_colours_in_srgb() -> None:
    """In a profile whose red and blue are exchanged, red is blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * 20, 12)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    for form in ("PNG", "JPEG"):
        image = Image.new("RGB", (8, 8), "red")
        made = opened(images.safe(encoded(image, form, icc_profile=bytes(profile))))
        assert colour(made.getpixel((4, 4))) == "blue"
        assert "icc_profile" not in made.info


def test_safe_profile_that_is_none() -> None:
    made = images.safe(encoded(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=b"nonsense"))
    assert opened(made).getpixel((4, 4)) == (255, 0, 0)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_safe_animation_is_its_first_frame(form: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    made = opened(images.safe(data))
    assert getattr(made, "n_frames", 1) == 1
    assert colour(made.convert("RGB").getpixel((4, 4))) == "red"


def bomb(width: int, height: int) -> bytes:
    """A PNG of one colour, made by hand: a few kilobytes that want gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_safe_bomb() -> None:
    data = bomb(30_000, 30_000)
    assert len(data) < images.MAX_BYTES
    start = time.monotonic()
    assert refusal(data) == "image.too_many_pixels"
    assert time.monotonic() - start < 5


def test_safe_bomb_in_metadata() -> None:
    text = PngImagePlugin.PngInfo()
    for number in range(50):
        text.add_text(f"t{number}", "a" * 10_000_000, zip=True)
    data = encoded(half_red(), "PNG", pnginfo=text)
    assert len(data) < images.MAX_BYTES
    assert refusal(data) == "image.damaged"


def polyglot() -> bytes:
    """A picture to one reader, a script to another."""
    return b"GIF89a/*" + encoded(half_red(), "GIF")[8:] + b"*/=1;alert(1)"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "image.empty"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(images.MAX_BYTES), "image.too_large"),
        (polyglot, "image.unknown_kind"),
        (lambda: b"MZ\x90\x00" + bytes(100), "image.unknown_kind"),
        (lambda: b"%PDF-1.7\n", "image.unknown_kind"),
        (lambda: b"<html><body>x</body></html>", "image.unknown_kind"),
        (lambda: b"<html><svg></svg></html>", "image.unknown_kind"),
        (lambda: b"<svg></svg>", "image.unknown_kind"),
        (lambda: encoded(half_red(), "JPEG")[:-300], "image.damaged"),
        (lambda: encoded(half_red(), "PNG")[:-30], "image.damaged"),
        (lambda: encoded(half_red(), "WEBP")[:-30], "image.damaged"),
        (lambda: b"\xff\xd8\xff\xe0" + bytes(500), "image.damaged"),
        (lambda: encoded(half_red(), "TIFF"), "image.unknown_kind"),
    ],
)
def test_safe_refusal(make: Callable[[], bytes], code: str) -> None:
    assert refusal(make()) == code


def test_safe_polyglot_loses_its_other_half() -> None:
    jpeg = encoded(half_red(), "JPEG", comment=b"*/=alert(1);/*")
    made = images.safe(jpeg + b"<script>alert(1)</script>PK\x03\x04")
    assert b"alert" not in made.data
    assert b"PK\x03\x04" not in made.data


# --- Drawings -------------------------------------------------------------------------------------


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
    start = time.monotonic()
    assert refusal(data) == "image.too_complex"
    assert time.monotonic() - start < 3


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
