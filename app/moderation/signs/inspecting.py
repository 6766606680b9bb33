"""What is noticed about a text by itself, and how much of it stands in others.

Pure functions over a parsed text; all bounded: the parser refuses what is too long or too deep, the
language is told from samples, hosts are counted, few other texts are compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.core.languages import LANGUAGES
from app.documents.detect import language_of_text
from app.documents.links import hosts
from app.documents.parse import Document
from app.documents.similarity import runs, shared
from app.moderation.signs import addresses, sketches

#: Changed with the rules here; what another inspector looked at is then looked at again.
INSPECTOR: Final = f"1/{sketches.VERSION}"

#: The part of the shorter text that must stand in the other one. Of a Chinese text whose every
#: tenth character was replaced, a third of the runs of ten stay.
NEAR_FROM: Final = 0.2

DUPLICATE: Final = "duplicate"

Sign = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Other:
    """An essay that may repeat, or be repeated."""

    contribution_id: int
    language: str
    body: str


def of_text(
    document: Document, language: str, *, length: int, least: int, most: int
) -> Iterator[Sign]:
    """``language`` with the one ``found``, ``length`` with the track's limits, and its links'."""
    found = language_of_text(document)
    if found is not None and found != language:
        yield {"kind": "language", "found": found}
    if not least <= length <= most:
        unit = "characters" if LANGUAGES[language].counts_characters else "words"
        yield {"kind": "length", "length": length, "least": least, "most": most, "unit": unit}
    yield from addresses.signs(hosts(document), length)


def of_others(document: Document, language: str, others: Iterable[Other]) -> Iterator[Sign]:
    """``duplicate`` with the other's id and how much of the shorter one stands in the longer one,
    in hundredths; the most alike first.
    """
    mine = None
    shares = []
    for other in others:
        mine = mine or runs(document, language)
        share = shared(mine, runs(other.body, other.language))
        if share >= NEAR_FROM:
            shares.append((share, other.contribution_id))
    for share, contribution_id in sorted(shares, key=lambda found: (-found[0], found[1])):
        yield {"kind": DUPLICATE, "contribution": contribution_id, "percent": int(share * 100)}
