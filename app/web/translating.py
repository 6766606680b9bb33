"""Editing the texts of a row in ten languages: one language a page, another one beside it.

The address says which language is edited (``?in=fr``) and which is shown beside it
(``&from=en``); the form carries the edited one too, so that a text never lands in another language,
and a mark of the texts it was opened with, so that it replaces none that nobody has seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Literal

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField

from app.core.errors import Invalid
from app.core.languages import LANGUAGES, Language
from app.core.localised import FALLBACKS
from app.documents.labels import NOTE_LABELS
from app.documents.render import render
from app.documents.text import normalise
from app.web import parking
from app.web.database import transaction
from app.web.forms import Form
from app.web.language import current

Save = Callable[[Session, str, dict[str, str]], object]
"""Writes the texts, by name, of one language; loads the row in the session it is given."""


class TextsForm(Form):
    """Base of the forms of one language's texts; the fields bear the row's attribute names.

    Attributes:
        names: the fields, in order; the first is the title. ``rendered``: those in the text format.
        anchors: whether headings in these may have names of their own.
    """

    names: ClassVar[tuple[str, ...]] = ("title",)
    rendered: ClassVar[tuple[str, ...]] = ()
    anchors: ClassVar[bool] = False

    language = HiddenField()
    seen = HiddenField()

    @property
    def text_fields(self) -> list[Field]:
        """The fields as the page shows them."""
        return [self._fields[name] for name in self.names]

    @property
    def texts(self) -> dict[str, str]:
        """What was entered."""
        return {name: self._fields[name].data or "" for name in self.names}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the ten languages: how far its texts are, and where they are edited."""

    language: Language
    address: str
    here: bool
    state: Literal["missing", "incomplete", "complete"]


@dataclass(slots=True)
class Translating:
    """The page.

    Attributes:
        address: of this page, for the form.
        language: being edited. ``reference``: shown beside it; None where there is no other.
        references: the languages that could be. ``beside``: the reference's texts by name.
        present: the texts in that language as they are now, by name.
        preview: the texts of ``form.rendered`` as readers would see them, when asked for.
    """

    form: TextsForm
    address: str
    language: Language
    reference: Language | None
    references: list[Tab]
    tabs: list[Tab]
    beside: dict[str, str]
    present: dict[str, str]
    written: bool
    preview: dict[str, Markup] = field(default_factory=dict)

    def is_outdated(self, texts: Mapping[str, str]) -> bool:
        """Whether these would replace others than the form was opened with."""
        seen, sent = self.form.seen.data, {name: _kept(text) for name, text in texts.items()}
        return bool(seen) and seen != _mark(self.present) and sent != self.present

    def show_present(self) -> None:
        """Let the texts there are now stand beside; sent again, the form replaces them."""
        self.reference, self.beside = self.language, self.present
        self.form.seen.data = _mark(self.present)


def edit(
    form_class: type[TextsForm], row: Any, save: Save, template: str, **context: Any
) -> Response | tuple[str, int]:
    """Show one language's texts of the row, preview them or save them.

    ``row`` holds a dictionary by language under each of the form's names. ``context`` must not
    hold rows: a refused save lets go of them.
    """
    values = {name: dict(getattr(row, name)) for name in form_class.names}
    page = _open(form_class, values)
    status = 200
    if page.form.is_submitted():
        if "clear" in request.form:
            return _save(page, save, dict.fromkeys(values, "")) or _shown(template, page, context)
        if not page.form.validate():
            status = 422
        elif "preview" in request.form:
            page.preview = _preview(page)
        else:
            return _save(page, save, page.form.texts) or _shown(template, page, context)
    return _shown(template, page, context, status)


def _shown(
    template: str, page: Translating, context: dict[str, Any], status: int = 422
) -> tuple[str, int]:
    return render_template(template, page=page, form=page.form, **context), status


def _mark(texts: Mapping[str, str]) -> str:
    return sha256("\0".join(texts.values()).encode()).hexdigest()[:16]


def _kept(text: str) -> str:
    return normalise(text).strip()


def _save(page: Translating, save: Save, texts: dict[str, str]) -> Response | None:
    if page.is_outdated(texts):
        page.show_present()
        page.form.reject(Invalid("texts.changed"))
        return None
    try:
        with transaction() as session:
            save(session, page.language.code, texts)
    except Invalid as error:
        page.form.reject(error)
        return None
    flash(_("The texts in %(language)s have been saved.", language=page.language.name), "success")
    return redirect(_address(page.language.code), 303)


def _open(form_class: type[TextsForm], values: Mapping[str, Mapping[str, str]]) -> Translating:
    kept = parking.take()
    entered = request.form if kept is None else kept
    code = entered.get("language") or request.args.get("in") or current().code
    if code not in LANGUAGES:
        abort(404)
    present = {name: texts.get(code, "") for name, texts in values.items()}
    own = present | {"language": code, "seen": _mark(present)}
    form = form_class(kept) if kept else form_class(data=own)
    reference = _reference(code, values)
    return Translating(
        form=form,
        address=_address(code),
        language=LANGUAGES[code],
        reference=LANGUAGES[reference] if reference else None,
        references=[
            Tab(language, _address(code, language.code), language.code == reference, "complete")
            for language in LANGUAGES.values()
            if language.code != code and _has(values, language.code)
        ],
        tabs=[
            Tab(language, _address(language.code), language.code == code, _state(values, language))
            for language in LANGUAGES.values()
        ],
        beside={name: texts.get(reference or "", "") for name, texts in values.items()},
        present=present,
        written=_has(values, code),
    )


def _reference(code: str, values: Mapping[str, Mapping[str, str]]) -> str | None:
    """What is shown beside: the language asked for, else the page's, else English, else any."""
    wished = (request.args.get("from", ""), current().code, *FALLBACKS, *LANGUAGES)
    return next((each for each in wished if each != code and _has(values, each)), None)


def _has(values: Mapping[str, Mapping[str, str]], code: str) -> bool:
    return any(texts.get(code) for texts in values.values())


def _state(
    values: Mapping[str, Mapping[str, str]], language: Language
) -> Literal["missing", "incomplete", "complete"]:
    """Incomplete is a language without a text that some other language has."""
    if not _has(values, language.code):
        return "missing"
    wanted = [texts for texts in values.values() if any(texts.values())]
    return "complete" if all(texts.get(language.code) for texts in wanted) else "incomplete"


def _address(code: str, reference: str | None = None) -> str:
    beside = reference or request.args.get("from")
    arguments: dict[str, Any] = {**(request.view_args or {}), "in": code, "from": beside}
    return url_for(str(request.endpoint), **arguments)


def _preview(page: Translating) -> dict[str, Markup]:
    code = page.language.code
    return {
        name: Markup(  # noqa: S704 - the renderer cleans
            render(
                page.form.texts[name],
                language=code,
                prefix="preview",
                labels=NOTE_LABELS[code],
                anchors=page.form.anchors,
            )
        )
        for name in page.form.rendered
    }
