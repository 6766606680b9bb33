"""What a moderator fills in."""

from collections.abc import Iterable
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.contributions.following.operations import LONGEST_REASON
from app.core.errors import Conflict
from app.moderation.decisions.queries import HistoryItem
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.decisions.written import MOST_CHARACTERS
from app.moderation.message_templates.inserting import HelpedForm
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.reasons.labels import reason_label
from app.moderation.reasons.queries import TrackReason
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
from app.web.messages import words

#: Spam is not among them: it has a button of its own, which asks for nothing else.
CHOICES: Final[dict[Verdict, LazyString]] = {
    Verdict.ACCEPT: _l("Accept it"),
    Verdict.CHANGES: _l("Ask for changes"),
    Verdict.REJECT: _l("Reject it"),
    Verdict.DUPLICATE: _l("Reject it as a duplicate of another contribution"),
    Verdict.WRONG_TRACK: _l("Propose moving it to the other track"),
}

#: What a verdict says by itself isn't chosen beside it.
IMPLIED: Final = frozenset({Reason.SPAM, Reason.WRONG_TRACK})


class RevisionForm(Form):
    """A decision on the revision one has read; by itself, it says nothing but that it is spam."""

    revision_seen = HiddenField()

    @property
    def number_seen(self) -> int:
        """The revision's number; 0, which no revision has, for anything that isn't one."""
        data = self.revision_seen.data or ""
        return int(data) if data.isascii() and data.isdigit() and len(data) < 10 else 0


class UndoForm(Form):
    """Why a decision is taken back."""

    words = TextAreaField(_l("Reason"), [MaxLength(MOST_CHARACTERS), plain_text])
    again = SubmitField()


class TrackForm(Form):
    """An author’s answer to the proposal to move an essay to the other track."""

    words = TextAreaField(_l("Why it should stay"), [MaxLength(LONGEST_REASON), plain_text])
    stay = SubmitField()


class DecisionForm(HelpedForm, RevisionForm):
    """A verdict, its reasons, and words to the author."""

    verdict = RadioField(
        _l("Decision"),
        [chosen(), offered],
        choices=options((verdict.value, label) for verdict, label in CHOICES.items()),
        validate_choice=False,
    )
    reasons = SelectMultipleField(
        _l("Reasons"),
        [all_offered],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    points = TextAreaField(
        _l("What should be changed, point by point"), [MaxLength(MOST_CHARACTERS), plain_text]
    )
    words = TextAreaField(_l("Message to the author"), [MaxLength(MOST_CHARACTERS), plain_text])
    words_language = SelectField(
        _l("Language of your words"),
        [offered],
        choices=language_options(),
        validate_choice=False,
    )
    duplicate_of = StringField(
        _l("Number of the contribution it repeats"), [MaxLength(40), plain_text]
    )
    renew = SubmitField()

    conflict = False

    def offer(self, reasons: Iterable[TrackReason], templates: Iterable[MessageTemplate]) -> None:
        """Let these be chosen among, each with what it is for."""
        self.offer_templates(templates)
        self.reasons.choices = options(
            [
                (each.code, reason_label(each))
                for each in reasons
                if each.is_offered and each.code not in IMPLIED
            ]
        )

    @property
    def was_filled(self) -> bool:
        """Whether somebody has been writing in it."""
        return self.is_submitted() or bool(self.words.data or self.points.data)

    @property
    def asked(self) -> list[str]:
        """The points, one to a line."""
        return (self.points.data or "").splitlines()

    @property
    def written(self) -> str:
        """Everything in the moderator's own words."""
        return "\n\n".join(filter(None, (self.points.data, self.words.data)))

    def show(self, decision: HistoryItem) -> None:
        """Begin with what a decision said."""
        offered_here = {value for value, *_rest in self.verdict.iter_choices()}
        if decision.verdict in offered_here:
            self.verdict.data = decision.verdict.value
        self.reasons.data = list(decision.reasons)
        self.points.data = "\n".join(decision.points)
        self.words.data = decision.words
        self.words_language.data = decision.words_language or self.words_language.data
        self.duplicate_of.data = decision.duplicate_of

    def refuse(self, error: Conflict) -> None:
        """Say above the form why it came too late; what was written stays in it."""
        self.form_errors.append(words(error))
        self.conflict = True

    @property
    def status(self) -> int:
        """The same, or 409 when it came too late."""
        return 409 if self.conflict else super().status
