"""The demonstration's texts, by language: ``site.toml``, ``essays/*.md``, ``figures/*.svg``."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from app.contributions.byline import Author
from app.contributions.essay import EssayInput
from app.contributions.states import State
from app.core.languages import CODES
from app.core.policy import TrackCode
from app.documents.images import Image, safe

FOLDER: Final = Path(__file__).parent / "content"
FENCE: Final = "+++\n"


@dataclass(frozen=True, slots=True)
class Essay:
    """One essay of the demonstration, with its figures, and how far it has come."""

    edition: str
    track: TrackCode
    question: str
    state: State
    content: EssayInput
    figures: tuple[Image, ...]


def site() -> dict[str, Any]:
    """By language, the tables of its ``site.toml``."""
    return {code: tomllib.loads((FOLDER / code / "site.toml").read_text("utf-8")) for code in CODES}


def texts(site: dict[str, Any], *path: str) -> dict[str, dict[str, str]]:
    """The table at that path by language: ``texts(site, "tracks", "jurist")["fr"]["title"]``."""
    found = {}
    for code, tables in site.items():
        table = tables
        for name in path:
            table = table[name]
        found[code] = {key: text.strip() for key, text in table.items()}
    return found


def essays() -> Iterator[Essay]:
    """All essays, in the order of languages and file names."""
    for code in CODES:
        for file in sorted((FOLDER / code / "essays").glob("*.md")):
            yield _essay(code, file.read_text("utf-8"))


def _essay(language: str, text: str) -> Essay:
    _, front, body = text.split(FENCE, 2)
    fields = tomllib.loads(front)
    return Essay(
        edition=fields["edition"],
        track=TrackCode(fields["track"]),
        question=fields["question"],
        state=State(fields["state"]),
        content=EssayInput(
            language=language,
            title=fields["title"],
            abstract=fields["abstract"],
            summary=fields["summary"],
            body=body.lstrip("\n"),
            keywords=tuple(fields["keywords"]),
            authors=tuple(Author(**author) for author in fields["authors"]),
            extra=fields["extra"],
            licence=fields["licence"],
            consent_publication=True,
            consent_translation=True,
        ),
        figures=tuple(figure for figure in _figures(language) if figure.id in body),
    )


@cache
def _figures(language: str) -> tuple[Image, ...]:
    files = sorted((FOLDER / language / "figures").glob("*.svg"))
    return tuple(safe(file.read_bytes()) for file in files)
