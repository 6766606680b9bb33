"""What a moderator or an organiser declares."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from app.moderation.conflicts.labels import KINDS
from app.moderation.conflicts.operations import LONGEST
from app.web.forms import Form, MaxLength, chosen, offered, options, plain_text


class ConflictForm(Form):
    """A kind of conflict, and words for the organisers.

    Its names are its own, since it stands on a page with other forms.
    """

    conflict_kind = RadioField(
        _l("Kind of conflict"),
        [chosen(), offered],
        choices=options((kind.value, label) for kind, label in KINDS.items()),
        validate_choice=False,
    )
    conflict_words = TextAreaField(_l("Explanation"), [MaxLength(LONGEST), plain_text])
