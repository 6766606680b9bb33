"""What a file is, by its first bytes: its name may say anything.

Sources: the formats' own signatures (PKWARE APPNOTE, ISO 32000, MS-CFB, ELF, PE …).
"""

import codecs
import re
from pathlib import PurePath
from typing import BinaryIO, Final

from app.documents.importing.model import MOST_BYTES, Format, Refused

_HEAD: Final = 4096
_PIECE: Final = 1024 * 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES: Final = (
    (b"%PDF-", "upload.pdf"),
    (b"{\\rtf", "upload.rtf"),
    (b"\x7fELF", "upload.program"),
    (b"\xfe\xed\xfa\xce", "upload.program"),
    (b"\xfe\xed\xfa\xcf", "upload.program"),
    (b"\xcf\xfa\xed\xfe", "upload.program"),
    (b"\xca\xfe\xba\xbe", "upload.program"),
    (b"\x89PNG", "upload.image"),
    (b"\xff\xd8\xff", "upload.image"),
    (b"GIF8", "upload.image"),
    (b"\x1f\x8b", "upload.archive"),
    (b"7z\xbc\xaf\x27\x1c", "upload.archive"),
    (b"Rar!\x1a\x07", "upload.archive"),
    (b"BZh", "upload.archive"),
    (b"\xfd7zXZ\x00", "upload.archive"),
)
# Atomic, or a row of comments could be told apart in more ways than there is time for.
_HTML: Final = re.compile(
    rb"(?>\s+|<\?xml[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(rb"<(?:p|div|h[1-6]|body|html|br|ul|table)\b[^<>]*>", re.I)
_MARKDOWN_NAMES: Final = {".md", ".markdown", ".mdown", ".mkd"}
_HTML_NAMES: Final = {".html", ".htm", ".xhtml"}


def size(file: BinaryIO) -> int:
    """Bytes of the file; it is put back to its beginning. Raises Refused."""
    file.seek(0, 2)
    found = file.tell()
    file.seek(0)
    if not found:
        raise Refused("upload.empty")
    if found > MOST_BYTES:
        raise Refused("upload.too_large", limit=MOST_BYTES // (1024 * 1024))
    return found


def is_package(file: BinaryIO) -> bool:
    """Whether it is an archive, as DOCX and ODT are. Raises Refused for what is no text either."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(_ZIP):
        return True
    if head.startswith(_COMPOUND):
        encrypted = _holds(file, _ENCRYPTED)
        raise Refused("upload.encrypted" if encrypted else "upload.old_word")
    for signature, code in _SIGNATURES:
        if head.startswith(signature):
            raise Refused(code)
    if head.startswith(b"MZ") and b"\x00" in head:
        raise Refused("upload.program")
    if b"%PDF-" in head[:1024]:
        raise Refused("upload.pdf")
    return False


def _holds(file: BinaryIO, words: bytes) -> bool:
    before = b""
    while piece := file.read(_PIECE):
        if words in before + piece:
            return True
        before = piece[-len(words) :]
    return False


def text_format(content: bytes, filename: str) -> Format:
    """Which kind of text it is: HTML by its content, Markdown by its name or its headings."""
    suffix = PurePath(filename).suffix.lower()
    head = content[:_HEAD]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    if _HTML.match(head) or (suffix in _HTML_NAMES and _TAG.search(content)):
        return Format.HTML
    if head.lstrip().startswith(b"<?xml"):
        raise Refused("upload.other_office")
    if suffix in _MARKDOWN_NAMES:
        return Format.MARKDOWN
    return Format.TEXT
