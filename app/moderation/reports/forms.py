"""What a reader reports, and how a case is closed."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.documents.remarks import MOST_CHARACTERS
from app.editions.charter import Rules
from app.editions.forms import offer_rules, rule_field
from app.moderation.reports.labels import COMPLAINTS
from app.moderation.reports.models import CaseOutcome
from app.web.forms import (
    Form,
    MaxLength,
    chosen,
    email,
    language_options,
    offered,
    options,
    plain_text,
    required,
)

LONGEST_REPORT: Final = 2_000


class ReportForm(Form):
    """What is wrong with an essay, and where to write what came of it."""

    reason = RadioField(
        _l("What is wrong with it"),
        [chosen(), offered],
        choices=options((complaint.value, label) for complaint, label in COMPLAINTS.items()),
        validate_choice=False,
    )
    words = TextAreaField(_l("Please explain"), [required(), MaxLength(LONGEST_REPORT), plain_text])
    email = StringField(_l("E-mail address"), [Optional(), MaxLength(254), email()])


class CaseForm(Form):
    """What becomes of the essay, and why."""

    outcome = RadioField(
        _l("What becomes of the essay"),
        [chosen(), offered],
        choices=options(
            [
                (CaseOutcome.KEPT.value, _l("It stays as it is")),
                (CaseOutcome.REMOVED.value, _l("It is taken down")),
            ]
        ),
        validate_choice=False,
    )
    rule = rule_field()
    reason = TextAreaField(_l("Reason that readers see"), [MaxLength(MOST_CHARACTERS), plain_text])
    words = TextAreaField(_l("Note on the case"), [MaxLength(MOST_CHARACTERS), plain_text])
    language = SelectField(
        _l("Language of your words"),
        [offered],
        choices=language_options(),
        validate_choice=False,
    )

    def offer(self, rules: Rules, *, is_published: bool) -> None:
        """The charter's rules; and let an essay that is down already be left so only."""
        offer_rules(self.rule, rules)
        if not is_published:
            choices: Any = self.outcome.choices
            self.outcome.choices = [each for each in choices if each.value != CaseOutcome.KEPT]
