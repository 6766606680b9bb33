"""What a moderator says of a decision looked at a second time."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from app.documents.remarks import MOST_CHARACTERS
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.verdicts import Verdict
from app.web.forms import (
    Form,
    MaxLength,
    chosen,
    language_options,
    offered,
    options,
    plain_text,
)


class LookForm(Form):
    """What one would have decided, and why; :meth:`offer` says what was decided."""

    verdict = RadioField(
        _l("How would you have decided?"), [chosen(), offered], choices=[], validate_choice=False
    )
    words = TextAreaField(_l("Why"), [MaxLength(MOST_CHARACTERS), plain_text])
    language = SelectField(
        _l("Language of your words"), [offered], choices=language_options(), validate_choice=False
    )

    def offer(self, decided: Verdict) -> None:
        """Let one agree with that decision, or choose another."""
        # Translators: decision is for example “Rejected”.
        same = (decided.value, _("In the same way: %(decision)s", decision=VERDICTS[decided]))
        others = [
            # Translators: decision is for example “Rejected”.
            (each.value, _("Otherwise: %(decision)s", decision=label))
            for each, label in VERDICTS.items()
            if each is not decided
        ]
        self.verdict.choices = options([same, *others])
