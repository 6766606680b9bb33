"""The writing desk's forms: they check shape; what a track asks for is a rule."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm

from app.contributions import byline
from app.contributions.byline import MOST_AUTHORS, Author
from app.contributions.essay import EXTRA_FIELDS, EssayInput
from app.contributions.labels import EXTRA_FIELDS as EXTRA_LABELS
from app.contributions.labels import LICENCES
from app.contributions.models import Draft, Revision
from app.core.errors import Invalid
from app.core.policy import TrackCode
from app.documents.profile import MAX_CHARACTERS
from app.editions.forms import rule_field
from app.web import countries
from app.web.forms import (
    Form,
    MaxLength,
    language_options,
    offered,
    options,
    plain_line,
    plain_text,
)
from app.web.language import current
from app.web.messages import words

LINE: Final = 300
PARAGRAPHS: Final = 5_000
_COMMAS: Final = re.compile(r"[,;،؛，；、\n]")
_PLACE: Final = re.compile(r"-[0-9]{1,4}-")
_LAST_PLACE: Final = re.compile(r"-[0-9]{1,2}$")


def orcid_number(_form: Any, field: Field) -> None:
    """An ORCID iD with the right check character, if any."""
    if (field.data or "").strip() and not byline.is_orcid(field.data):
        raise ValidationError(words(Invalid("orcid.form")))


def contact_address(form: Any, field: Field) -> None:
    """An address to be published, of the corresponding author only."""
    given = (field.data or "").strip()
    if given and not form.corresponding.data:
        raise ValidationError(words(Invalid("authors.contact_of_other")))
    if given and not byline.is_email(given):
        raise ValidationError(words(Invalid("email.form")))


class AuthorForm(PlainForm):
    """One author of the byline."""

    name = StringField(_l("Name, as the author writes it"), [MaxLength(LINE), plain_line])
    latin = StringField(_l("Name in Latin letters"), [MaxLength(LINE), plain_line])
    sort_key = StringField(_l("Name for sorting"), [MaxLength(LINE), plain_line])
    affiliation = StringField(_l("Affiliation"), [MaxLength(LINE), plain_line])
    country = SelectField(_l("Country"), [offered], validate_choice=False)
    personal_capacity = BooleanField(_l("Writes in a personal capacity"))
    orcid = StringField(_l("ORCID iD"), [MaxLength(LINE), plain_line, orcid_number])
    biography = TextAreaField(
        _l("Short biography"), [MaxLength(byline.LONGEST_BIOGRAPHY), plain_text]
    )
    corresponding = BooleanField(_l("Corresponding author"))
    contact = StringField(
        _l("E-mail address for readers"), [MaxLength(LINE), plain_line, contact_address]
    )
    key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = options([("", "–"), *countries.choices(current().code)])

    def author(self) -> Author:
        """What was entered."""
        return Author(**{name: _text(field.data) for name, field in self._fields.items()})


def _swap(one: PlainForm, other: PlainForm) -> None:
    """Let two authors change places; the fields keep their names, which say the place."""
    for name, field in one._fields.items():
        beside = other._fields[name]
        field.data, beside.data = beside.data, field.data


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else _sent(value)


def _sent(value: Any) -> Any:
    """What was entered; a field that was not sent at all was left empty."""
    return "" if value is None else value


class _Authors(FieldList):  # type: ignore[type-arg]
    """The byline. WTForms breaks off at places that are digits to Python but no number."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        names = (name for name in formdata if _PLACE.match(name, len(prefix)))
        yield from super()._extract_indices(prefix, names)  # type: ignore[misc]


