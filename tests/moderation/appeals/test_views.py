"""Appeals over HTTP: the author's page, the queue, the answer."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.moderation.appeals import operations
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open

WORDS = "La question est bien celle posée."
REPLY = "Vous avez raison."


@pytest.fixture
def rejected(db: Session, people: Cast) -> Contribution:
    """The author's essay, turned down by the moderator."""
    essay = make_contribution(db, people.author, edition=make_edition(db))
    deciding.claim_and_decide(
        db,
        people.moderator.actor,
        essay.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
        words_language="fr",
    )
    db.commit()
    return essay


@pytest.fixture
def filed(db: Session, people: Cast, rejected: Contribution) -> Appeal:
    decision = _decision(db, rejected)
    appeal = operations.file(db, people.author.actor, decision, words=WORDS, language="fr")
    db.commit()
    return appeal


def _decision(db: Session, essay: Contribution) -> int:
    return db.scalars(select(Decision.id).where(Decision.contribution_id == essay.id)).one()


def own(essay: Contribution, tail: str = "") -> str:
    return f"/en/my/contributions/{essay.id}/{tail}"


@pytest.fixture
def author(browser: Open, people: Cast) -> Browser:
    return browser("author@example.org")


@pytest.fixture
def other(browser: Open, people: Cast) -> Browser:
    return browser("other.moderator@example.org")


def test_author_appeals_from_their_page(
    db: Session, author: Browser, rejected: Contribution
) -> None:
    page = author.get(own(rejected))
    assert author.tree.xpath("//main//a[@href=$a]", a=own(rejected, "appeal"))
    page = author.get(own(rejected, "appeal"))
    assert page.status_code == 200
    page = author.submit({"words": " "})
    assert page.status_code == 422
    page = author.submit({"words": WORDS, "language": "fr"}, follow_redirects=True)
    assert "Your appeal has been received." in page.text
    assert "It has not been answered yet." in page.text
    [quotation] = author.tree.xpath("//section[@aria-labelledby='appeals']//blockquote")
    assert (quotation.get("lang"), quotation.get("dir")) == ("fr", "ltr")
    assert WORDS in quotation.text_content()
    assert not author.tree.xpath("//main//a[@href=$a]", a=own(rejected, "appeal"))
    assert db.scalars(select(Appeal.words)).all() == [WORDS]


@pytest.mark.parametrize("verdict", [Verdict.SPAM, Verdict.REJECT])
def test_author_is_told_until_when_on_their_page_of_spam_too(
    db: Session, people: Cast, author: Browser, verdict: Verdict
) -> None:
    """Of spam no mail is sent: the page is where they learn of it."""
    essay = make_contribution(db, people.author, edition=make_edition(db))
    said = {"reasons": [Reason.OFF_TOPIC], "words": "Hors sujet.", "words_language": "fr"}
    given = {} if verdict is Verdict.SPAM else said
    deciding.claim_and_decide(db, people.moderator.actor, essay.id, verdict, **given)
    made = db.scalars(select(Decision)).one()
    db.commit()
    author.get(own(essay))
    until = made.decided_at + timedelta(days=30)
    expected = until.strftime("%Y-%m-%dT%H:%M")
    [notice] = author.tree.xpath(
        "//main//div[@class='notice'][contains(., 'you can appeal until')]"
    )
    [statement] = author.tree.xpath("//section[@aria-labelledby='statement']")
    [said_above] = notice.xpath(".//time/@datetime")
    [said_below] = statement.xpath(".//p[contains(., 'You can appeal until')]//time/@datetime")
    assert said_above == said_below
    assert said_above.startswith(expected)
    assert author.get(own(essay, "appeal")).status_code == 200
    told = db.scalars(select(OutboxMail.kind).where(OutboxMail.recipient == "author@example.org"))
    assert ("decision" in set(told)) is (verdict is not Verdict.SPAM)


def test_author_cannot_appeal_twice(author: Browser, rejected: Contribution, filed: Appeal) -> None:
    page = author.get(own(rejected, "appeal"), follow_redirects=True)
    assert "An appeal is not possible, or no longer possible." in page.text


def test_author_sees_no_link_once_time_is_over(
    db: Session, author: Browser, rejected: Contribution
) -> None:
    db.get_one(Edition, rejected.edition_id).appeal_days = 0
    db.commit()
    page = author.get(own(rejected))
    assert page.status_code == 200
    assert own(rejected, "appeal") not in page.text
    assert author.get(own(rejected, "appeal")).location == own(rejected)


def test_appeal_that_comes_too_late_is_shown_to_be_copied(
    db: Session, author: Browser, rejected: Contribution
) -> None:
    author.get(own(rejected, "appeal"))
    form = author.page
    db.get_one(Edition, rejected.edition_id).appeal_days = 0
    db.commit()
    page = author.submit({"words": WORDS, "language": "fr"})
    assert page.status_code == 409
    assert "An appeal is not possible, or no longer possible." in page.text
    assert author.tree.xpath("string(//textarea[@readonly])") == WORDS
    db.get_one(Edition, rejected.edition_id).appeal_days = 30
    db.commit()
    # Sent twice by two clicks, it is one, and nothing of it is lost.
    for _click in range(2):
        author.page = form
        page = author.submit({"words": WORDS, "language": "fr"})
        assert page.location == own(rejected)
    author.page = form
    other_words = {"words": "Encore un mot.", "language": "fr"}
    assert author.submit(other_words).status_code == 409
    assert author.tree.xpath("string(//textarea[@readonly])") == "Encore un mot."


