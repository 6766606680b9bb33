"""Which of the ten languages a text is in, as a sign: paragraph by paragraph, most of the text.

lingua in its small mode: 17 MB and 0.06 s at first use, loaded then and not before, 2 ms for 5,000
characters. Quotations in other languages are as usual in an essay as they are welcome.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from app.core.languages import CODES
from app.documents.parse import Document
from app.documents.plain import plain

if TYPE_CHECKING:
    from lingua import LanguageDetector

SAMPLES: Final = 60
"""Paragraphs looked at, spread over the text, and of each so many characters:"""
SAMPLE: Final = 500

_SURE: Final = 0.8
_MOST: Final = 0.6
_SHORTEST: Final = 24
_LEAST: Final = 120
"""Letters in all paragraphs that were told apart; a character of a script without an alphabet is
worth four."""


def language_of_text(text: str | Document) -> str | None:
    """The code of the language that most of the text is in; None where that can't be told."""
    found: Counter[str] = Counter()
    for paragraph in _samples(plain(text, alternatives=False)):
        letters = _letters(paragraph)
        if letters >= _SHORTEST and (code := _language(paragraph)):
            found[code] += letters
    total = found.total()
    if total < _LEAST:
        return None
    code, letters = found.most_common(1)[0]
    return code if letters >= _MOST * total else None


def _samples(text: str) -> Iterator[str]:
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    step = max(1, -(-len(paragraphs) // SAMPLES))
    for paragraph in paragraphs[::step]:
        yield paragraph[:SAMPLE]


def _letters(text: str) -> int:
    """Letters, those of East Asian scripts with the weight of the words they make."""
    return sum(
        4 if unicodedata.east_asian_width(char) == "W" else 1 for char in text if char.isalpha()
    )


def _language(text: str) -> str | None:
    best = _detector().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower() if best.value >= _SURE else None


@cache
def _detector() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415 - 100 MB on disk

    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()
