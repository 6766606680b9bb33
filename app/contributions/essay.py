"""An essay as it is handed to the operations, and what must hold before it may be submitted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.contributions import byline
from app.contributions.byline import Author
from app.contributions.models import Essay
from app.core.errors import Invalid
from app.core.languages import CODES, LANGUAGES
from app.core.policy import TrackCode
from app.documents.measure import count
from app.documents.references.items import Item
from app.documents.text import Problem, line_problems, normalise, problems, unkeepable
from app.documents.write import canonical
from app.editions.choices import Licence
from app.editions.models import Question, Track

LICENCES: Final = tuple(each.value for each in Licence)
EXTRA_FIELDS: Final[dict[TrackCode, tuple[str, ...]]] = {
    TrackCode.JURIST: ("field_of_law", "jurisdiction"),
    TrackCode.DIGITAL_ACTOR: ("sector", "role"),
}
#: Fields of an essay, the track's own among them, that tell who wrote it.
TELLING: Final = frozenset({"authors", "previously_published", "role"})
MOST_KEYWORDS: Final = 12


@dataclass(frozen=True, slots=True)
class EssayInput:
    """What a person wrote; the columns of :class:`app.contributions.models.Essay`."""

    language: str
    title: str = ""
    abstract: str = ""
    summary: str = ""
    body: str = ""
    keywords: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    question_id: int | None = None
    responds_to_id: int | None = None
    previously_published: str = ""
    licence: str = ""
    consent_publication: bool = False
    consent_translation: bool = False
    consent_machine_translation: bool = False
    note: str = ""
    answers: tuple[str, ...] = ()
    bibliography: tuple[Item, ...] = ()

    def columns(self, *, as_typed: bool = False) -> dict[str, Any]:
        """Name to value of every column that is written in the editor, texts in canonical form.

        ``as_typed`` leaves the body's markup as it is, which is much cheaper. The bibliography is
        written on a page of its own (``references``) and not among them.
        """
        return {
            "language": self.language,
            "title": normalise(self.title).strip(),
            "abstract": normalise(self.abstract).strip(),
            "summary": normalise(self.summary).strip(),
            "body": normalise(self.body) if as_typed else canonical(self.body),
            "keywords": [normalise(word).strip() for word in self.keywords if word.strip()],
            "authors": byline.columns(self.authors),
            "extra": {name: normalise(value).strip() for name, value in self.extra.items()},
            "question_id": self.question_id,
            "responds_to_id": self.responds_to_id,
            "previously_published": normalise(self.previously_published).strip(),
            "licence": self.licence,
            "consent_publication": self.consent_publication,
            "consent_translation": self.consent_translation,
            "consent_machine_translation": self.consent_machine_translation,
            "note": normalise(self.note).strip(),
            "answers": [normalise(answer).strip() for answer in self.answers],
        }

    @classmethod
    def of(cls, essay: Essay) -> "EssayInput":
        """The same, from a draft or a revision."""
        return cls(
            language=essay.language,
            title=essay.title,
            abstract=essay.abstract,
            summary=essay.summary,
            body=essay.body,
            keywords=tuple(essay.keywords),
            authors=tuple(Author(**author) for author in essay.authors),
            extra=dict(essay.extra),
            question_id=essay.question_id,
            responds_to_id=essay.responds_to_id,
            previously_published=essay.previously_published,
            licence=essay.licence,
            consent_publication=essay.consent_publication,
            consent_translation=essay.consent_translation,
            consent_machine_translation=essay.consent_machine_translation,
            note=essay.note,
            answers=tuple(essay.answers),
            bibliography=tuple(getattr(essay, "bibliography", ())),
        )


def unfit(essay: EssayInput) -> list[Invalid]:
    """What can't even be kept as a draft: characters that are no text, too much, unknown codes."""
    found = [
        *_first("title", line_problems(essay.title)),
        *_first("previously_published", line_problems(essay.previously_published)),
    ]
    for name in ("abstract", "summary", "body", "note"):
        found += _first(name, unkeepable(getattr(essay, name)))
    found += _first("answers", [each for text in essay.answers for each in unkeepable(text)])
    found += byline.unfit(essay.authors)
    for name, value in essay.extra.items():
        found += _first(name, line_problems(value))
    found += _first("keywords", [each for word in essay.keywords for each in line_problems(word)])
    if essay.language not in CODES:
        found.append(Invalid("language.unknown", field="language"))
    if essay.licence and essay.licence not in LICENCES:
        found.append(Invalid("licence.unknown", field="licence"))
    if len(essay.keywords) > MOST_KEYWORDS:
        found.append(Invalid("keywords.too_many", field="keywords", limit=MOST_KEYWORDS))
    return found


def _first(field_name: str, found: list[Problem] | tuple[Problem, ...]) -> list[Invalid]:
    return [
        Invalid(problem.code, field=field_name, **{"line": problem.line, **problem.data})
        for problem in found[:1]
    ]


def incomplete(essay: EssayInput, track: Track, question: Question | None) -> list[Invalid]:
    """What the track still misses before this may be submitted; empty when nothing."""
    required = {"title", "body", "authors", "licence", *track.required_fields}
    values: dict[str, Any] = essay.columns(as_typed=True)
    values |= {"question": essay.question_id, "affiliation": True, **values["extra"]}
    values["body"] = essay.body.strip()
    found = [Invalid("required", field=name) for name in sorted(required) if not values.get(name)]
    if "affiliation" in required and any(not author.affiliation for author in essay.authors):
        found.append(Invalid("authors.affiliation_missing", field="authors"))
    found += byline.incomplete(essay.authors)
    if not essay.consent_publication:
        found.append(Invalid("consent.publication_needed", field="consent_publication"))
    if track.licences and essay.licence and essay.licence not in track.licences:
        found.append(Invalid("licence.not_offered", field="licence"))
    if question is not None and track.code not in question.tracks:
        found.append(Invalid("question.other_track", field="question"))
    if essay.body.strip():
        found += _length(essay, track)
        found += _first("body", problems(essay.body))
    return found


def _length(essay: EssayInput, track: Track) -> list[Invalid]:
    characters = LANGUAGES[essay.language].counts_characters
    least = track.min_characters if characters else track.min_length
    most = track.max_characters if characters else track.max_length
    length = count(essay.body, essay.language)
    unit = "characters" if characters else "words"
    if length < least:
        return [Invalid(f"body.too_short.{unit}", field="body", length=length, limit=least)]
    if length > most:
        return [Invalid(f"body.too_long.{unit}", field="body", length=length, limit=most)]
    return []
