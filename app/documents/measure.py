"""How long a text is, in the unit of its language.

Sources: Unicode UAX #29 and CLDR's rules and dictionaries (words), through ICU.
"""

import unicodedata
from typing import Final

import icu

from app.core.languages import language as language_of
from app.documents.cjk import wide
from app.documents.parse import Document
from app.documents.plain import plain

_NO_WORD: Final = 100
"""ICU's rule statuses below this are spaces and punctuation (``UBRK_WORD_NONE_LIMIT``)."""


def count(text: str | Document, language: str) -> int:
    """The length of a text, footnotes included: characters for Chinese, words otherwise.

    Of characters, spaces and punctuation don't count, and a run of letters of an alphabet counts
    as one. Korean words are what stands between spaces (eojeol). Markup, addresses of links and
    the alternative texts of figures don't count. Raises KeyError for an unknown language.
    """
    lang = language_of(language)
    shown = plain(text, alternatives=False)
    if lang.counts_characters:
        return _characters(shown)
    if lang.code == "ko":
        return sum(any(map(str.isalnum, word)) for word in shown.split())
    return _words(shown, lang.locale)


def _characters(text: str) -> int:
    total = 0
    in_word = False
    for char in text:
        if in_word and unicodedata.combining(char):
            continue
        alone = char.isnumeric() or (char.isalpha() and wide(char))
        starts_word = char.isalpha() and not alone and not in_word
        total += alone or starts_word
        in_word = char.isalpha() and not alone
    return total


def _words(text: str, locale: str) -> int:
    words = icu.BreakIterator.createWordInstance(icu.Locale(locale))
    words.setText(text)
    return sum(words.getRuleStatus() >= _NO_WORD for _ in words)
