"""A search as its form shows it: the line itself, and a control for each thing it can say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.errors import Invalid, Several
from app.moderation.search.language import EVERYTHING, Search
from app.web.messages import words

#: How long it has waited, as the control offers it.
AGES: Final[dict[str, LazyString]] = {
    ">1d": _l("More than a day"),
    ">3d": _l("More than three days"),
    ">1w": _l("More than a week"),
    ">2w": _l("More than two weeks"),
}
FLAGS: Final[dict[str, LazyString]] = {
    "free": _l("Nobody has it in hand"),
    "claimed": _l("Somebody has it in hand"),
    "mine": _l("I have it in hand"),
    "resubmitted": _l("The author has revised it"),
    "appealed": _l("The author has appealed"),
}
#: In the order in which they write themselves into the line.
CONTROLS: Final = (
    "edition",
    "track",
    "theme",
    "question",
    "lang",
    "state",
    "age",
    "is",
    "reason",
    "number",
    "author",
)


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What was asked for, and what of it could not be understood.

    Attributes:
        line: as it was typed, or as the search writes itself.
        errors: by the name of the field, in the reader's language.
        is_built: whether controls were used, so that the search has a shorter address of its own.
        is_wide: whether the controls are shown.
    """

    search: Search
    line: str
    errors: dict[str, list[str]] = field(default_factory=dict)
    is_built: bool = False
    is_wide: bool = False

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "SearchForm":
        """Read an address's arguments."""
        line = arguments.get("q", "")
        is_built = any(name in arguments for name in CONTROLS)
        try:
            search = Search.parse(line).with_(_changed(arguments))
        except Several as error:
            return cls(EVERYTHING, line, _by_field(error.errors), is_wide=True)
        is_wide = bool(search) or "narrow" in arguments
        return cls(search, str(search), is_built=is_built, is_wide=is_wide)

    @property
    def chosen(self) -> dict[str, str]:
        """What each control shows."""
        return {name: self.search.only(name) for name in CONTROLS}


def _changed(arguments: Mapping[str, str]) -> dict[str, str]:
    """What controls say that did not say so when the form was shown (``was``).

    The others stay silent, lest they undo what was typed into the line.
    """
    try:
        was = Search.parse(arguments.get("was", ""))
    except Several:
        was = EVERYTHING
    said = {name: arguments[name].strip() for name in CONTROLS if name in arguments}
    return {name: value for name, value in said.items() if value != was.only(name)}


def _by_field(errors: list[Invalid]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.field or "q", []).append(words(error))
    return found
