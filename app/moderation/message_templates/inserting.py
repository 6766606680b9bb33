"""Beginning what is written to an author from a prepared message."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, SubmitField

from app.contributions.models import Contribution
from app.core.errors import Invalid
from app.moderation.message_templates.filling import filled
from app.moderation.message_templates.forms import template_choices
from app.moderation.message_templates.models import MessageTemplate
from app.web.forms import Form, offered, options


def template_field(**more: Any) -> SelectField:
    """Which template; ``id`` is another where two such forms stand on a page."""
    return SelectField(_l("Message template"), [offered], validate_choice=False, **more)


class HelpedForm(Form):
    """What is written to an author: templates to begin from, and a look at what they would read."""

    template = template_field()
    insert = SubmitField()
    preview = SubmitField()

    templates: tuple[MessageTemplate, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_templates(())

    def offer_templates(self, templates: Iterable[MessageTemplate]) -> None:
        """Let these be chosen among, each with what it is for."""
        self.templates = tuple(templates)
        self.template.choices = options(template_choices(self.templates))

    def put_template(
        self, words: Field, words_language: Field, contribution: Contribution, language: str
    ) -> None:
        """Put the chosen one behind the words, in that language or the one it falls back to.

        The contribution's edition and question have to be loaded. Raises Invalid where none is
        chosen.
        """
        chosen = [each for each in self.templates if str(each.id) == self.template.data]
        if not chosen:
            raise Invalid("template.none_chosen", field="template")
        found = filled(chosen[0].text, contribution, language)
        before = (words.data or "").rstrip()
        words.data = f"{before}\n\n{found.text}" if before else found.text
        words_language.data = found.language.code
        self.template.data = ""

    @property
    def status(self) -> int:
        """422 when something is wrong with it, else 200: it is also posted to be helped."""
        return 422 if self.error_list else 200
