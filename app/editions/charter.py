"""The rules of the charter, on which decisions rest: its headings that have an anchor.

Organisers write the charter as they like, in ten languages. A rule that is no longer in it leads to
the page, and breaks nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import Reader
from app.core.errors import Invalid
from app.documents.anchors import anchors
from app.editions.models import Page

CHARTER: Final = "charter"

Rules = Mapping[str, Mapping[str, str]]
"""What each rule is called, by its anchor, in the charter's order; by language."""


def rules(session: Reader) -> Rules:
    """The rules of the charter as it is now. One query."""
    bodies = session.scalar(select(Page.body).where(Page.slug == CHARTER)) or {}
    found: dict[str, dict[str, str]] = {}
    for language, body in bodies.items():
        for name, words in anchors(body).items():
            found.setdefault(name, {})[language] = words
    return found


def known_rule(session: Session, rule: str, kept: str = "") -> str:
    """The rule, or "" for none in particular; ``kept`` may stay although it is no longer there.

    Raises Invalid (``rule.unknown``).
    """
    if rule and rule != kept and rule not in rules(session):
        raise Invalid("rule.unknown", field="rule")
    return rule


def named(session: Session, wanted: Iterable[str]) -> list[dict[str, Any]]:
    """Those of the rules that the charter has, with their names, as a mail keeps them."""
    known = rules(session)
    return [{"rule": each, "title": dict(known[each])} for each in wanted if each in known]
