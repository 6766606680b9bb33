"""Words that are no essay: what people write to each other about one, and why they did a thing."""

from typing import Final

from app.core.errors import Invalid
from app.documents.text import normalise, unkeepable

MOST_CHARACTERS: Final = 5_000


def remark(text: str, field: str, *, most: int = MOST_CHARACTERS, needed: bool = True) -> str:
    """The words as they are kept.

    Raises Invalid, for that field, where there are none though they are needed (``required``), too
    many (``text.too_long``) or unkeepable ones.
    """
    words = normalise(text).strip()
    if needed and not words:
        raise Invalid("required", field=field)
    if len(words) > most:
        raise Invalid("text.too_long", field=field, limit=most)
    for problem in unkeepable(words):
        raise Invalid(problem.code, field=field, line=problem.line, **problem.data)
    return words
