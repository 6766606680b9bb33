"""How much of a text stands in another one too.

Exact, by sets of short runs of words (of characters, where words are not set apart): at the length
of an essay a sketch such as MinHash would save nothing. Source: A. Broder, "On the resemblance and
containment of documents", 1997.
"""

import re
from typing import Final

from app.core.languages import language as language_of
from app.documents.parse import Document
from app.documents.plain import plain

WORDS: Final = 5
CHARACTERS: Final = 10
LEAST: Final = 40
"""Runs below which nothing is said."""

_WORD: Final = re.compile(r"\w+")

Runs = frozenset[int]


def runs(text: str | Document, language: str) -> Runs:
    """The text's runs, as numbers that are the same within a process.

    Raises KeyError for an unknown language.
    """
    words = _WORD.findall(plain(text, alternatives=False).casefold())
    if language_of(language).counts_characters:
        line = "".join(words)
        return frozenset(
            hash(line[at : at + CHARACTERS]) for at in range(len(line) - CHARACTERS + 1)
        )
    return frozenset(hash(tuple(words[at : at + WORDS])) for at in range(len(words) - WORDS + 1))


def shared(one: Runs, other: Runs) -> float:
    """The part of the smaller of two texts that stands in the other, from 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= LEAST else 0.0
