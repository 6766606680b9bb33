"""What an author is told about an essay before handing it in: help, and a gate only where a track
makes one of it.

Each check is a pure function; :func:`findings` is all of them. None asks the network, none takes
more than a second for the longest text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.contributions.essay import EssayInput, incomplete
from app.core.errors import Invalid
from app.core.languages import LANGUAGES
from app.documents import links
from app.documents.detect import language_of_text
from app.documents.parse import Document, parse
from app.documents.similarity import runs, shared
from app.documents.text import problems
from app.editions.choices import Check
from app.editions.models import Question, Track

SIMILAR_FROM: Final = 0.3
ADVISED: Final = ("abstract", "keywords")
"""Fields without which an essay is found less, even where the track does not insist on them."""

CODES: Final[dict[str, Check]] = {
    "language.other": Check.LANGUAGE,
    "link.malformed": Check.LINKS,
    "essay.similar": Check.SIMILAR,
    "authors.unconfirmed": Check.CO_AUTHORS,
}
"""By code of a finding: the check that a track may insist on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        error: code, field and data, as a refusal would say it.
        needed: whether the essay is not taken without it.
    """

    error: Invalid
    needed: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier essay of the same account."""

    number: str
    title: str
    language: str
    body: str


def findings(
    essay: EssayInput, track: Track, question: Question | None, earlier: Sequence[Earlier]
) -> list[Finding]:
    """All there is to say: first what is needed, then what is only advised."""
    document = parse(essay.body)
    structure = [
        Invalid(each.code, field="body", **{"line": each.line, **each.data})
        for each in problems(document)
    ]
    missing = [
        error
        for error in incomplete(essay, track, question)
        if error.code not in {each.code for each in structure}
    ]
    checked = [*language(essay, document), *malformed(document), *similar(essay, earlier)]
    required = [each for each in checked if CODES[each.code] in track.required_checks]
    advice = [each for each in checked if each not in required]
    return [
        *(Finding(error, needed=True) for error in (*missing, *structure, *required)),
        *(Finding(error, needed=False) for error in (*advised(essay, missing), *advice)),
    ]


def refusals(
    essay: EssayInput, required: Sequence[str], earlier: Sequence[Earlier]
) -> list[Invalid]:
    """What the checks a track insists on find; no other check is made."""
    document = parse(essay.body)
    found: list[Invalid] = []
    if Check.LANGUAGE in required:
        found += language(essay, document)
    if Check.LINKS in required:
        found += malformed(document)
    if Check.SIMILAR in required:
        found += similar(essay, earlier)
    return found


def advised(essay: EssayInput, missing: Sequence[Invalid]) -> list[Invalid]:
    """Fields that are empty, may be, and better were not (``advised.abstract`` …)."""
    insisted = {error.field for error in missing}
    values = essay.columns()
    return [
        Invalid(f"advised.{name}", field=name)
        for name in ADVISED
        if not values[name] and name not in insisted
    ]


def language(essay: EssayInput, document: Document) -> list[Invalid]:
    """Whether most of the text is in another language than the one named (``language.other``)."""
    found = language_of_text(document)
    if found is None or found == essay.language:
        return []
    return [Invalid("language.other", field="language", language=LANGUAGES[found].name)]


def malformed(document: Document) -> list[Invalid]:
    """Links that can't lead anywhere (``link.malformed``)."""
    return [
        Invalid(each.code, field="body", **{"line": each.line, **each.data})
        for each in links.broken(document)
    ]


def similar(essay: EssayInput, earlier: Sequence[Earlier]) -> list[Invalid]:
    """The own earlier essay that most of this one stands in (``essay.similar``)."""
    if not earlier:
        return []
    mine = runs(essay.body, essay.language)
    shares = [
        (shared(mine, runs(each.body, each.language)), each)
        for each in earlier
        if each.language == essay.language
    ]
    share, most = max(shares, key=lambda found: found[0], default=(0.0, None))
    if most is None or share < SIMILAR_FROM:
        return []
    data = {"number": most.number, "title": most.title, "percent": round(share * 100)}
    return [Invalid("essay.similar", field="body", **data)]
