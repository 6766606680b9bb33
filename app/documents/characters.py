"""Characters: the one spelling in which texts are stored, and those no text may hold.

Sources: Unicode UAX #15 (NFC) and UAX #9 (bidirectional controls); XML 1.0, 2.2 (characters a
book's file formats can hold at all).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from app.documents.problem import Problem

_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f" + _NONCHARACTERS
_SURROGATES: Final = "\ud800-\udfff"
_OVERRIDES: Final = "\u202d\u202e"
_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u2069"

_Check = tuple[str, re.Pattern[str]]

_COMMON: Final[tuple[_Check, ...]] = (
    ("text.surrogate", re.compile(f"[{_SURROGATES}]")),
    ("text.replacement_character", re.compile("\ufffd")),
)
_BODY: Final[tuple[_Check, ...]] = (
    ("text.control_characters", re.compile(f"[{_CONTROLS}]")),
    ("text.bidi_override", re.compile(f"[{_OVERRIDES}]")),
    *_COMMON,
)
_LINE: Final[tuple[_Check, ...]] = (
    ("text.line_break", re.compile("[\n\r\u2028\u2029]")),
    ("text.control_characters", re.compile(f"(?!\r)[\t{_CONTROLS}]")),
    ("text.bidi_override", re.compile(f"[{_DIRECTIONS}]")),
    *_COMMON,
)

_ILLEGIBLE: Final = re.compile(f"[{_CONTROLS}{_SURROGATES}{_OVERRIDES}]")
_NEWLINE: Final = re.compile("\r\n?|\u2028")
# A line's trailing blanks: after a backslash they keep it from being a hard break, and two
# spaces at the very end are a hard break themselves when a line of text follows.
_TRAILING: Final = re.compile(r"(?<![ \t\\])[ \t]+$", re.MULTILINE)
_HARD_BREAK: Final = re.compile(r"[ \t]*  (?=\n[ \t]*[^ \t\n])")


def normalise(text: str) -> str:
    """The same text in the one spelling that is stored; idempotent.

    NFC, newlines as ``\\n``, no byte order marks, and no blanks at line ends except the two
    spaces of a hard line break.
    """
    text = _NEWLINE.sub("\n", text.replace("\ufeff", "")).replace("\u2029", "\n\n")

    def trimmed(blanks: re.Match[str]) -> str:
        starts_line = blanks.start() == 0 or text[blanks.start() - 1] == "\n"
        return "  " if not starts_line and _HARD_BREAK.match(text, blanks.start()) else ""

    return unicodedata.normalize("NFC", _TRAILING.sub(trimmed, text))


def legible(text: str) -> str:
    """The text with U+FFFD for each character that no text may hold.

    Whatever was refused or slipped in, what is served is valid UTF-8 and XML, and no override
    turns a reader's line around.
    """
    return _ILLEGIBLE.sub("\ufffd", text)


def body_problems(text: str) -> Iterator[Problem]:
    """One problem for each line of a normalised text and each thing it may not hold."""
    for code, pattern in _BODY:
        if not pattern.search(text):
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            if match := pattern.search(line):
                yield Problem(code, number, {"character": named(match.group())})


def line_problems(value: str) -> tuple[Problem, ...]:
    """What keeps a name, a title or another one-line value from being accepted.

    Codes: ``text.line_break``, ``text.control_characters``, ``text.bidi_override`` (embeddings,
    overrides and isolates, which would reach into the page around the value), ``text.surrogate``,
    ``text.replacement_character``; each at most once.
    """
    return tuple(
        Problem(code, None, {"character": named(match.group())})
        for code, pattern in _LINE
        if (match := pattern.search(value))
    )


def named(char: str) -> str:
    """The character as Unicode writes it: ``U+202E``."""
    return f"U+{ord(char):04X}"
