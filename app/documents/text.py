"""What an author is told about a text: its problems, as codes with lines and data."""

from itertools import islice
from typing import Final

from app.documents.characters import body_problems, line_problems, normalise
from app.documents.parse import Document, parse
from app.documents.problem import Problem
from app.documents.profile import MAX_PROBLEMS

__all__ = ["UNKEEPABLE", "Problem", "line_problems", "normalise", "problems"]

#: What makes a text unfit even to be kept as a draft; all else can be mended later.
UNKEEPABLE: Final = frozenset(
    {
        "text.control_characters",
        "text.bidi_override",
        "text.surrogate",
        "text.replacement_character",
        "text.too_long",
    }
)


def problems(text: str | Document) -> tuple[Problem, ...]:
    """What keeps a text from being accepted: at most ``MAX_PROBLEMS``, by line once normalised.

    Codes: ``text.control_characters``, ``text.bidi_override``, ``text.surrogate``,
    ``text.replacement_character``; ``text.too_long``, ``text.too_complex``, ``text.too_deep``
    (the text is then shown without any markup); ``footnote.undefined``, ``footnote.unused``,
    ``footnote.duplicate``, ``image.not_allowed``, ``link.scheme``.

    Of a document, only the problems of its structure: its characters have been replaced.
    """
    if isinstance(text, Document):
        return text.problems[:MAX_PROBLEMS]
    characters = islice(body_problems(normalise(text)), MAX_PROBLEMS)
    return (*characters, *parse(text).problems)[:MAX_PROBLEMS]
