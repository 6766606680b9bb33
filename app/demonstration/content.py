"""The demonstration's texts: by language ``site.toml``, ``essays/*.md``, ``desk/*.md`` (essays on
which something is shown at the moderators' desk), ``figures/*.svg``; in ``desk.toml`` what is said
about them.
"""

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
    """One essay of the demonstration, with its figures, and how far it has come.

    Attributes:
        name: of its file, after its language: ``fr/le-secret-et-la-preuve``.
        by_mail: an organiser brought it in for its author.
    """

    name: str
    edition: str
    track: TrackCode
    question: str
    state: State
    content: EssayInput
    figures: tuple[Image, ...] = ()
    by_mail: bool = False


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


def essays(folder: str = "essays") -> Iterator[Essay]:
    """All essays in the folders of that name, in the order of languages and file names."""
    for code in CODES:
        for file in sorted((FOLDER / code / folder).glob("*.md")):
            yield _essay(code, file)


def desk() -> dict[str, Any]:
    """What is said at the moderators' desk: the tables of ``desk.toml``."""
    return tomllib.loads((FOLDER / "desk.toml").read_text("utf-8"))


def _essay(language: str, file: Path) -> Essay:
    _, front, body = file.read_text("utf-8").split(FENCE, 2)
    fields = tomllib.loads(front)
    return Essay(
        name=f"{language}/{file.stem}",
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
        by_mail=fields.get("by_mail", False),
    )


@cache
def _figures(language: str) -> tuple[Image, ...]:
    files = sorted((FOLDER / language / "figures").glob("*.svg"))
    return tuple(safe(file.read_bytes()) for file in files)
