"""Files as people send them, and as nobody should: made here, each for its test."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache

import pypandoc

from app.documents.importing import Imported

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types '
    'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
)
DOCX_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_KIND = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEET_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def archive(parts: Mapping[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of those parts, in that order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def document_xml(body: str, prologue: str = "") -> str:
    """Word's main part around that body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<w:document xmlns:w="{W}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f"<w:body>{body}</w:body></w:document>"
    )


def paragraph(inner: str) -> str:
    return f"<w:p>{inner}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def docx(
    body: str,
    *,
    prologue: str = "",
    kind: str = DOCX_KIND,
    more: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """A DOCX with that body, by hand; ``more`` are further parts."""
    parts = {
        "[Content_Types].xml": TYPES.format(kind=kind),
        "_rels/.rels": RELS,
        "word/document.xml": document_xml(body, prologue),
    }
    return archive({**parts, **(more or {})})


@cache
def by_pandoc(markdown: str, to: str) -> bytes:
    """What pandoc makes of a text, as a stranger's word processor would."""
    import subprocess

    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from=markdown-smart", f"--to={to}", "-s", "-o", "-"],
        input=markdown.encode(),
        capture_output=True,
        check=True,
    )
    return made.stdout


def png(width: int = 8, height: int = 6, colour: bytes = b"\x10\x80\xf0") -> bytes:
    """A picture in one colour."""
    rows = b"".join(b"\0" + colour * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def picture(rel: str, alt: str = "") -> str:
    """A drawing in Word's XML that shows an image."""
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="100" cy="100"/>'
        f'<wp:docPr id="1" name="Picture" descr="{alt}"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:blipFill><a:blip {rel}/></pic:blipFill></pic:pic></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing></w:r>"
    )


def image_rels(target: str, mode: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/image" Target="{target}" {mode}/></Relationships>'
    )


# What an essay of LibreOffice holds inside.
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


def codes(found: Imported) -> list[str]:
    """Of what was found, in order."""
    return [finding.code for finding in found.findings]
