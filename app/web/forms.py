"""The base of every form: our own words for every error, shown beside its field with status 422."""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, Final, cast

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateTimeLocalField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectFieldBase,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Email, InputRequired, StopValidation

from app.core.errors import Invalid, Several
from app.core.languages import LANGUAGES
from app.documents.parse import parse
from app.documents.text import Problem, line_problems, problems, unkeepable, unknown_figures
from app.web import parking
from app.web.messages import words


class _OwnWords:
    """WTForms' few built-in messages, replaced by sentences of our own catalog."""

    def gettext(self, text: str) -> str:
        return str(_BUILT_IN.get(text) or _("This value can’t be used here."))

    def ngettext(self, singular: str, _plural: str, _count: int) -> str:
        return self.gettext(singular)


_BUILT_IN: Final = {
    "This field is required.": _l("Please fill in this field."),
    "Not a valid choice.": _l("Please choose one of those offered."),
    "Not a valid choice": _l("Please choose one of those offered."),
}


def _takes_files(form: Any, name: str) -> bool:
    return isinstance(form._fields.get(name), FileField)


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose rules' refusals (:class:`Invalid`) find their fields.

    Attributes:
        restored: what was sent before a sign-in and is shown now, if anything.
    """

    restored: MultiDict[str, str] | None = None

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, _form: Any) -> _OwnWords:
            return _OwnWords()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Files reach the fields that take files only: to others they are not sent at all.

            A page opened after a sign-in shows what was sent before it (see ``parking``).
            """
            sent = super().wrap_formdata(form, formdata)
            if sent is None and formdata is not None:
                form.restored = parking.take(of=form._fields)
                return form.restored
            if not isinstance(sent, CombinedMultiDict):
                return sent
            files = request.files.items(multi=True)
            taken = MultiDict((name, file) for name, file in files if _takes_files(form, name))
            return CombinedMultiDict((taken, request.form))

    def process(self, *args: Any, **kwargs: Any) -> None:
        """A text that was not sent is an empty one: nobody's browser leaves a field out."""
        super().process(*args, **kwargs)
        _fill(self)
        if self.is_submitted():
            _written().update(_texts(self))

    @property
    def status(self) -> int:
        """422 when it was posted (and is therefore shown again), else 200."""
        return 422 if self.is_submitted() else 200

    def reject(self, error: Invalid) -> None:
        """Show what a rule refused beside its field, or above the form."""
        for single in error.errors if isinstance(error, Several) else [error]:
            field = self._fields.get(single.field or "")
            if field is None:
                self.form_errors.append(words(single))
            else:
                field.errors = [*field.errors, words(single)]

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """(field's id, what is wrong with it) of every error, for the summary above the form."""
        return [("", str(message)) for message in self.form_errors] + [*_wrong(self)]


