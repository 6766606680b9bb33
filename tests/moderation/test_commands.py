"""``contributions decide``."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import mails


@pytest.fixture
def waiting(db: Session, people: Cast) -> Contribution:
    contribution = make_contribution(db, people.author, edition=make_edition(db))
    db.commit()
    return contribution


def run(app: Flask, contribution_id: int, *arguments: str) -> tuple[int, str]:
    """Exit code and what was printed, on both streams."""
    result = app.test_cli_runner().invoke(
        args=["contributions", "decide", str(contribution_id), *arguments]
    )
    return result.exit_code, result.output.strip()


def state(db: Session, contribution: Contribution) -> str:
    db.rollback()
    db.refresh(contribution)
    return contribution.state


def test_decide_command_accepts(app: Flask, db: Session, waiting: Contribution) -> None:
    moderator = ("--moderator", "Moderator@example.org")
    assert run(app, waiting.id, "accept", *moderator, "--reason", "relevant") == (
        0,
        "S-J-001 published",
    )
    assert state(db, waiting) == State.PUBLISHED
    assert len(mails(db)) == 1


def test_decide_command_takes_reasons_and_words(
    app: Flask, db: Session, waiting: Contribution
) -> None:
    code, printed = run(
        app,
        waiting.id,
        *("changes", "--moderator", "moderator@example.org"),
        *("--reason", "sources", "--reason", "unclear"),
        *("--words", "Citez vos sources.", "--words-language", "fr"),
    )
    assert (code, printed) == (0, "S-J-001 changes_requested")
    decision = db.scalars(select(Decision)).one()
    assert decision.reasons == ["unclear", "sources"]
    assert (decision.words, decision.words_language) == ("Citez vos sources.", "fr")


def test_decide_command_spam_needs_nothing(app: Flask, db: Session, waiting: Contribution) -> None:
    assert run(app, waiting.id, "spam", "--moderator", "moderator@example.org")[0] == 0
    assert state(db, waiting) == State.SPAM
    assert mails(db) == []


def test_decide_command_takes_the_number_of_what_is_repeated(
    app: Flask, db: Session, people: Cast, waiting: Contribution
) -> None:
    edition = db.get_one(Edition, waiting.edition_id)
    first = make_contribution(db, people.author, edition=edition)
    db.commit()
    moderator = ("--moderator", "moderator@example.org")
    exit_code, printed = run(app, waiting.id, "duplicate", *moderator)
    assert (exit_code, "[decision.duplicate_needed]" in printed) == (1, True)
    found = run(app, waiting.id, "duplicate", *moderator, "--duplicate-of", str(first.number))
    assert found == (0, "S-J-001 rejected")
    assert db.scalars(select(Decision)).one().duplicate_of_id == first.id


def test_decide_command_proposes_the_other_track(
    app: Flask, db: Session, waiting: Contribution
) -> None:
    moderator = ("--moderator", "moderator@example.org")
    assert run(app, waiting.id, "wrong_track", *moderator) == (0, "S-J-001 changes_requested")
    assert db.scalars(select(Decision)).one().new_track == "digital_actor"


@pytest.mark.parametrize(
    ("email", "arguments", "code"),
    [
        ("nobody@example.org", ["accept", "--reason", "relevant"], "account.unknown"),
        ("organiser@example.org", ["accept", "--reason", "relevant"], "contribution.not_entrusted"),
        ("author@example.org", ["accept", "--reason", "relevant"], "contribution.not_entrusted"),
        ("moderator@example.org", ["accept"], "decision.reasons_needed"),
        ("moderator@example.org", ["reject", "--reason", "conduct"], "decision.words_needed"),
    ],
)
def test_decide_command_refused_says_why_in_one_line(
    app: Flask, db: Session, waiting: Contribution, email: str, arguments: list[str], code: str
) -> None:
    exit_code, printed = run(app, waiting.id, *arguments, "--moderator", email)
    assert exit_code == 1
    assert f"[{code}]" in printed
    assert len(printed.splitlines()) == 1
    assert state(db, waiting) == State.SUBMITTED
    # What had been claimed for the decision is let go with it.
    assert db.get(Claim, waiting.id) is None


def test_decide_command_respects_a_claim(
    app: Flask, db: Session, people: Cast, waiting: Contribution
) -> None:
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    exit_code, printed = run(app, waiting.id, "spam", "--moderator", "moderator@example.org")
    assert exit_code == 1
    assert "Other Moderator has this in hand until" in printed
    assert state(db, waiting) == State.SUBMITTED


def test_decide_command_twice_is_refused(app: Flask, db: Session, waiting: Contribution) -> None:
    arguments = ("spam", "--moderator", "moderator@example.org")
    assert run(app, waiting.id, *arguments)[0] == 0
    exit_code, printed = run(app, waiting.id, *arguments)
    assert exit_code == 1
    assert "[contribution.moved_on]" in printed


def test_decide_command_on_what_does_not_exist(app: Flask, people: Cast) -> None:
    exit_code, printed = run(app, 999, "spam", "--moderator", "moderator@example.org")
    assert (exit_code, "[contribution.unknown]" in printed) == (1, True)
