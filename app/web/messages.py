"""What the rules' refusals say, in the reader's language: one entry for each error code."""

from typing import Final

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError

WORDS: Final[dict[str, LazyString]] = {
    # Texts (app/documents)
    "text.control_characters": _l("This contains characters that are not text."),
    "text.replacement_character": _l(
        "This contains characters that were damaged on the way (�). Please enter them again."
    ),
    "text.surrogate": _l("This contains broken characters. Please enter them again."),
    "text.bidi_override": _l(
        "This contains invisible characters that change the direction of the text. "
        "Please remove them."
    ),
    "text.line_break": _l("This has to be a single line."),
    "text.too_long": _l("This is longer than %(limit)s characters."),
    "text.too_deep": _l("Line %(line)s is nested too deeply to be read."),
    "footnote.undefined": _l("The footnote “%(label)s” is used but has no text."),
    "footnote.unused": _l("The footnote “%(label)s” has a text but is used nowhere."),
    "image.not_allowed": _l("Line %(line)s has an image; images can't be used here yet."),
    "link.scheme": _l(
        "Line %(line)s has a link that is not allowed; use https, http or mailto addresses."
    ),
    # Everything
    "forbidden": _l("Your account does not allow this."),
    "conflict": _l("This has changed since you opened it. Please look at it anew."),
}


def words(error: DomainError) -> str:
    """The sentence of that error; a general one where none is known."""
    known = WORDS.get(error.code)
    if known is None:
        return _("This is not possible at the moment.")
    return str(known) % error.data if error.data else str(known)
