"""What an author is told about a text: its problems, as codes with lines and data."""

from collections.abc import Container
from itertools import islice

from app.documents.characters import body_problems, line_problems, normalise
from app.documents.parse import Document, parse, too_long
from app.documents.problem import Problem
from app.documents.profile import MAX_CHARACTERS, MAX_PROBLEMS

__all__ = ["Problem", "line_problems", "normalise", "problems", "unkeepable", "unknown_figures"]


def problems(text: str | Document) -> tuple[Problem, ...]:
    """What keeps a text from being accepted: at most ``MAX_PROBLEMS``, by line once normalised.

    Codes: ``text.control_characters``, ``text.bidi_override``, ``text.surrogate``,
    ``text.replacement_character``; ``text.too_long``, ``text.too_complex``, ``text.too_deep``
    (the text is then shown without any markup); ``footnote.undefined``, ``footnote.unused``,
    ``footnote.duplicate``, ``image.not_allowed``, ``figure.alternative_missing``, ``link.scheme``.
    Whether there is such a figure is asked with :func:`unknown_figures`.

    Of a document, only the problems of its structure: its characters have been replaced.
    """
    if isinstance(text, Document):
        return text.problems[:MAX_PROBLEMS]
    characters = islice(body_problems(normalise(text)), MAX_PROBLEMS)
    return (*characters, *parse(text).problems)[:MAX_PROBLEMS]


def unknown_figures(text: str | Document, known: Container[str]) -> tuple[Problem, ...]:
    """One problem (``figure.unknown``) for each figure of the text that is not among the known."""
    return tuple(
        Problem("figure.unknown", line, {"figure": figure})
        for figure, line in parse(text).figures.items()
        if figure not in known
    )


def unkeepable(text: str) -> tuple[Problem, ...]:
    """Those of a text's problems that make it unfit even to be kept as a draft.

    All others can be mended later. It is asked with every save, so it does not parse. Codes:
    ``text.control_characters``, ``text.bidi_override``, ``text.surrogate``,
    ``text.replacement_character``, ``text.too_long``.
    """
    source = normalise(text)
    found = [*islice(body_problems(source), MAX_PROBLEMS)]
    if len(source) > MAX_CHARACTERS:
        found.append(too_long(source))
    return tuple(found[:MAX_PROBLEMS])
