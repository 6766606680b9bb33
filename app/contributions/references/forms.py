"""The forms of a draft's references: a box to paste into, and the fields of one."""

from typing import Any, Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField

from app.documents.references.items import (
    LONGEST,
    Item,
    clean,
    date_of,
    date_text,
    is_unstructured,
    names_of,
    names_text,
    unstructured,
)
from app.documents.references.reading import LONGEST_PASTE
from app.web.forms import Form, MaxLength, chosen, options, plain_line, plain_text, required

KINDS: Final[dict[str, LazyString]] = {
    "article-journal": _l("Article in a journal"),
    "book": _l("Book"),
    "chapter": _l("Chapter in a book"),
    "paper-conference": _l("Conference paper"),
    "article-newspaper": _l("Article in a newspaper or magazine"),
    "report": _lp("kind of work", "Report"),
    "thesis": _l("Thesis"),
    "webpage": _l("Page on the web"),
    "legal_case": _l("Decision of a court"),
    "legislation": _l("Legislation"),
    "treaty": _l("Treaty"),
    "document": _lp("kind of work", "Another kind of work"),
}


class PasteForm(Form):
    """References as they come out of other programs, or in plain words."""

    text = TextAreaField(
        _l("References to add"), [required(), MaxLength(LONGEST_PASTE), plain_text]
    )


class CorrectionForm(PasteForm):
    """The references of a published essay as data, and why they are corrected."""

    version = HiddenField()
    text = TextAreaField(_l("References"), [MaxLength(LONGEST_PASTE), plain_text])
    note = TextAreaField(_l("What is corrected"), [required(), MaxLength(5_000), plain_text])


def _line(label: LazyString) -> StringField:
    return StringField(label, [MaxLength(LONGEST), plain_line])


class ReferenceForm(Form):
    """One reference in its fields."""

    type = SelectField(_l("Kind of work"), [chosen()], choices=options([*KINDS.items()]))
    title = StringField(_l("Title or name"), [required(), MaxLength(LONGEST), plain_line])
    author = TextAreaField(_l("Authors"), [MaxLength(LONGEST), plain_text])
    editor = TextAreaField(_l("Editors"), [MaxLength(LONGEST), plain_text])
    container_title = _line(_l("Journal, book or site it is part of"))
    issued = _line(_l("Date of publication or decision"))
    authority = _line(_l("Court or issuing body"))
    number = _line(_l("Number of the case, law, treaty or report"))
    volume = _line(_l("Volume of the journal or series"))
    issue = _line(_l("Issue of the journal"))
    page = _line(_l("From page to page"))
    edition = _line(_l("Edition of the book"))
    publisher = _line(_l("Publisher"))
    publisher_place = _line(_l("Place of publication"))
    URL = _line(_l("Address on the web"))
    DOI = _line(_l("DOI (Digital Object Identifier)"))
    accessed = _line(_l("Accessed on"))
    note = _line(_l("Further details"))
    plain = BooleanField(_l("Keep it in plain words, as they stand in “Title or name”"))

    @classmethod
    def of(cls, item: Item) -> "ReferenceForm":
        """The form, filled from an item where nothing was posted."""
        data: dict[str, Any] = {name: _shown(item, _variable(name)) for name in _NAMES}
        return cls(data=data | {"plain": is_unstructured(item)})

    def item(self) -> Item:
        """What was entered. Raises Unusable."""
        if self.plain.data:
            return unstructured(self.title.data or "")
        raw: dict[str, Any] = {_variable(name): self[name].data or "" for name in _NAMES}
        for name in ("author", "editor"):
            raw[name] = names_of(raw[name])
        for name in ("issued", "accessed"):
            raw[name] = date_of(raw[name])
        return clean(raw)


_NAMES: Final = (
    *("type", "title", "author", "editor", "container_title", "issued", "authority", "number"),
    *("volume", "issue", "page", "edition", "publisher", "publisher_place", "URL", "DOI"),
    *("accessed", "note"),
)


def _variable(name: str) -> str:
    return name.replace("_", "-")


def _shown(item: Item, name: str) -> str:
    if name in {"author", "editor"}:
        return names_text(item.get(name, ()))
    if name in {"issued", "accessed"}:
        return date_text(item.get(name))
    return str(item.get(name, ""))
