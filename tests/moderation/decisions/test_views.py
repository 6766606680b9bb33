"""Deciding, prolonging and letting go over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import LEASE
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.http import Browser
from tests.moderation.conftest import COMPLETE, answer, mails
from tests.moderation.desk import REJECTION, WORDS, Open, messages, number, page_of, state, take


def test_decide_leads_back_to_the_queue(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    page = moderator.submit(REJECTION, form="#decision")
    assert (page.status_code, page.headers["Location"]) == (303, "/en/moderation/")
    moderator.get("/en/moderation/")
    assert "The essay has been rejected." in messages(moderator)
    assert state(db, waiting) == State.REJECTED
    decision = db.scalars(select(Decision)).one()
    assert (decision.verdict, decision.reasons) == ("reject", ["sources"])
    assert (decision.words, decision.words_language) == (WORDS, "fr")
    assert len(mails(db)) == 1


def test_decide_accept_publishes(
    db: Session, waiting: Contribution, moderator: Browser, people: Cast
) -> None:
    take(moderator, waiting)
    page = moderator.submit({"verdict": "accept", "reasons": ["relevant"]}, form="#decision")
    assert page.status_code == 303
    assert state(db, waiting) == State.PUBLISHED


def test_decide_accept_where_the_edition_releases_later(
    db: Session, people: Cast, moderator: Browser
) -> None:
    later = make_edition(db, "2019", release_later=True)
    contribution = make_contribution(db, people.author, edition=later)
    db.commit()
    take(moderator, contribution)
    moderator.submit({"verdict": "accept", "reasons": ["relevant"]}, form="#decision")
    assert state(db, contribution) == State.ACCEPTED


def test_decide_incomplete_is_shown_beside_the_fields(
    db: Session, waiting: Contribution, moderator: Browser, people: Cast
) -> None:
    take(moderator, waiting)
    page = moderator.submit({"verdict": "changes"}, form="#decision")
    assert page.status_code == 422
    [reasons] = moderator.tree.xpath("//*[@id='reasons-error']")
    [words] = moderator.tree.xpath("//*[@id='words-error']")
    assert "Please give at least one reason." in reasons.text_content()
    assert "Please write a message to the author." in words.text_content()
    assert moderator.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["changes"]
    page = moderator.submit({"words": WORDS}, form="#decision")
    assert page.status_code == 422
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert state(db, waiting) == State.SUBMITTED


@pytest.mark.parametrize(
    "forged",
    [
        {"verdict": "spam"},
        {"verdict": "publish"},
        {"reasons": ["nonsense"]},
        {"words_language": "tlh"},
        {"words": "a\x00b"},
        {"words": "a" * 5_001},
    ],
)
def test_decide_with_what_is_not_offered_is_refused(
    db: Session,
    waiting: Contribution,
    moderator: Browser,
    people: Cast,
    forged: dict[str, Any],
) -> None:
    take(moderator, waiting)
    assert moderator.submit(REJECTION | forged, form="#decision").status_code == 422
    assert state(db, waiting) == State.SUBMITTED


def test_decide_by_two_clicks_is_one_decision(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    form = moderator.page
    first = moderator.submit(REJECTION, form="#decision")
    moderator.page = form
    second = moderator.submit(REJECTION, form="#decision")
    assert (first.status_code, second.status_code) == (303, 303)
    assert number(db, Decision) == 1
    assert len(mails(db)) == 1


def test_decide_after_the_claim_ran_out_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    page = moderator.submit(REJECTION, form="#decision")
    assert page.status_code == 409
    assert "you no longer have this essay in hand" in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    page = moderator.submit({"renew": "1"}, form="#decision")
    assert page.status_code == 200
    assert "You have this essay in hand until" in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.tree.xpath("//input[@name='reasons'][@checked]/@value") == ["sources"]
    assert moderator.submit({}, form="#decision").status_code == 303
    assert db.scalars(select(Decision)).one().words == WORDS


def test_decide_after_another_took_over_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    claiming.claim(db, people.actor("other_moderator"), waiting.id)
    db.commit()
    for fields in (REJECTION, REJECTION | {"renew": "1"}):
        form = moderator.page
        assert moderator.submit(fields, form="#decision").status_code == 409
        assert "Other Moderator has this essay in hand until" in messages(moderator)
        assert WORDS in moderator.tree.xpath("string(//textarea[@readonly])")
        assert not moderator.tree.xpath("//input[@name='verdict']")
        moderator.page = form
    assert state(db, waiting) == State.SUBMITTED


def test_decide_after_another_decided_keeps_the_words(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    at(clock.now() + LEASE)
    deciding.claim_and_decide(
        db,
        people.actor("other_moderator"),
        waiting.id,
        Verdict.CHANGES,
        **COMPLETE[Verdict.CHANGES],
    )
    db.commit()
    assert moderator.submit(REJECTION, form="#decision").status_code == 409
    assert "Its state: Changes requested." in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@readonly])")
    assert number(db, Decision) == 1


def test_decide_after_the_author_took_it_back_is_a_page_not_found(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    from app.contributions.operations import withdraw

    take(moderator, waiting)
    withdraw(db, people.actor("author"), waiting.id)
    db.commit()
    assert moderator.submit(REJECTION, form="#decision").status_code == 404
    assert number(db, Decision) == 0


def test_decide_on_an_older_revision_shows_the_new_one_and_keeps_the_words(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    form = moderator.page
    deciding.decide(
        db,
        people.actor("moderator"),
        waiting.id,
        Verdict.CHANGES,
        **COMPLETE[Verdict.CHANGES],
        revision_seen=1,
    )
    answer(db, people, waiting)
    claiming.claim(db, people.actor("moderator"), waiting.id)
    db.commit()
    moderator.page = form
    assert moderator.submit(REJECTION, form="#decision").status_code == 409
    assert "The author has since submitted revision 2." in messages(moderator)
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.submit({}, form="#decision").status_code == 303
    assert state(db, waiting) == State.REJECTED


def test_decide_when_the_sign_in_has_expired_keeps_the_words(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser, browser: Open
) -> None:
    take(moderator, waiting)
    with moderator.client.session_transaction() as session:
        for key in [key for key in session if key.startswith(("_user", "_fresh", "fs_"))]:
            session.pop(key)
    away = moderator.submit(REJECTION, form="#decision")
    assert "/login" in away.headers["Location"]
    assert state(db, waiting) == State.SUBMITTED
    moderator.sign_in("moderator@example.org")
    moderator.get(page_of(waiting))
    assert WORDS in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert moderator.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["reject"]
    assert moderator.submit({}, form="#decision").status_code == 303
    assert state(db, waiting) == State.REJECTED


def test_renew_prolongs_and_keeps_what_is_written(
    db: Session,
    people: Cast,
    waiting: Contribution,
    moderator: Browser,
    at: Callable[[datetime], None],
) -> None:
    take(moderator, waiting)
    db.rollback()
    later = clock.now() + timedelta(minutes=20)
    at(later)
    page = moderator.submit({"words": "half a sen", "renew": "1"}, form="#decision")
    assert page.status_code == 200
    assert "half a sen" in moderator.tree.xpath("string(//textarea[@name='words'])")
    assert db.get_one(Claim, waiting.id).expires_at == later.astimezone(UTC) + LEASE
    assert number(db, Decision) == 0


def test_spam_needs_nothing_and_sends_no_mail(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    moderator.submit({}, form="/spam", follow_redirects=True)
    assert "marked as spam" in messages(moderator)
    assert state(db, waiting) == State.SPAM
    assert db.scalars(select(Decision)).one().reasons == ["spam"]
    assert mails(db) == []


def test_spam_without_a_claim_is_refused(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    moderator.post(page_of(waiting, "spam"), {"revision_seen": "1"}, follow_redirects=True)
    assert "You no longer have this in hand." in messages(moderator)
    assert state(db, waiting) == State.SUBMITTED


def test_release_gives_it_back(
    db: Session, people: Cast, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    moderator.submit({}, form="/release", follow_redirects=True)
    assert "The essay is back in the queue." in messages(moderator)
    assert number(db, Claim) == 0
