"""Placeholders in prepared messages, and what stands for them.

``{number}`` and the like, read by :class:`string.Template`, which replaces names and evaluates
nothing; a brace that begins no placeholder is refused, so that none is sent by mistake.
"""

import re
from collections.abc import Iterator, Mapping
from string import Template
from typing import Final, cast

from app.contributions.models import Contribution
from app.core.languages import LANGUAGES, Language
from app.core.localised import Localised, pick

#: What an organiser may write, in the order of the page.
PLACEHOLDERS: Final = ("number", "title", "question", "edition")
NOTHING: Final = "–"
_ISOLATE, _END = "\u2068", "\u2069"


class Blanks(Template):
    """A text with placeholders in braces."""

    delimiter = "{"
    flags = 0  # type: ignore[assignment]  # as they are written, in lower case
    # The groups are those of the parent; there is no second spelling and no way to escape.
    pattern = r"""
        \{(?:
            (?P<named>[a-z_]+)\}
          | (?P<invalid>)
          | (?P<escaped>(?!))
          | (?P<braced>(?!))
        )
    """  # type: ignore[assignment]


# What the parent made of the pattern.
_PATTERN: Final = cast(re.Pattern[str], Blanks.pattern)


def unknown(text: str) -> Iterator[str]:
    """Everything in braces that is no placeholder, and a brace that begins none."""
    for found in _PATTERN.finditer(text):
        if found["named"] is None:
            yield "{"
        elif found["named"] not in PLACEHOLDERS:
            yield found[0]


def filled(texts: Mapping[str, str], contribution: Contribution, code: str) -> Localised:
    """The text in that language, or the one it falls back to, about this contribution.

    Its edition and question have to be loaded.
    """
    found = pick(texts, code)
    values = {
        name: _apart(value, found.language)
        for name, value in _values(contribution, found.language.code).items()
    }
    return Localised(Blanks(found.text).safe_substitute(values), found.language)


def _values(contribution: Contribution, code: str) -> dict[str, Localised]:
    asked, own = contribution.question, LANGUAGES[contribution.language]
    return {
        "number": Localised(contribution.number or "", LANGUAGES["en"]),
        "title": Localised(contribution.title, own),
        "question": pick(asked.title if asked else {}, code),
        "edition": pick(contribution.edition.title, code),
    }


def _apart(value: Localised, language: Language) -> str:
    """The value, kept apart (Unicode UAX 9) where it runs the other way than the text."""
    words = " ".join(value.text.split()) or NOTHING
    if value.language.direction == language.direction:
        return words
    return f"{_ISOLATE}{words}{_END}"
