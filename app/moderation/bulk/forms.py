"""What is to be done to all that a search finds."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.moderation.bulk.acts import Action
from app.moderation.bulk.labels import ACTIONS
from app.moderation.bulk.operations import LONGEST_WORDS
from app.moderation.decisions.verdicts import Reason
from app.web.forms import (
    Form,
    MaxLength,
    all_offered,
    chosen,
    language_options,
    offered,
    options,
    plain_text,
)

#: What a verdict says by itself, or what takes a look at each.
_APART: Final = frozenset({Reason.SPAM, Reason.DUPLICATE, Reason.WRONG_TRACK})


class BulkForm(Form):
    """An action, with what it says and who is given it."""

    action = RadioField(_l("What to do"), [chosen(), offered], validate_choice=False)
    reasons = SelectMultipleField(
        _l("Reasons"),
        [all_offered],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    points = TextAreaField(
        _l("What should be changed, point by point"), [MaxLength(LONGEST_WORDS), plain_text]
    )
    words = TextAreaField(_l("Message to the authors"), [MaxLength(LONGEST_WORDS), plain_text])
    words_language = SelectField(
        _l("Language of your words"),
        [offered],
        choices=language_options(),
        validate_choice=False,
    )
    to = SelectField(_l("Moderator it is given to"), [offered], validate_choice=False)
    note = TextAreaField(
        _l("Note for moderators and organisers"), [MaxLength(LONGEST_WORDS), plain_text]
    )

    def offer(
        self,
        actions: Iterable[Action],
        moderators: Iterable[tuple[int, str]],
        reasons: Mapping[str, Markup],
    ) -> None:
        """Let these be chosen among."""
        self.action.choices = options((each.value, ACTIONS[each]) for each in actions)
        self.reasons.choices = options([each for each in reasons.items() if each[0] not in _APART])
        self.to.choices = options([("", "–"), *((str(id), name) for id, name in moderators)])

    def show(self, action: Action, choices: Mapping[str, Any]) -> None:
        """Fill it in as it was for another run."""
        self.action.data = action.value
        self.reasons.data = choices.get("reasons", [])
        self.points.data = "\n".join(choices.get("points", ()))
        self.words.data = choices.get("words", "")
        self.words_language.data = choices.get("words_language") or self.words_language.data
        self.to.data = str(choices.get("to", ""))
        self.note.data = choices.get("note", "")

    @property
    def choices(self) -> dict[str, Any]:
        """What goes with the action."""
        return {
            "reasons": self.reasons.data or [],
            "points": (self.points.data or "").splitlines(),
            "words": self.words.data or "",
            "words_language": self.words_language.data or "",
            "to": int(self.to.data) if self.to.data else None,
            "note": self.note.data or "",
        }
