"""The checks on the editor's page: what they find, in words that lead to the fields."""

from dataclasses import dataclass
from typing import Final

from flask import request
from flask_babel import gettext as _
from limits import parse

from app.contributions.checks import contribution as checking
from app.contributions.checks.essay import CODES, Finding
from app.contributions.essay import EssayInput
from app.contributions.forms import EssayForm
from app.contributions.models import Contribution
from app.editions.models import Track
from app.web import limits
from app.web.database import db
from app.web.messages import words
from app.web.people import actor

CHECKS: Final = parse("60 per minute")
SEEN: Final = "checks_seen"
"""The hidden field with the codes of what the author has been told already."""


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it is shown; ``target`` is the field it leads to, "" where there is none."""

    target: str
    text: str
    needed: bool


class Advice:
    """The checks of one visit to the editor.

    Attributes:
        lines: what was found; None where the checks were not made.
        holds: whether handing in waits until the author has seen what is doubted.
        seen: for the hidden field of the page.
    """

    def __init__(self, contribution: Contribution, track: Track, form: EssayForm) -> None:
        self.lines: list[Line] | None = None
        self.holds = False
        self.seen = request.form.get(SEEN, "")
        self._contribution, self._track, self._form = contribution, track, form

    def give(self, essay: EssayInput) -> None:
        """Make the checks and show what they find."""
        limits.spend(CHECKS, "checks", actor().id)
        self._show(checking.findings(db, self._contribution, essay, self._track))

    def is_news(self, essay: EssayInput) -> bool:
        """Before handing in: whether a check doubts something that this page has not said yet.

        It is shown then, and the next press of the button hands in: help, not a gate. What sends
        no ``checks_seen`` is no page of ours and is not held up.
        """
        if SEEN not in request.form:
            return False
        found = checking.findings(db, self._contribution, essay, self._track)
        doubts = {each.error.code for each in found if not each.needed} & CODES.keys()
        needed = any(each.needed for each in found)
        if needed or doubts <= set(self.seen.split()):
            return False
        self._show(found)
        self.holds = True
        return True

    def _show(self, found: list[Finding]) -> None:
        self.lines = [self._line(each) for each in found]
        self.seen = " ".join(sorted({each.error.code for each in found if not each.needed}))

    def _line(self, finding: Finding) -> Line:
        name, text = finding.error.field or "", words(finding.error)
        if name not in self._form:
            return Line("", text, finding.needed)
        field = self._form[name]
        label = str(field.label.text).rstrip(".。")
        message = _("%(field)s: %(message)s", field=label, message=text)
        return Line(field.id, message, finding.needed)
