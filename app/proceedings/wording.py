"""The words for builds' states, steps, formats and languages, in the reader's language."""

from typing import Final

from babel.units import format_unit
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.core.languages import LANGUAGES
from app.proceedings.book import MULTI
from app.proceedings.states import BuildState

BUILD_STATES: Final[dict[BuildState, LazyString]] = {
    BuildState.WAITING: _lp("state of a book that is being built", "Waiting"),
    BuildState.RUNNING: _lp("state of a book that is being built", "In progress"),
    BuildState.DONE: _lp("state of a book that is being built", "Finished"),
    BuildState.FAILED: _lp("state of a book that is being built", "Failed"),
}

BUILD_TONES: Final[dict[BuildState, str]] = {
    BuildState.WAITING: "warn",
    BuildState.RUNNING: "warn",
    BuildState.DONE: "good",
    BuildState.FAILED: "bad",
}

STEPS: Final[dict[str, LazyString]] = {
    "assemble": _l("Putting the volume together"),
    "read": _l("Reading the essays"),
    "check": _l("Checking the characters"),
    "typeset": _l("Typesetting"),
    "pack": _l("Packing the book"),
    "store": _l("Storing the file"),
}

FORMAT_NAMES: Final = {"pdf": "PDF", "epub": "EPUB"}

EACH_ITS_OWN: Final[LazyString] = _l("Each essay in its own language")


def language_choices() -> list[tuple[str, str | LazyString]]:
    """What a volume can be built in: ten languages by their own names, and all of them mixed."""
    return [*((each.code, each.name) for each in LANGUAGES.values()), (MULTI, EACH_ITS_OWN)]


def file_size(size: int) -> str:
    """A number of bytes as people say it, in the reader's language."""
    unit, divisor = ("megabyte", 1e6) if size >= 1e6 else ("kilobyte", 1e3)
    return format_unit(round(size / divisor, 1), unit, "short", locale=get_locale())
