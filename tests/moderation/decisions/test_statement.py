"""The statement of reasons: on the author's page, and in the mail."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.moderation.claims import operations as claiming
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import decide
from app.moderation.decisions.queries import standing_decision
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.signs.models import Inspection
from app.notifications.mails import render
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import mails

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def rejected(db: Session, people: Cast, at: Callable[[datetime], None]) -> Contribution:
    """Rejected at noon, by a moderator who was shown what the machine noticed."""
    at(NOON)
    contribution = make_contribution(db, people.author, edition=make_edition(db))
    assert contribution.revision_id is not None
    noticed = db.get(Inspection, contribution.id) or Inspection(contribution_id=contribution.id)
    noticed.revision_id, noticed.inspected_at = contribution.revision_id, clock.now()
    noticed.signs = [{"kind": "language", "found": "es"}, {"kind": "links_many", "number": 40}]
    db.add(noticed)
    db.flush()
    moderator = people.actor("moderator")
    claiming.claim(db, moderator, contribution.id)
    decide(
        db,
        moderator,
        contribution.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
        words_language="fr",
        revision_seen=1,
    )
    db.commit()
    return contribution


def test_author_s_page_states_the_reasons(
    browser: Callable[..., Browser], rejected: Contribution
) -> None:
    author = browser("author@example.org")
    author.get(f"/en/my/contributions/{rejected.id}/")
    [section] = author.tree.xpath("//section[@aria-labelledby='statement']")
    said = " ".join(section.text_content().split())
    assert "Rejected" in said
    assert "It concerns revision 1" in said
    assert "It does not address the question or the theme." in said
    assert "Hors sujet." in said
    assert "A person decided." in said
    assert "the language of the text and the links in it" in said
    assert "You can appeal until" in said
    assert section.xpath(".//a/@href")[0] == "/en/pages/charter/"
    assert "Moderator" not in said.replace("Moderators judge", "")


def test_mail_states_the_reasons(app: Flask, db: Session, rejected: Contribution) -> None:
    [mail] = mails(db)
    with app.app_context():
        text = render(mail, "https://site.example").text
    assert "The decision concerns revision 1 and was made on" in text
    assert "the language of the text and the links in it" in text
    assert "https://site.example/en/pages/charter/" in text
    assert "You can appeal until" in text


def test_a_decision_that_is_undone_states_nothing(
    db: Session, people: Cast, rejected: Contribution
) -> None:
    assert standing_decision(db, rejected) is not None
    [decision] = db.query(Decision)
    undo(db, people.actor("organiser"), decision.id, "Irrtum.")
    assert standing_decision(db, rejected) is None
    rejected.state = State.REJECTED.value
    assert standing_decision(db, rejected) is None
