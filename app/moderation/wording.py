"""Words of authors, readers and moderators, as they are kept."""

from typing import Final

from app.core.errors import Invalid
from app.core.languages import CODES
from app.documents.text import normalise, unkeepable

MOST_CHARACTERS: Final = 5_000


def kept(text: str, field: str, *, language: str, needed: bool = True) -> str:
    """The words, normalised. Raises Invalid where there are none, too many, or unkeepable ones."""
    words = normalise(text).strip()
    if needed and not words:
        raise Invalid("required", field=field)
    if len(words) > MOST_CHARACTERS:
        raise Invalid("text.too_long", field=field, limit=MOST_CHARACTERS)
    for problem in unkeepable(words):
        raise Invalid(problem.code, field=field, line=problem.line, **problem.data)
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    return words
