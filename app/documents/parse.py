"""One parse of a text, shared by everything that is made from it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it.token import Token

from app.documents.characters import legible, normalise
from app.documents.grammar import GRAMMAR
from app.documents.problem import Problem
from app.documents.profile import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_FIGURES,
    MAX_MARKS,
    MAX_NESTING,
    MAX_UNMARKED,
)
from app.documents.settle import Settling, split

_MARKS: Final = re.compile(r"[*_`\[\]<>|!#+&\\\n-]|\d[.)](?=\s)")
_BLANK_LINES: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote that the text refers to.

    Attributes:
        number: from 1, in the order of first reference.
        label: as the author wrote it.
        tokens: its blocks, as markdown-it-py's tokens.
        references: how often the text refers to it, at least once.
    """

    number: int
    label: str
    tokens: tuple[Token, ...]
    references: int


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text. Its tokens are shared: read them, never change them.

    Attributes:
        source: the normalised text.
        tokens: its blocks without the footnotes, as markdown-it-py's tokens. Headings are tagged
            h2 to h4 and never skip a level; ``footnote_ref`` has ``meta`` with the note's
            ``number`` and which ``reference`` to it this is, from 1; ``figure`` has ``attrs`` with
            its ``id``, ``alternative`` text ("" where it is missing) and ``caption`` (or "").
        notes: in the order of their numbers.
        problems: of structure, by line; those of characters are in ``text.problems``.
    """

    source: str
    tokens: tuple[Token, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]

    @property
    def figures(self) -> dict[str, int]:
        """The IDs of its figures, each with the line where it first stands."""
        found: dict[str, int] = {}
        for token in self.tokens:
            if token.type == "figure":
                found.setdefault(str(token.attrs["id"]), token.map[0] + 1 if token.map else 1)
        return found


def parse(text: str | Document) -> Document:
    """Parse any string; a document is returned as it is.

    A text beyond the profile's limits becomes paragraphs of plain text, or one block of it as it
    was typed, so that nothing hangs and nothing is lost; the first of its problems
    (``text.too_…``) says why.
    """
    if isinstance(text, Document):
        return text
    source = legible(normalise(text))
    if excess := _excess(source):
        return _unmarked(source, excess)
    env: dict[str, object] = {}
    tokens = GRAMMAR.parse(source, env)
    if excess := _excess_of_tokens(tokens, env):
        return _unmarked(source, excess)

    body, definitions, problems = split(tokens)
    settling = Settling(definitions, problems=problems)
    settling.body(body)
    if sum(token.type == "figure" for token in body) > MAX_FIGURES:
        return _unmarked(source, _too_complex("figures", MAX_FIGURES))
    for label in settling.order:  # which grows: a footnote may refer to further ones
        settling.note(definitions[label].tokens)
    notes = tuple(
        Note(number, label, tuple(definitions[label].tokens), settling.references[label])
        for number, label in enumerate(settling.order, start=1)
    )
    # Readers meet links and footnotes as often as they are referred to: a short text must not
    # become a page, or a book, of gigabytes.
    repeated = sum(_size(note.tokens) * (note.references - 1) for note in notes)
    for what, size in (("links", settling.expansion), ("footnotes", repeated)):
        if size > MAX_CHARACTERS:
            return _unmarked(source, _too_complex(what, MAX_CHARACTERS))
    unused = [
        Problem("footnote.unused", definition.line, {"label": label})
        for label, definition in definitions.items()
        if label not in settling.references
    ]
    found = sorted([*settling.problems, *unused], key=lambda problem: problem.line or 0)
    return Document(source, tuple(body), notes, tuple(found))


def _excess(source: str) -> Problem | None:
    """Why the text is not parsed at all."""
    if len(source) > MAX_CHARACTERS:
        return too_long(source)
    if sum(1 for _ in _MARKS.finditer(source)) > MAX_MARKS:
        return _too_complex("marks", MAX_MARKS)
    return None


def too_long(source: str) -> Problem:
    """The problem of a normalised text with more than ``MAX_CHARACTERS``."""
    return Problem("text.too_long", None, {"limit": MAX_CHARACTERS, "length": len(source)})


def _excess_of_tokens(tokens: Sequence[Token], env: dict[str, object]) -> Problem | None:
    """Why what was parsed is not used: at its limits the parser leaves things out."""
    if isinstance(cells := env.get("cells"), int) and cells > MAX_CELLS:
        return _too_complex("cells", MAX_CELLS)
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        # The parser enters nothing at this level, so what opens just below it is empty.
        too_deep = token.nesting == 1 and token.level >= MAX_NESTING - 1
        if too_deep or any(child.level >= MAX_NESTING for child in token.children or ()):
            return Problem("text.too_deep", line, {"limit": MAX_NESTING})
    return None


def _too_complex(what: str, limit: int) -> Problem:
    return Problem("text.too_complex", None, {"what": what, "limit": limit})


def _size(tokens: Iterable[Token]) -> int:
    return sum(len(token.content) for token in tokens)


def _unmarked(source: str, problem: Problem) -> Document:
    """The text as paragraphs of plain words, made without the parser; as one block if too many."""
    paragraphs = _BLANK_LINES.split(source.strip("\n"))
    if len(paragraphs) > MAX_UNMARKED:
        fence = Token("fence", "code", 0, content=source, block=True)
        fence.meta["info"] = ""
        return Document(source, (fence,), (), (problem,))
    tokens: list[Token] = []
    for paragraph in paragraphs:
        words = Token("text", "", 0, content=paragraph)
        tokens += [
            Token("paragraph_open", "p", 1, block=True),
            Token("inline", "", 0, content=paragraph, children=[words]),
            Token("paragraph_close", "p", -1, block=True),
        ]
    return Document(source, tuple(tokens), (), (problem,))
