"""Sorting as readers of a language expect it (CLDR collation, through ICU)."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

import icu

from app.core.languages import LANGUAGES

T = TypeVar("T")


@cache
def _collator(code: str) -> icu.Collator:
    return icu.Collator.createInstance(icu.Locale(LANGUAGES[code].locale))


def sort_key(text: str, code: str) -> bytes:
    """Bytes that compare as the texts do in that language."""
    return bytes(_collator(code).getSortKey(text))


def in_order(items: Iterable[T], code: str, *, by: Callable[[T], str]) -> list[T]:
    """The items, sorted by a text of theirs in the order of that language."""
    return sorted(items, key=lambda item: sort_key(by(item), code))