def test_appeals_are_counted_and_listed_for_who_had_no_part(
    browser: Open, other: Browser, filed: Appeal
) -> None:
    page = other.get("/en/moderation/")
    [link] = other.tree.xpath("//main//a[@href='/en/moderation/appeals/']")
    assert link.text_content() == "1 appeal waits for an answer."
    page = other.get("/en/moderation/appeals/")
    assert f"/en/moderation/appeals/{filed.id}/" in page.text
    assert "De la paix" in page.text
    decider = browser("moderator@example.org")
    page = decider.get("/en/moderation/")
    assert "/moderation/appeals/" not in decider.tree.xpath("string(//main)")
    assert "No appeal waits for you." in decider.get("/en/moderation/appeals/").text


def test_appeals_are_searched(other: Browser, filed: Appeal, rejected: Contribution) -> None:
    essay = f"/en/moderation/appeals/{filed.id}/"
    for found in (f"number:{rejected.number}", "lang:fr is:appealed", "is:free", "age:<1d"):
        assert essay in other.get(f"/en/moderation/appeals/?q={found}").text
    # The essay has waited longer than its appeal; what counts here is the appeal.
    for missed in ("lang:ar", "is:mine", "age:>1d", "state:spam", "reason:spam", "author:x"):
        page = other.get(f"/en/moderation/appeals/?q={missed}")
        assert "No appeal matches this search." in page.text


def test_appeal_is_taken_in_hand_and_granted(
    db: Session, other: Browser, author: Browser, filed: Appeal, rejected: Contribution
) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    page = other.get(here)
    assert WORDS in page.text
    assert "Hors sujet." in page.text
    page = other.submit({}, form="/claim", follow_redirects=True)
    assert "You have this appeal in hand until" in page.text
    assert other.submit({"outcome": "granted"}, form=0).status_code == 422
    page = other.submit(
        {"outcome": "granted", "reply": REPLY, "language": "fr"}, form=0, follow_redirects=True
    )
    assert "The appeal has been answered." in page.text
    db.rollback()
    db.refresh(filed)
    assert filed.outcome == Outcome.GRANTED
    page = author.get(own(rejected))
    assert "The appeal was granted: the decision was undone." in page.text
    assert REPLY in page.text
    assert "Other Moderator" not in page.text
    kind = OutboxMail.kind == MailKind.APPEAL_ANSWERED.value
    assert db.scalars(select(OutboxMail).where(kind)).one().recipient == "author@example.org"
    page = other.get("/en/moderation/")
    assert "After an appeal" in page.text


def test_appeal_that_somebody_else_answered_keeps_what_was_written(
    db: Session, people: Cast, other: Browser, filed: Appeal
) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    other.get(here)
    other.submit({}, form="/claim", follow_redirects=True)
    claim_gone = operations.release(db, people.other_moderator.actor, filed.id)
    assert claim_gone
    operations.claim(db, people.jurist_moderator.actor, filed.id)
    db.commit()
    page = other.submit({"outcome": "upheld", "reply": REPLY, "language": "fr"}, form=0)
    assert page.status_code == 422
    assert "has this in hand until" in page.text
    assert REPLY in page.text


def test_notes_on_an_appeal_that_come_too_late_are_shown_to_be_copied(
    db: Session, people: Cast, browser: Open, filed: Appeal
) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    note = {"to": str(people.jurist_moderator.id), "note": "Merci de relire."}
    other, organiser = browser("other.moderator@example.org"), browser("organiser@example.org")
    other.post(f"{here}claim")
    other.get(f"{here}hand-over")
    organiser.get(f"/en/organise/moderation/appeals/{filed.id}/")
    db.rollback()
    answering = people.other_moderator.actor
    operations.answer(db, answering, filed.id, Outcome.UPHELD, reply=REPLY, language="fr")
    db.commit()
    for visitor in (other, organiser):
        assert visitor.submit(note).status_code == 409
        assert "This appeal has been answered" in visitor.page.text
        assert visitor.tree.xpath("string(//textarea[@readonly])") == note["note"]


def test_appeal_is_released(db: Session, other: Browser, filed: Appeal) -> None:
    here = f"/en/moderation/appeals/{filed.id}/"
    other.get(here)
    other.submit({}, form="/claim", follow_redirects=True)
    page = other.submit({}, form="/release", follow_redirects=True)
    assert "The appeal is left to another moderator." in page.text


@pytest.mark.parametrize("name", ["moderator", "author", "stranger", "organiser"])
def test_appeal_is_not_there_for_others(browser: Open, filed: Appeal, name: str) -> None:
    visitor = browser(f"{name}@example.org")
    here = f"/en/moderation/appeals/{filed.id}/"
    assert visitor.get(here).status_code == 404
    for tail in ("", "claim", "release"):
        assert visitor.post(f"{here}{tail}", {}).status_code == 404


def test_appeals_are_told_in_the_timeline(
    app: Flask, author: Browser, browser: Open, filed: Appeal, rejected: Contribution
) -> None:
    assert "Appeal against the decision" in author.get(own(rejected)).text
    organiser = browser("organiser@example.org")
    page = organiser.get(f"/en/organise/contributions/{rejected.id}/")
    assert "Appeal against the decision" in page.text
    assert WORDS in page.text
