"""How much of a text stands in another one too.

Exact, by sets of short runs of words (of characters, where words are not set apart): between two
essays a sketch such as MinHash would save nothing. Source: A. Broder, "On the resemblance and
containment of documents", 1997.
"""

import re
from collections.abc import Iterator
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
    return frozenset(map(hash, pieces(text, language, words=WORDS, characters=CHARACTERS)))


def pieces(text: str | Document, language: str, *, words: int, characters: int) -> Iterator[str]:
    """The runs themselves, of that many words, or characters where these are counted."""
    found = _WORD.findall(plain(text, alternatives=False).casefold())
    if language_of(language).counts_characters:
        line = "".join(found)
        yield from (line[at : at + characters] for at in range(len(line) - characters + 1))
    else:
        yield from (" ".join(found[at : at + words]) for at in range(len(found) - words + 1))


def shared(one: Runs, other: Runs) -> float:
    """The part of the smaller of two texts that stands in the other, from 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= LEAST else 0.0
