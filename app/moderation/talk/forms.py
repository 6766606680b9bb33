"""What is written into a conversation. The names are their own: it stands on pages with others."""

from typing import Any, Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from app.core.errors import Invalid
from app.moderation.message_templates.inserting import HelpedForm, template_field
from app.moderation.talk.models import Audience
from app.moderation.talk.operations import LONGEST
from app.web.forms import (
    Form,
    MaxLength,
    chosen,
    language_options,
    offered,
    options,
    plain_text,
    required,
)
from app.web.language import current

AUDIENCES: Final[dict[Audience, LazyString]] = {
    Audience.MODERATORS: _l("A note for moderators and organisers; the author never sees it"),
    Audience.AUTHOR: _l("A message to the author, who gets it by e-mail"),
}


class AnswerForm(Form):
    """Words in a language."""

    message = TextAreaField(_l("Message"), [required(), MaxLength(LONGEST), plain_text])
    message_language = SelectField(
        _l("Language of your message"),
        [chosen(), offered],
        choices=language_options(),
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"message_language": current().code, **kwargs})


class DeskForm(HelpedForm, AnswerForm):
    """The same, to whom a moderator chooses."""

    audience = RadioField(
        _l("What you want to write"),
        [chosen(), offered],
        choices=options((audience.value, label) for audience, label in AUDIENCES.items()),
        validate_choice=False,
    )
    template = template_field(id="message_template")

    def must_not_be_note(self) -> None:
        """Raises Invalid for a note: only a message is begun from a template and looked at.

        It stays a note then, so that what was written for moderators is never mailed.
        """
        if self.audience.data == Audience.MODERATORS.value:
            raise Invalid("message.is_note", field="audience")

    def address_author(self) -> None:
        """Take what nothing was chosen for as a message."""
        if self.audience.data:
            return
        self.audience.data = Audience.AUTHOR.value
        self.audience.raw_data = [self.audience.data]