class SettingsForm(Form):
    """A form of settings, which two people may change at once.

    What one of them left as it was when they opened the page is not set back to it: it stays as
    it is by now. Where the page is shown again, that is what it was opened with.
    """

    opened = HiddenField()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Put what there is now in place of what was sent as it had been found."""
        super().process(*args, **kwargs)
        settings = [each for each in self if each.name not in ("opened", "csrf_token")]
        if self.is_submitted() or self.restored:
            found = _parsed(self.opened.data or "")
            for each in settings:
                is_read = not each.process_errors or not any(each.raw_data)
                if is_read and found.get(each.name) == _mark(each.data):
                    _show_present(each)
                    found[each.name] = _mark(each.data)
        else:
            found = {each.name: _mark(each.data) for each in settings}
        # Without spaces, lest it be taken for words where the form can't be taken.
        self.opened.data = json.dumps(found, separators=(",", ":"))


def _show_present(field: Field) -> None:
    field.data, field.process_errors = field.object_data, []
    if isinstance(field, IntegerField | DateTimeLocalField):
        # These show what was sent, and are empty or not by it.
        field.raw_data = None
        field.raw_data = [cast(Any, field)._value()]


def _mark(value: Any) -> str:
    said = str(sorted(value) if isinstance(value, list) else value)
    return sha256(said.encode()).hexdigest()[:16]


def _parsed(opened: str) -> dict[str, Any]:
    try:
        found = json.loads(opened)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_written(name: str) -> bool:
    """Whether that field, of a form the present request has sent, is one to write in."""
    return name in _written()


def _written() -> set[str]:
    names: set[str] = g.setdefault("written_fields", set())
    return names


def _texts(fields: Iterable[Field]) -> Iterator[str]:
    """The names of those to write in, with those inside lists and groups of fields."""
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _texts(field)
        elif isinstance(field, StringField) and not isinstance(field, HiddenField | PasswordField):
            yield field.name


def _fill(fields: Iterable[Field]) -> None:
    for field in fields:
        if isinstance(field, FormField | FieldList):
            _fill(field)
        elif isinstance(field, StringField) and field.data is None:
            field.data = ""


def _wrong(fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    """The same of some fields, with those inside lists and groups of fields."""
    for field in fields:
        if isinstance(field, FormField | FieldList):
            yield from _wrong(field)
            own = [error for error in field.errors if isinstance(error, str)]
        else:
            own = list(_flat(field.errors))
        for message in own:
            name = str(field.label.text).rstrip(".。")
            yield field.id, _("%(field)s: %(message)s", field=name, message=message)


def _flat(errors: Any) -> Iterable[str]:
    if isinstance(errors, dict):
        for inner in errors.values():
            yield from _flat(inner)
    elif isinstance(errors, list | tuple):
        for inner in errors:
            yield from _flat(inner)
    else:
        yield str(errors)


def required() -> InputRequired:
    """The field may not be left empty."""
    return InputRequired(message=_l("Please fill in this field."))


def chosen() -> InputRequired:
    """One of the choices has to be taken."""
    return InputRequired(message=_l("Please choose one."))


def email() -> Email:
    """The form of an e-mail address."""
    return Email(message=_l("This does not look like an e-mail address."))


class MaxLength:
    """At most that many characters; says how many there are too many."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.field_flags = {"maxlength": limit} if limit <= 2_000 else {}

    def __call__(self, _form: Any, field: Field) -> None:
        surplus = len(field.data or "") - self.limit
        if surplus > 0:
            raise ValidationError(
                ngettext(
                    "This is %(num)s character too long; the limit is %(limit)s.",
                    "This is %(num)s characters too long; the limit is %(limit)s.",
                    surplus,
                    limit=self.limit,
                )
            )


def options(pairs: Iterable[tuple[Any, Any]], *, group: str | None = None) -> list[Any]:
    """What a field offers to choose from, as values and labels, maybe under a heading."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]


def language_options() -> list[Any]:
    """The ten languages by their own names."""
    return options((each.code, each.name) for each in LANGUAGES.values())


def offered(_form: Any, field: SelectFieldBase) -> None:
    """A select or radio field's value is one of those it offers (or empty)."""
    if field.data and field.data not in {value for value, *_rest in field.iter_choices()}:
        raise StopValidation(_("Please choose one of those offered."))


def all_offered(_form: Any, field: Any) -> None:
    """The same of a field's several values."""
    if not {*(field.data or ())} <= {value for value, *_rest in field.iter_choices()}:
        raise ValidationError(_l("Please choose among those offered."))


def _refuse(found: tuple[Problem, ...]) -> None:
    if found:
        data: dict[str, Any] = {"line": found[0].line, **found[0].data}
        raise StopValidation(words(Invalid(found[0].code, **data)))


def plain_line(_form: Any, field: Field) -> None:
    """A name or a title: one line, no control characters, nothing that turns the direction."""
    _refuse(line_problems(cast(str, field.data or "")))


def plain_text(_form: Any, field: Field) -> None:
    """Several lines of text without control characters or broken Unicode."""
    _refuse(unkeepable(field.data or ""))


def essay_text(_form: Any, field: Field) -> None:
    """A text in the text format, with everything the format forbids; it has no figures."""
    document = parse(field.data or "")
    _refuse(problems(field.data or "") or unknown_figures(document, ()))
