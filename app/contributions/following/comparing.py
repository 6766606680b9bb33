"""Two versions of an essay beside each other, as their page shows them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.contributions.essay import TELLING
from app.contributions.following import queries as revision_queries
from app.contributions.labels import EXTRA_FIELDS, LICENCES
from app.contributions.models import Contribution, Draft, Essay, Revision
from app.contributions.references.formatted import Formatted
from app.core.languages import LANGUAGES
from app.documents.compare import Change, Piece, Row, Run, compare, compare_line
from app.documents.words import Kind
from app.web.templating import country, tr

#: Rows left as they are on both sides of a change; what is more is folded away.
AROUND: Final = 1

KINDS: Final[dict[Kind, LazyString]] = {
    Kind.HEADING: _l("Heading"),
    Kind.PARAGRAPH: _l("Paragraph"),
    Kind.ITEM: _l("List item"),
    Kind.QUOTATION: _l("Quotation"),
    Kind.TABLE_ROW: _l("Row of a table"),
    Kind.CODE: _l("Code"),
    Kind.RULE: _l("Dividing line"),
    Kind.NOTE: _l("Footnote"),
}
CHANGES: Final[dict[Change, LazyString]] = {
    Change.CHANGED: _l("Text changed"),
    Change.REMOVED: _l("Text removed"),
    Change.ADDED: _l("Text added"),
}
#: Columns of an essay that are not compared as fields: the text itself, and what is said beside it.
APART: Final = frozenset({"body", "bibliography", "note", "answers", "extra"})
#: Of an author: what is no part of what readers see.
UNSEEN: Final = frozenset({"key"})


@dataclass(frozen=True, slots=True)
class Version:
    """One side: a revision, or the draft (``number`` None)."""

    number: int | None
    essay: Essay


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together: what stayed, perhaps folded away, or what didn't."""

    rows: list[Row]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """What is said about the essay, where it changed; ``spoken``: in the essay's language."""

    label: str
    row: Row
    spoken: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both versions, and what changed from the old one to the new one."""

    old: Version
    new: Version
    fields: list[Field]
    body: list[Section]
    references: list[Section]
    changes: int


def comparison(
    session: Session,
    contribution: Contribution,
    old: Version,
    new: Version,
    *,
    with_authors: bool = True,
) -> Comparison:
    """What changed between two versions. Two queries, for what the versions only name.

    ``with_authors`` says whether who wrote it may be told.
    """
    body = compare(
        old.essay.body,
        new.essay.body,
        old_language=old.essay.language,
        new_language=new.essay.language,
    )
    references = compare(
        *(_references(contribution, side.essay) for side in (old, new)),
        old_language=old.essay.language,
        new_language=new.essay.language,
    )
    without = frozenset() if with_authors else TELLING
    fields = [*_fields(session, old.essay, new.essay, without)]
    changed = sum(row.change is not Change.SAME for row in (*body, *references))
    return Comparison(
        old=old,
        new=new,
        fields=fields,
        body=[*folded(body)],
        references=[*folded(references)] if _any(references) else [],
        changes=changed + len(fields),
    )


def _any(rows: list[Row]) -> bool:
    return any(row.change is not Change.SAME for row in rows)


def _references(contribution: Contribution, essay: Essay) -> str:
    if isinstance(essay, Revision):
        return essay.reference_list
    return Formatted.of(essay.bibliography, essay.language, contribution.track).text


def folded(rows: list[Row]) -> Iterator[Section]:
    """What changed with what stands around it; the rest folded away."""
    for same, alike in groupby(rows, key=lambda row: row.change is Change.SAME):
        found = list(alike)
        if not same or len(found) <= 2 * AROUND + 1:
            yield Section(found)
            continue
        before = AROUND if found[0] is not rows[0] else 0
        after = len(found) - (AROUND if found[-1] is not rows[-1] else 0)
        yield Section(found[:before])
        yield Section(found[before:after], folded=True)
        yield Section(found[after:])


def _fields(session: Session, old: Essay, new: Essay, without: frozenset[str]) -> Iterator[Field]:
    """Every field that differs, in the order of the editor."""
    for label, name, describe in _described(session, old, new):
        before, after = _value(old, name), _value(new, name)
        if before != after:
            yield Field(str(label), _whole(describe(before), describe(after)), spoken=False)
    for label, name, write in _WRITTEN:
        if name in without:
            continue
        before, after = write(_value(old, name)), write(_value(new, name))
        if before != after:
            yield Field(str(label), _line(old, new, before, after), spoken=True)
    for name, label in EXTRA_FIELDS.items():
        if name in without:
            continue
        before, after = old.extra.get(name, ""), new.extra.get(name, "")
        if before != after:
            yield Field(str(label), _line(old, new, before, after), spoken=True)


def _value(essay: Essay, name: str) -> Any:
    return getattr(essay, name)


def _line(old: Essay, new: Essay, before: str, after: str) -> Row:
    return compare_line(before, after, old_language=old.language, new_language=new.language)


def _whole(before: str, after: str) -> Row:
    """What was chosen, not written: the one for the other."""
    runs = (
        Run(Change.REMOVED, old=(Piece(before, ()),)),
        Run(Change.ADDED, new=(Piece(after, ()),)),
    )
    return Row(Change.CHANGED, Kind.PARAGRAPH, Kind.PARAGRAPH, runs)


Described = tuple[LazyString, str, Callable[[Any], str]]


def _described(session: Session, old: Essay, new: Essay) -> list[Described]:
    """The fields that hold a choice, and how it is called on this page."""
    titles = revision_queries.question_titles(session, (old.question_id, new.question_id))
    numbers = revision_queries.contribution_numbers(
        session, (old.responds_to_id, new.responds_to_id)
    )

    def question(value: int | None) -> str:
        return str(tr(titles.get(value, {}))) if value else str(_("Not chosen yet"))

    def consent(value: bool) -> str:
        return str(_("Yes") if value else _("No"))

    return [
        (_l("Language of the essay"), "language", lambda value: LANGUAGES[value].name),
        (_l("Question it answers"), "question_id", question),
        (
            _l("Number of the contribution it responds to"),
            "responds_to_id",
            lambda value: numbers.get(value, "–"),
        ),
        (_l("Licence"), "licence", lambda value: str(LICENCES[value]) if value else "–"),
        (_l("Consent to publication"), "consent_publication", consent),
        (_l("Consent to human translation"), "consent_translation", consent),
        (_l("Consent to machine translation"), "consent_machine_translation", consent),
    ]


def _names(authors: list[dict[str, Any]]) -> str:
    """The byline, an author to a line, with all that is said about each."""
    return "\n".join(", ".join(_author(author)) for author in authors)


def _author(author: dict[str, Any]) -> Iterator[str]:
    for name, value in author.items():
        match name, value:
            case "country", str() if value:
                yield country(value)
            case "personal_capacity", True:
                yield _("in a personal capacity")
            case "corresponding", True:
                yield _("Corresponding author")
            case _, str() if value and name not in UNSEEN:
                yield value


_WRITTEN: Final[list[Described]] = [
    (_l("Title"), "title", str),
    (_l("Abstract"), "abstract", str),
    (_l("Summary for general readers"), "summary", str),
    (_l("Keywords"), "keywords", "\n".join),
    (_l("Authors"), "authors", _names),
    (_l("Place of earlier publication"), "previously_published", str),
]


def sides(
    session: Session,
    contribution: Contribution,
    marks: list[revision_queries.Mark],
    asked: tuple[str, str],
    draft: Draft | None,
) -> tuple[Version, Version] | None:
    """The versions to compare: those asked for, else the last two. None where there are not two.

    ``draft`` is the author's own and nobody else's. Raises NotFound for a version that isn't there.
    """
    known: list[int | None] = [mark.number for mark in marks]
    known += [None] if draft else []
    if len(known) < 2:
        return None
    usual = known[-2:]
    wanted = [_wished(text, usual[place]) for place, text in enumerate(asked)]
    found = revision_queries.numbered(
        session, contribution.id, (number for number in wanted if number is not None)
    )
    versions = []
    for number in wanted:
        essay: Essay | None = draft if number is None else found[number]
        if essay is None:
            return None
        versions.append(Version(number, essay))
    return versions[0], versions[1]


def _wished(text: str, usual: int | None) -> int | None:
    if text == "draft":
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual
