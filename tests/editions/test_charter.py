"""The rules of the charter, and what becomes of one that goes."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Invalid
from app.core.policy import SYSTEM
from app.editions import charter, pages


def write(session: Session, language: str, body: str) -> None:
    pages.save(session, SYSTEM, "charter", language, title="Charter", body=body)


def test_rules_are_headings_with_an_anchor_in_each_language(session: Session) -> None:
    assert charter.rules(session) == {}
    write(session, "fr", "## Sources {#sources}\n\n## Sans nom\n\n## Respect {#respect}")
    write(session, "ar", "## المصادر {#sources}")
    assert charter.rules(session) == {
        "sources": {"fr": "Sources", "ar": "المصادر"},
        "respect": {"fr": "Respect"},
    }
    page = pages.page(session, "charter")
    assert page is not None
    assert '<h2 id="charter-sources">المصادر</h2>' in page.html["ar"]


def test_only_rules_of_the_charter_are_taken(session: Session) -> None:
    write(session, "fr", "## Sources {#sources}")
    assert charter.known_rule(session, "") == ""
    assert charter.known_rule(session, "sources") == "sources"
    with pytest.raises(Invalid, match=r"rule\.unknown"):
        charter.known_rule(session, "respect")
    # What has the rule already may keep it.
    assert charter.known_rule(session, "respect", "respect") == "respect"


def test_named_leaves_out_what_is_gone(session: Session) -> None:
    write(session, "fr", "## Sources {#sources}")
    found = charter.named(session, ["gone", "sources", ""])
    assert found == [{"rule": "sources", "title": {"fr": "Sources"}}]