class _Answers(FieldList):  # type: ignore[type-arg]
    """One answer to each point of a request for changes; as many as there are points."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        names = (name for name in formdata if _LAST_PLACE.match(name, len(prefix)))
        yield from super()._extract_indices(prefix, names)  # type: ignore[misc]


class StartForm(Form):
    """Begin an essay: in which edition, to which question, in which language."""

    edition = SelectField(_l("Edition"), [offered], validate_choice=False)
    question = SelectField(_l("Question"), [offered], validate_choice=False)
    language = SelectField(_l("Language you write in"), [offered], validate_choice=False)


class EssayForm(Form):
    """Everything that is written about an essay, and the essay."""

    version = HiddenField(default="0")
    language = SelectField(_l("Language of the essay"), [offered], validate_choice=False)
    question = SelectField(_l("Question it answers"), [offered], validate_choice=False)
    title = StringField(_l("Title"), [MaxLength(LINE), plain_line])
    abstract = TextAreaField(_l("Abstract"), [MaxLength(PARAGRAPHS), plain_text])
    body = TextAreaField(_l("Essay"), [MaxLength(MAX_CHARACTERS), plain_text])
    summary = TextAreaField(_l("Summary for general readers"), [MaxLength(PARAGRAPHS), plain_text])
    keywords = StringField(_l("Keywords"), [MaxLength(2 * LINE), plain_line])
    authors = _Authors(FormField(AuthorForm), label=_l("Authors"), max_entries=MOST_AUTHORS)
    field_of_law = StringField(EXTRA_LABELS["field_of_law"], [MaxLength(LINE), plain_line])
    jurisdiction = StringField(EXTRA_LABELS["jurisdiction"], [MaxLength(LINE), plain_line])
    sector = StringField(EXTRA_LABELS["sector"], [MaxLength(LINE), plain_line])
    role = StringField(EXTRA_LABELS["role"], [MaxLength(LINE), plain_line])
    responds_to = StringField(
        _l("Number of the contribution it responds to"), [MaxLength(40), plain_line]
    )
    previously_published = StringField(
        _l("Place of earlier publication"), [MaxLength(LINE), plain_line]
    )
    licence = RadioField(_l("Licence"), [offered], validate_choice=False)
    consent_publication = BooleanField(
        _l("I agree to the publication of this essay on the site and in the proceedings.")
    )
    consent_translation = BooleanField(_l("I agree to its translation by human translators."))
    consent_machine_translation = BooleanField(
        _l("I agree to its translation by machine, marked as such.")
    )
    note = TextAreaField(_l("Your answer to the moderators"), [MaxLength(PARAGRAPHS), plain_text])
    answers = _Answers(
        TextAreaField(_l("Your answer to this point"), [MaxLength(PARAGRAPHS), plain_text]),
        label=_l("Your answers to the moderators’ points"),
    )
    action = HiddenField()

    def offer(
        self, track: TrackCode, licences: Iterable[str], questions: list[tuple[str, str]]
    ) -> None:
        """Set what may be chosen, and drop the other track's fields."""
        self.language.choices = language_options()
        self.question.choices = options([("", _l("Not chosen yet")), *questions])
        self.licence.choices = options((code, LICENCES[code]) for code in licences)
        for code, names in EXTRA_FIELDS.items():
            for name in names if code != track else ():
                delattr(self, name)

    def show(self, source: Draft | Revision, responds_to: str) -> None:
        """Fill the form from a draft or a revision."""
        self.process(
            data={
                **{name: getattr(source, name) for name in _SAME},
                "version": source.version if isinstance(source, Draft) else source.number,
                "question": str(source.question_id or ""),
                "keywords": ", ".join(source.keywords),
                "authors": source.authors or [{}],
                "responds_to": responds_to,
                "licence": source.licence,
                **source.extra,
            }
        )

    def ask(self, points: int, answers: list[str]) -> None:
        """Show a field for each point, with the draft's answers unless others were posted."""
        known = [] if self.answers.entries else answers[:points]
        for place in range(len(self.answers), points):
            self.answers.append_entry(known[place] if place < len(known) else "")

    def change_authors(self, action: str) -> bool:
        """Add, remove or move an author, if that is what the pressed button says."""
        verb, _, place = action.partition("-")
        if verb not in {"add_author", "remove_author", "move_author_up", "move_author_down"}:
            return False
        entries = self.authors.entries
        # Compared as text: what was sent may be a number of thousands of digits.
        places = {str(number): number for number in range(len(entries))}
        if verb == "add_author" and len(entries) < MOST_AUTHORS:
            self.authors.append_entry()
        elif verb == "remove_author" and place in places:
            del entries[places[place]]
        elif place in places:
            other = places[place] + (1 if verb == "move_author_down" else -1)
            if 0 <= other < len(entries):
                _swap(entries[places[place]].form, entries[other].form)
        if not entries:
            self.authors.append_entry()
        return True

    @property
    def seen_version(self) -> int:
        """The draft's version, or the revision's number, that the writer had before them."""
        return version_of(self.version.data)

    def essay(self, responds_to_id: int | None) -> EssayInput:
        """What was written."""
        extra = [name for names in EXTRA_FIELDS.values() for name in names if name in self]
        same: dict[str, Any] = {name: _sent(self[name].data) for name in _SAME}
        return EssayInput(
            **same,
            keywords=tuple(_COMMAS.split(self.keywords.data or "")),
            authors=tuple(entry.form.author() for entry in self.authors),
            extra={name: self[name].data or "" for name in extra},
            question_id=int(self.question.data) if self.question.data else None,
            responds_to_id=responds_to_id,
            licence=self.licence.data or "",
            note=self.note.data or "",
            answers=tuple(entry.data or "" for entry in self.answers),
        )


_SAME: Final = (
    "language",
    "title",
    "abstract",
    "summary",
    "body",
    "previously_published",
    "consent_publication",
    "consent_translation",
    "consent_machine_translation",
)


def version_of(data: str | None) -> int:
    """A draft's version as a form has it; 0 for anything that is none."""
    is_number = data and data.isascii() and data.isdigit() and len(data) < 10
    return int(data) if data and is_number else 0


class ReasonForm(Form):
    """Why an essay is taken down, and on which rule."""

    reason = TextAreaField(_l("Reason, shown to readers"), [MaxLength(PARAGRAPHS), plain_text])
    language = SelectField(
        _l("Language of your words"),
        [offered],
        choices=language_options(),
        validate_choice=False,
    )
    rule = rule_field()
