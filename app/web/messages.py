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
    "text.newline": _l("This has to be a single line."),
    "text.bidi_control": _l(
        "This contains invisible characters that change the direction of the text. "
        "Please remove them."
    ),
    "text.too_long": _l("This is longer than %(limit)s characters."),
    "text.too_deep": _l("Line %(line)s is nested too deeply to be read."),
    "footnote.undefined": _l("The footnote “%(label)s” is used but has no text."),
    "footnote.unused": _l("The footnote “%(label)s” has a text but is used nowhere."),
    "text.too_complex": _l("This text has more marks or table cells than can be processed."),
    "text.not_utf8": _l("This is not a text in UTF-8."),
    "footnote.duplicate": _l("The footnote “%(label)s” has two texts."),
    "image.not_allowed": _l("Line %(line)s has an image; images can't be used here yet."),
    "link.scheme": _l(
        "Line %(line)s has a link that is not allowed; use https, http or mailto addresses."
    ),
    # Contributions
    "contribution.unknown": _l("There is no such contribution."),
    "contribution.moved_on": _l("This contribution is no longer in the state you saw it in."),
    "draft.changed_elsewhere": _l("This draft has been saved elsewhere since you opened it."),
    "call.closed": _l(
        "The call for contributions is closed. Your draft is kept and can be submitted when it "
        "opens again."
    ),
    "language.unknown": _l("Please choose one of the ten languages."),
    "licence.unknown": _l("Please choose one of the licences."),
    "licence.not_offered": _l("This track does not offer that licence."),
    "authors.too_many": _l("At most %(limit)s authors can be named."),
    "authors.affiliation_missing": _l("Please name the affiliation of each author."),
    "keywords.too_many": _l("At most %(limit)s keywords can be given."),
    "question.other_track": _l("This question is asked of the other track."),
    "consent.publication_needed": _l("An essay can only be submitted if it may be published."),
    "responds_to.unknown": _l("There is no published contribution with the number %(number)s."),
    "body.too_short.words": _l(
        "The essay has %(length)s words; this track asks for at least %(limit)s."
    ),
    "body.too_long.words": _l(
        "The essay has %(length)s words; this track takes at most %(limit)s."
    ),
    "body.too_short.characters": _l(
        "The essay has %(length)s characters; this track asks for at least %(limit)s."
    ),
    "body.too_long.characters": _l(
        "The essay has %(length)s characters; this track takes at most %(limit)s."
    ),
    # Accounts
    "email.form": _l("This does not look like an e-mail address."),
    "email.taken": _l("There is already an account with this address."),
    "password.length": _l("A password has between %(shortest)s and %(longest)s characters."),
    "account.unknown": _l("There is no such account."),
    "account.reserved_role": _l(
        "Only administrators appoint and dismiss organisers and administrators."
    ),
    "account.last_administrator": _l("This is the last administrator; name another one first."),
    "account.no_languages": _l("Please choose at least one language this moderator reads."),
    "account.no_tracks": _l("Please choose at least one track this moderator serves."),
    "account.no_pairs": _l("Please choose at least one pair of languages."),
    "country.unknown": _l("Please choose one of the countries."),
    "track.unknown": _l("Please choose one of the tracks."),
    "pair.unknown": _l("A pair of languages looks like fr:ar, with two of the ten languages."),
    # Mail (app/notifications)
    "mail.not_found": _l("This message does not exist, or it has been sent."),
    # Everything
    "required": _l("Please fill in this field."),
    "forbidden": _l("Your account does not allow this."),
    "conflict": _l("This has changed since you opened it. Please look at it anew."),
}


def words(error: DomainError) -> str:
    """The sentence of that error; a general one where none is known."""
    known = WORDS.get(error.code)
    if known is None:
        return _("This is not possible at the moment.")
    return str(known) % error.data if error.data else str(known)
