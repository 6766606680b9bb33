"""The words for states, tracks, licences and the tracks' own fields, in the reader's language."""

from typing import Final

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.contributions.states import RevisionKind, State
from app.core.languages import Language
from app.editions.labels import LICENCES as LICENCES  # noqa: PLC0414 - known from here
from app.web.templating import number
from app.web.tracks import TRACKS as TRACKS  # noqa: PLC0414 - known from here

STATES: Final[dict[State, LazyString]] = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _lp("state of a contribution", "Submitted"),
    State.DECIDED: _l("Decided, not yet announced"),
    State.CHANGES_REQUESTED: _lp("state of a contribution", "Changes requested"),
    State.ACCEPTED: _lp("state of a contribution", "Accepted"),
    State.PUBLISHED: _lp("state of a contribution", "Published"),
    State.REJECTED: _lp("state of a contribution", "Rejected"),
    State.SPAM: _lp("state of a contribution", "Marked as spam"),
    State.WITHDRAWN: _lp("state of a contribution", "Withdrawn"),
    State.REMOVED: _lp("state of a contribution", "Taken down"),
}

STATE_TONES: Final[dict[State, str]] = {
    State.SUBMITTED: "warn",
    State.DECIDED: "warn",
    State.CHANGES_REQUESTED: "warn",
    State.ACCEPTED: "good",
    State.PUBLISHED: "good",
    State.REJECTED: "bad",
    State.SPAM: "bad",
    State.REMOVED: "bad",
}

REVISION_KINDS: Final[dict[RevisionKind, LazyString]] = {
    RevisionKind.SUBMISSION: _l("First submission"),
    RevisionKind.REQUESTED_CHANGE: _l("Answer to a request for changes"),
    RevisionKind.RESUBMISSION: _l("Submitted again after a withdrawal"),
    RevisionKind.CORRECTION: _l("Correction after publication"),
}

LICENCE_ADDRESSES: Final = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
}

EXTRA_FIELDS: Final[dict[str, LazyString]] = {
    "field_of_law": _l("Field of law"),
    "jurisdiction": _l("Legal system or jurisdiction"),
    "sector": _l("Sector"),
    "role": _l("Your role in the sector"),
}


def length_of(units: int, language: Language) -> str:
    """How long a text in that language is, in its unit, as the page's language says it."""
    written = number(units)
    said: str = (
        ngettext("%(written)s character", "%(written)s characters", units, written=written)
        if language.counts_characters
        else ngettext("%(written)s word", "%(written)s words", units, written=written)
    )
    return said
