"""Texts without a format: which encoding, which paragraphs.

Sources: WHATWG Encoding (labels); ICU's charset detection.
"""

import codecs
import re
from collections.abc import Iterator
from statistics import median
from typing import Final

import icu

from app.documents.cjk import joins
from app.documents.importing import inlines
from app.documents.importing.model import Finding, Refused

WRAPPED_BELOW: Final = 100
"""Lines longer than that are paragraphs; shorter ones were wrapped by an editor."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_:-]{1,40})""", re.IGNORECASE)
_WEB: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
_SAMPLE: Final = 64 * 1024
_LEAST_CONFIDENCE: Final = 10
#: Python's name where it differs; Windows' code pages hold everything their ISO cousins do.
_WINDOWS: Final = {
    "ISO-8859-1": "cp1252",
    "ISO-8859-2": "cp1250",
    "ISO-8859-5": "iso8859-5",
    "ISO-8859-6": "cp1256",
    "ISO-8859-7": "cp1253",
    "ISO-8859-8": "cp1255",
    "ISO-8859-8-I": "cp1255",
    "ISO-8859-9": "cp1254",
    "GB18030": "gb18030",
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
}


def decode(content: bytes, declared: str = "") -> tuple[str, list[Finding]]:
    """The text, and a finding where its encoding had to be guessed. Raises Refused.

    ``declared`` is the encoding that the text itself names; UTF-8 is tried first all the same.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as(content, encoding), []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and not _CONTROLS.search(text):
        return text, []
    if declared and not text:
        return _as(content, declared), []
    encoding = _wide(content) or ("" if text else _guess(content))
    if not encoding:
        raise Refused("upload.not_text")
    return _as(content, encoding), [Finding("encoding.guessed", data={"encoding": encoding})]


def declared_in_html(content: bytes) -> str:
    """Python's name of the encoding that a page names for itself; "" where it names none."""
    match = _CHARSET.search(content[:2048])
    if match is None:
        return ""
    try:
        found = codecs.lookup(match[1].decode("ascii"))
    except LookupError:
        return ""
    if not found._is_text_encoding:  # some of Python's codecs unpack bytes
        return ""
    name: str = found.name
    return _WEB.get(name) or name


def _as(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Refused("upload.not_text") from error
    if _CONTROLS.search(text):
        raise Refused("upload.not_text")
    return text


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: every other byte of a text with any Latin in it is zero."""
    if len(content) % 2 or content.count(0) * 10 < len(content):
        return ""
    even, odd = content[::2].count(0), content[1::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _guess(content: bytes) -> str:
    detector = icu.CharsetDetector()
    detector.setText(content[:_SAMPLE])
    for match in detector.detectAll():
        name: str = match.getName()
        if match.getConfidence() < _LEAST_CONFIDENCE:
            break
        if name.startswith(("UTF", "IBM")):
            continue
        encoding = _WINDOWS.get(name, name)
        try:
            content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return encoding
    return ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs: set apart by empty lines, or each a long line of its own."""
    lines = [line.strip() for line in text.splitlines()]
    filled = [line for line in lines if line]
    if filled and median(map(len, filled)) >= WRAPPED_BELOW:
        return filled
    blocks = re.split(r"\n\s*\n", "\n".join(lines))
    return [block.strip("\n") for block in blocks if block.strip()]


def write(block: str) -> str:
    """A paragraph, or a list whose every line begins like one, in the text format."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    bullets = [_BULLET.match(line) for line in lines]
    if len(lines) > 1 and all(bullets):
        return "\n".join(
            f"- {_words(line[match.end() :])}" for line, match in _both(lines, bullets)
        )
    numbers = [_NUMBER.match(line) for line in lines]
    if len(lines) > 1 and all(numbers):
        return "\n".join(
            f"{match[1]}. {_words(line[match.end() :])}" for line, match in _both(lines, numbers)
        )
    joined = lines[0] if lines else ""
    for line in lines[1:]:
        joined += line if joins(joined[-1], line[0]) else f" {line}"
    return _words(joined)


_BULLET: Final = re.compile(r"[-*•–]\s+(?=\S)")
_NUMBER: Final = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")


def _both(
    lines: list[str], matches: list[re.Match[str] | None]
) -> Iterator[tuple[str, re.Match[str]]]:
    for line, match in zip(lines, matches, strict=True):
        if match is not None:
            yield line, match


def _words(text: str) -> str:
    written, _ = inlines.write([inlines.Run("text", text)])
    return written
