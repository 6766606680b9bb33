"""Texts that people write differently, made alike enough to be compared."""

from functools import cache
from typing import Final

import icu

#: Fewer letters than that say nothing: too much would be alike.
SHORTEST: Final = 3


def comparable(text: str) -> str:
    """Its letters and digits alone, in Latin script, without accents or case.

    "" where too little is left to compare. ``Université de Genève`` and ``UNIVERSITE DE  GENEVE``
    give the same; so do ``МГУ`` and ``MGU``.
    """
    latin = _latin().transliterate(text.strip()).casefold()
    key = "".join(each for each in latin if each.isalnum())
    return key if len(key) >= SHORTEST else ""


@cache
def _latin() -> icu.Transliterator:
    return icu.Transliterator.createInstance(
        "NFD; [:Nonspacing Mark:] Remove; NFC; Any-Latin; Latin-ASCII"
    )
