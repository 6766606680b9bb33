"""What an author and a moderator write about a decision, or a taking down."""

from typing import Final

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from app.documents.remarks import MOST_CHARACTERS
from app.moderation.appeals.models import Outcome
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

OUTCOMES: Final[dict[Outcome, LazyString]] = {
    Outcome.UPHELD: _l("The decision stands"),
    Outcome.GRANTED: _l("The decision is undone, and the essay waits for a new one"),
}
#: The same where a published essay was taken down.
OUTCOMES_OF_TAKING_DOWN: Final[dict[Outcome, LazyString]] = {
    Outcome.UPHELD: _l("The essay stays down"),
    Outcome.GRANTED: _l("The essay is published again"),
}


class AppealForm(Form):
    """Why the decision, or the taking down, should be looked at again."""

    words = TextAreaField(
        _l("Why the decision should be looked at again"),
        [required(), MaxLength(MOST_CHARACTERS), plain_text],
    )
    language = SelectField(
        _l("Language of your words"), [offered], choices=language_options(), validate_choice=False
    )

    def be_against_taking_down(self) -> None:
        """Speak of that, rather than of a decision."""
        self.words.label.text = _("Why the taking down should be looked at again")


class AnswerForm(Form):
    """What becomes of the decision, or of what was taken down, and a reply."""

    outcome = RadioField(
        _l("What becomes of the decision"),
        [chosen(), offered],
        choices=options((outcome.value, label) for outcome, label in OUTCOMES.items()),
        validate_choice=False,
    )
    reply = TextAreaField(
        _l("Answer to the author"), [required(), MaxLength(MOST_CHARACTERS), plain_text]
    )
    language = SelectField(
        _l("Language of your words"), [offered], choices=language_options(), validate_choice=False
    )

    def answer_taking_down(self) -> None:
        """Speak of the essay, which is down, rather than of a decision."""
        self.outcome.label.text = _("What becomes of the essay")
        self.outcome.choices = options(
            (outcome.value, label) for outcome, label in OUTCOMES_OF_TAKING_DOWN.items()
        )
