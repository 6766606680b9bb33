"""Reasons in a reader's words."""

from collections.abc import Iterable, Mapping
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from app.core.db import Reader
from app.core.languages import Language
from app.core.localised import Localised, pick
from app.core.policy import Actor, TrackCode, can_organise
from app.moderation.decisions.labels import REASONS, VERDICTS
from app.moderation.decisions.verdicts import Reason
from app.moderation.reasons.queries import STANDARD, TrackReason, own_reasons
from app.web.language import current
from app.web.templating import spoken


def reason_in(language: Language, code: str, text: Mapping[str, str]) -> Localised:
    """A reason's words in the language that is being spoken (see ``force_locale``).

    A standard one has its usual words wherever the track has none of its own; one of the track's
    own falls back to another language.
    """
    if code in STANDARD:
        return Localised(text.get(language.code) or str(REASONS[Reason(code)]), language)
    return pick(text or {language.code: code}, language.code)


def reasons_in(
    language: Language, codes: Iterable[str], texts: Mapping[str, Any]
) -> list[Localised]:
    """The same of several; ``texts`` are by code those with words of the track's own."""
    return [reason_in(language, code, texts.get(code, {})) for code in codes]


def reason_words(decision: Any) -> list[Markup]:
    """A decision's reasons for this page, as it was made with them (a filter of templates)."""
    found = reasons_in(current(), decision.reasons, decision.reason_texts)
    return [spoken(each) for each in found]


def reason_label(reason: TrackReason) -> Markup:
    """What a moderator chooses, with the decisions it is offered for."""
    words = spoken(reason_in(current(), reason.code, reason.text))
    if not reason.verdicts:
        return words
    named = format_list([str(VERDICTS[each]) for each in reason.verdicts], locale=get_locale())
    return Markup('{} <span class="quiet">{}</span>').format(
        words, _("(Only for: %(verdicts)s.)", verdicts=named)
    )


def known_reasons(reader: Reader, actor: Actor) -> dict[str, str]:
    """All that decisions in the tracks the actor works with can give, by code. One query."""
    tracks = tuple(TrackCode) if can_organise(actor) else actor.serves
    standard = {code.value: str(label) for code, label in REASONS.items()}
    own = own_reasons(reader, tracks)
    return standard | {code: str(reason_in(current(), code, text)) for code, text in own.items()}
