"""Text that people enter in several of the ten languages (titles, guidance, pages)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import loads
from typing import Final

from app.core.languages import LANGUAGES, Language

FALLBACKS: Final = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Localised:
    """A text and the language it is in, which need not be the one asked for."""

    text: str
    language: Language

    def __str__(self) -> str:
        return self.text


def pick(texts: Mapping[str, str], code: str) -> Localised:
    """The text in that language, else in English, French or whichever there is; "" when none is."""
    for candidate in (code, *FALLBACKS, *LANGUAGES):
        if text := texts.get(candidate):
            return Localised(text, LANGUAGES[candidate])
    return Localised("", LANGUAGES[code])


@lru_cache(maxsize=4096)
def pick_written(texts: str, code: str) -> Localised:
    """The same of texts as a row has them, in JSON: a list's lines share a few, again and again."""
    return pick(loads(texts), code)


def put(texts: Mapping[str, str], code: str, text: str) -> dict[str, str]:
    """The texts with the one of that language set; without it when the text is empty."""
    others = {language: known for language, known in texts.items() if language != code}
    return others | ({code: text} if text else {})
