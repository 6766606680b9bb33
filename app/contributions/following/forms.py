"""The forms of taking back and of giving more time."""

from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.fields import DateTimeLocalField
from wtforms.validators import StopValidation

from app.contributions.following.operations import LONGEST_REASON
from app.core.errors import Invalid
from app.editions.forms import LOCAL, moment_in
from app.web.forms import Form, MaxLength, plain_text, required
from app.web.messages import words


class WithdrawalForm(Form):
    """Why one takes an essay back, if one wants to say."""

    reason = TextAreaField(_l("Reason"), [MaxLength(LONGEST_REASON), plain_text])


def _is_moment(_form: Any, field: Any) -> None:
    if field.data is None:
        field.errors = []
        raise StopValidation(words(Invalid("deadline.form")))


class ExtensionForm(Form):
    """Until when, on the clocks of the edition, and why."""

    until = DateTimeLocalField(_l("It can be submitted until"), [_is_moment], format=LOCAL)
    reason = TextAreaField(
        _l("Reason, for the author"), [required(), MaxLength(LONGEST_REASON), plain_text]
    )

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        self.zone: Final = zone
        super().__init__(*args, **kwargs)

    def validate_until(self, _field: Any) -> None:
        """The moment exists on the clocks of the zone."""
        self.moment()

    def moment(self) -> datetime:
        """What was entered, as a moment."""
        assert self.until.data is not None, "validated"  # noqa: S101
        return moment_in(self.until.data, self.zone)
