"""Essays of about two thousand words in ten languages, any number of them, no two alike.

They are put together from the sections of the demonstration's essays, in an order of their own.
Each paragraph gets a number of its own too: typst remembers how it set a paragraph, and a book that
said the same thing twice would be cheaper than a real one.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from app.contributions.byline import Author
from app.contributions.essay import EssayInput
from app.core.policy import TrackCode
from app.demonstration.content import essays
from app.documents.measure import count

LENGTHS: Final = {"zh": 3_400, "ko": 1_400}
"""What two thousand English words are where fewer are needed, or characters are counted."""

_USUAL: Final = 2_000
_NOTE: Final = re.compile(r"\[\^([^\]]+)\]")
_DEFINITION: Final = re.compile(r"\[\^[^\]]+\]:")
_PROSE: Final = re.compile(r"[^\W\d_]")


@cache
def _sources(language: str) -> tuple[EssayInput, ...]:
    return tuple(each.content for each in essays() if each.content.language == language)


@cache
def _sections(language: str) -> tuple[tuple[str, int], ...]:
    """Each section of that language's essays with the notes it calls, and its length."""
    found = []
    for source in _sources(language):
        blocks = source.body.split("\n\n")
        notes = dict(_notes(blocks))
        # No figures: these belong to the demonstration's own contributions.
        kept = (each for each in blocks if not each.startswith("!["))
        prose = "\n\n".join(block for block in kept if not _DEFINITION.match(block.strip()))
        for section in re.split(r"(?m)^(?=## )", prose):
            if section.strip():
                called = dict.fromkeys(_NOTE.findall(section))
                whole = "\n\n".join([section.strip(), *(notes[name] for name in called)])
                found.append((whole, count(whole, language)))
    return tuple(found)


def _notes(blocks: list[str]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if _DEFINITION.match(block.strip()):
            for line in block.strip().splitlines():
                if name := _NOTE.match(line):
                    yield name[1], line


def essay(
    language: str, seed: int, track: TrackCode = TrackCode.JURIST, question_id: int | None = None
) -> EssayInput:
    """An essay in that language, ready to be submitted; the same seed gives the same one."""
    # An order is wanted, not a secret.
    shuffled = random.Random(f"{language}{seed}")
    wanted, length, parts = LENGTHS.get(language, _USUAL), 0, list[str]()
    while length < wanted:
        for section, size in shuffled.sample(_sections(language), len(_sections(language))):
            if length >= wanted:
                break
            parts.append(_own(section, f"{seed}-{len(parts)}"))
            length += size
    source = _sources(language)[seed % len(_sources(language))]
    return replace(
        source,
        title=f"{source.title} ({seed})",
        body="\n\n".join(parts) + "\n",
        authors=(*source.authors[:1], Author("Noor Haddad", sort_key="Haddad, Noor", country="LB")),
        extra=_EXTRA[track],
        question_id=question_id,
        licence="CC-BY-4.0",
        consent_publication=True,
    )


_EXTRA: Final = {
    TrackCode.JURIST: {"field_of_law": "public international law", "jurisdiction": "Lebanon"},
    TrackCode.DIGITAL_ACTOR: {"sector": "research", "role": "engineer"},
}


def _own(section: str, name: str) -> str:
    """The section with labels of its own for its notes, and a number on each paragraph."""
    relabelled = _NOTE.sub(lambda label: f"[^{label[1]}-{name}]", section)
    blocks = relabelled.split("\n\n")
    return "\n\n".join(
        f"§ {name}.{position}: {block}" if _PROSE.match(block) else block
        for position, block in enumerate(blocks)
    )
