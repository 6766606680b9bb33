"""What the merge view shows: what two versions of a draft both changed, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.contributions.essay import EssayInput
from app.contributions.forms import EssayForm
from app.contributions.models import Draft
from app.contributions.queries import number_of
from app.contributions.saving import operations as saving
from app.contributions.saving.merging import Choice, Clash, Merge, merge
from app.contributions.saving.queries import Save, present
from app.core.languages import LANGUAGES
from app.documents.compare import Change, Run, compare_line
from app.web.database import db

PICK: Final = "pick-"
_NOT_CARRIED: Final = frozenset({"csrf_token", "action", "theirs"})
_FIELDS: Final = {"question_id": "question", "responds_to_id": "responds_to"}
_LONGEST: Final = 20_000
"""Beyond that, the words of a passage are not compared."""


@dataclass(frozen=True, slots=True)
class Words:
    """Some words, and whether only this side has them."""

    text: str
    differ: bool


@dataclass(frozen=True, slots=True)
class Item:
    """Something to choose.

    Attributes:
        name: of the radio buttons. ``chosen``: the one that is on.
        is_text: whether it is in the essay's language (else in the page's).
    """

    name: str
    label: str
    mine: list[Words]
    theirs: list[Words]
    is_text: bool
    joinable: bool
    chosen: Choice


class MergePage:
    """Two versions of a draft beside each other.

    Attributes:
        theirs: the version that is stored; ``saved``: when and by whom.
        posted: the form as sent.
        carried: fields of the form that go along hidden: the person's own version as posted.
        items: what is to be chosen. ``taken``, ``kept``: passages that only the other version
            (only one's own) changed. ``fields``: labels of fields only the other version changed.
    """

    def __init__(
        self,
        theirs: Draft,
        form: EssayForm,
        mine: EssayInput,
        posted: MultiDict[str, str],
    ) -> None:
        self.theirs = theirs
        self.form = form
        self.saved: Save | None = present(db, theirs.contribution_id, theirs.version)
        base = saving.base_of(db, theirs.contribution_id, form.seen_version)
        self.merge: Merge = merge(base, EssayInput.of(theirs), mine)
        self.carried = [
            (name, value)
            for name, value in posted.items(multi=True)
            if name not in _NOT_CARRIED and not name.startswith(PICK)
        ]
        self._languages = (theirs.language, mine.language)
        # Chosen between other versions than these, it would mean something else.
        is_same = posted.get("theirs") == str(theirs.version)
        self._choices = {
            name.removeprefix(PICK): value
            for name, value in posted.items()
            if is_same and name.startswith(PICK)
        }
        self.items = [self._item(clash) for clash in self.merge.clashes]
        self.taken = self._passages(Choice.THEIRS)
        self.kept = self._passages(Choice.MINE)
        self.fields = [self._label(name) for name in self.merge.taken]

    @property
    def outcome(self) -> EssayInput:
        """The essay, as it was chosen."""
        return self.merge.outcome(self._choices)

    def _passages(self, source: Choice) -> list[str]:
        return [each.text for each in self.merge.body if each.source == source and each.text]

    def _item(self, clash: Clash) -> Item:
        theirs, mine = self._shown(clash.name, clash.theirs), self._shown(clash.name, clash.mine)
        picked = self._choices.get(clash.name, "")
        return Item(
            name=PICK + clash.name,
            label=self._label(clash.name),
            mine=_side(theirs, mine, self._languages, of_mine=True),
            theirs=_side(theirs, mine, self._languages, of_mine=False),
            is_text=isinstance(clash.theirs, str) and clash.name not in {"language", "licence"},
            joinable=clash.joined is not None,
            chosen=Choice(picked) if picked in {*Choice} else clash.usual,
        )

    def _label(self, name: str) -> str:
        field, _dot, key = name.partition(".")
        if field == "body":
            return str(_("Passage %(number)s", number=key))
        field = _FIELDS.get(field, key or field)
        return str(self.form[field].label.text) if field in self.form else field

    def _shown(self, name: str, value: Any) -> str:
        """A field's value in words."""
        match name, value:
            case "language", str():
                shown = LANGUAGES[value].name
            case (("question_id" | "licence"), _any):
                field = self.form[_FIELDS.get(name, name)]
                names = {str(each.value): str(each.label) for each in field.choices}
                shown = names.get(str(value or ""), "")
            case "responds_to_id", _any:
                shown = number_of(db, value)
            case "authors", list():
                shown = "\n".join(_author(each) for each in value)
            case _name, bool():
                shown = _("Yes") if value else _("No")
            case _name, list():
                shown = "\n".join(map(str, value))
            case _any:
                shown = str(value)
        return str(shown)


def _author(author: Mapping[str, Any]) -> str:
    named = [str(value) for value in author.values() if isinstance(value, str) and value]
    return " · ".join(named)


def _side(theirs: str, mine: str, languages: tuple[str, str], *, of_mine: bool) -> list[Words]:
    """One side's words, those the other lacks marked."""
    if max(len(theirs), len(mine)) > _LONGEST or not theirs or not mine:
        return [Words(mine if of_mine else theirs, differ=False)]
    row = compare_line(theirs, mine, old_language=languages[0], new_language=languages[1])
    return [
        Words(text, run.change is not Change.SAME)
        for run in row.runs
        if (text := _of(run, of_mine=of_mine))
    ]


def _of(run: Run, *, of_mine: bool) -> str:
    return "".join(piece.text for piece in (run.new if of_mine else run.old))
