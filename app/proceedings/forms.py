"""The forms of the organisers' volumes: they check shape, the operations check the rest."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from app.contributions.models import Contribution
from app.documents.profile import MAX_CHARACTERS
from app.editions.models import Edition
from app.proceedings.formats import FORMATS
from app.proceedings.queries import SectionView
from app.proceedings.wording import FORMAT_NAMES, language_choices
from app.web.forms import Form, MaxLength, chosen, essay_text, options, plain_line, required
from app.web.language import current
from app.web.templating import tr
from app.web.translating import TextsForm

LINE: Final = 300


class VolumeForm(Form):
    """Begin a volume."""

    edition = SelectField(_l("Edition"), [chosen()])
    slug = StringField(_l("Short name in addresses"), [required(), MaxLength(60)])
    title = StringField(_l("Title"), [required(), MaxLength(LINE), plain_line])

    def offer(self, editions: list[Edition]) -> None:
        """Set which editions may be chosen."""
        self.edition.choices = options((each.slug, str(tr(each.title))) for each in editions)


class VolumeTexts(TextsForm):
    """A volume's texts in one language."""

    names = ("title", "subtitle", "foreword")
    rendered = ("foreword",)

    title = StringField(_l("Title"), [MaxLength(LINE), plain_line])
    subtitle = StringField(_l("Subtitle"), [MaxLength(LINE), plain_line])
    foreword = TextAreaField(_l("Foreword"), [MaxLength(MAX_CHARACTERS), essay_text])


class SectionTexts(TextsForm):
    """A section's title in one language."""

    title = StringField(_l("Title"), [MaxLength(LINE), plain_line])


class NewSectionForm(Form):
    """A section of one's own, named in the page's language."""

    title = StringField(_l("Title of the section"), [required(), MaxLength(LINE), plain_line])


class BuildForm(Form):
    """Ask for the volume in a language and a format."""

    language = SelectField(_l("Language"), [chosen()])
    format = SelectField(_l("Format"), [chosen()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = options(language_choices())
        self.format.choices = options((code, FORMAT_NAMES[code]) for code in FORMATS)
        if not self.language.data:
            self.language.data = current().code


class EntryForm(Form):
    """Put one accepted essay in."""

    contribution = SelectField(_l("Accepted essay"), [chosen()], coerce=int)
    section = SelectField(_l("Section"))

    def offer(self, missing: list[Contribution], sections: Iterable[SectionView]) -> None:
        """Set the essays and the sections that may be chosen."""
        self.contribution.choices = options(
            (each.id, f"{each.number} – {each.title}") for each in missing
        )
        self.section.choices = options(
            [
                ("", _l("The section of its track and theme")),
                *((str(each.id), str(tr(each.title))) for each in sections),
            ]
        )
