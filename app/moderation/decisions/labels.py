"""How verdicts and reasons are called on pages and in mails."""

from collections.abc import Iterable
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.moderation.decisions.verdicts import Reason, Verdict

VERDICTS: Final[dict[Verdict, LazyString]] = {
    Verdict.ACCEPT: _lp("a moderator’s decision on a contribution", "Accepted"),
    Verdict.CHANGES: _lp("a moderator’s decision on a contribution", "Changes requested"),
    Verdict.REJECT: _lp("a moderator’s decision on a contribution", "Rejected"),
    Verdict.SPAM: _lp("a moderator’s decision on a contribution", "Marked as spam"),
    Verdict.DUPLICATE: _l("Rejected as a duplicate"),
    Verdict.WRONG_TRACK: _l("Move to the other track proposed"),
}

REASONS: Final[dict[Reason, LazyString]] = {
    Reason.RELEVANT: _l("It makes a relevant contribution to the question."),
    Reason.OFF_TOPIC: _l("It does not address the question or the theme."),
    Reason.UNCLEAR: _l("The argument is hard to follow."),
    Reason.SOURCES: _l("Statements lack sources, or the sources cannot be verified."),
    Reason.LANGUAGE: _l("The language needs revision."),
    Reason.CONDUCT: _l("It does not respect the charter."),
    Reason.SPAM: _l("It is advertising or was sent in bulk."),
    Reason.DUPLICATE: _l("It repeats a contribution that has already been submitted."),
    Reason.WRONG_TRACK: _l("It belongs in the other track."),
}

#: Automatic signs as an author reads of them, by the beginning of their kinds.
SIGNS: Final[dict[str, LazyString]] = {
    # Translators: follows “These automatic signs were shown to them:”.
    "language": _l("the language of the text"),
    # Translators: follows “These automatic signs were shown to them:”.
    "length": _l("its length"),
    # Translators: follows “These automatic signs were shown to them:”.
    "duplicate": _l("its likeness to another contribution"),
    # Translators: follows “These automatic signs were shown to them:”.
    "history": _l("earlier contributions of the same author"),
    # Translators: follows “These automatic signs were shown to them:”.
    "unreadable": _l("that the text could not be examined"),
}
# Translators: follows “These automatic signs were shown to them:”.
LINKS: Final = _l("the links in it")


def signs_in_words(kinds: Iterable[str]) -> list[str]:
    """What those signs are about, each once."""
    return list(dict.fromkeys(str(SIGNS.get(kind, LINKS)) for kind in kinds))
