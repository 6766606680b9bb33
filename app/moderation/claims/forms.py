"""Whom something is given to, and what one has to say to them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from wtforms import HiddenField, RadioField, TextAreaField

from app.moderation.claims.handing import LONGEST_NOTE
from app.moderation.claims.queries import Colleague
from app.web.forms import Form, MaxLength, chosen, offered, options, plain_text


class GivingForm(Form):
    """One of the colleagues it may be given to, and a note."""

    to = RadioField(_l("Give it to"), [chosen(), offered], validate_choice=False)
    note = TextAreaField(_l("Note"), [MaxLength(LONGEST_NOTE), plain_text])
    holder_seen = HiddenField()

    def offer(self, colleagues: Iterable[Colleague]) -> None:
        """Let the colleagues be chosen among, each with how many they have in hand."""
        self.to.choices = options((str(each.id), _called(each)) for each in colleagues)

    @property
    def given(self) -> dict[str, Any]:
        """To whom, by id, and with which note, as operations take it."""
        return {"to": int(self.to.data), "note": self.note.data or ""}

    @property
    def holder(self) -> int | None:
        """Whose it was when the form was opened."""
        data = self.holder_seen.data or ""
        return int(data) if data.isascii() and data.isdigit() and len(data) < 10 else None


def _called(colleague: Colleague) -> Markup:
    number = ngettext("%(num)s in hand", "%(num)s in hand", colleague.in_hand)
    return Markup('<bdi>{}</bdi> <span class="quiet">{}</span>').format(colleague.name, number)
