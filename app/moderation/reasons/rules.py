"""The rules of the charter that reasons rest on, by the anchors of its headings."""

from collections.abc import Iterable, Mapping
from typing import Final

from app.moderation.decisions.verdicts import Reason

#: Of the standard reasons; those of a track's own have the rule an organiser has chosen.
RULES: Final[Mapping[str, str]] = {
    Reason.RELEVANT: "question",
    Reason.OFF_TOPIC: "question",
    Reason.WRONG_TRACK: "question",
    Reason.SPAM: "question",
    Reason.UNCLEAR: "clarity",
    Reason.LANGUAGE: "clarity",
    Reason.SOURCES: "sources",
    Reason.DUPLICATE: "question",
    Reason.CONDUCT: "respect",
}


def rules_of(reasons: Iterable[str], own: Mapping[str, str]) -> tuple[str, ...]:
    """The rules these reasons rest on, each once; ``own`` are those of a track's own reasons."""
    found = (own.get(code) or RULES.get(code, "") for code in reasons)
    return tuple(dict.fromkeys(rule for rule in found if rule))
