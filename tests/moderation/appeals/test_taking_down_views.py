"""The statement of reasons of a taking down, and the appeal against it, over HTTP."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, TakeDown
from app.contributions.states import State
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import SYSTEM
from app.editions import pages
from app.moderation.appeals.models import Appeal
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint
from app.notifications.mails import render
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open

WORDS = "Personne ne peut être reconnu."
REPLY = "C’est exact, je vous prie de nous excuser."
CHARTER = "Vorab.\n\n## Prudence {#prudence}\n\nRien de privé.\n\n## Sources {#sources}\n\nNotes."


@pytest.fixture
def published(db: Session, people: Cast) -> Contribution:
    pages.save(db, SYSTEM, "charter", "fr", title="Charte", body=CHARTER)
    essay = make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    db.commit()
    return essay


@pytest.fixture
def case(db: Session, people: Cast, published: Contribution) -> int:
    said = {"words": "On me reconnaît.", "language": "fr"}
    made = reporting.file(
        db, people.stranger.actor, published.number or "", Complaint.PRIVACY, **said
    )
    db.commit()
    return made.case_id


@pytest.fixture
def moderator(browser: Open, people: Cast) -> Browser:
    return browser("moderator@example.org")


@pytest.fixture
def author(browser: Open, people: Cast) -> Browser:
    return browser("author@example.org")


def own(essay: Contribution, tail: str = "", lang: str = "en") -> str:
    return f"/{lang}/my/contributions/{essay.id}/{tail}"


def close(visitor: Browser, case: int) -> None:
    visitor.get(f"/en/moderation/reports/{case}/")
    fields = {"outcome": "removed", "rule": "prudence", "reason": "صورة شخص.", "language": "ar"}
    assert visitor.submit(fields, form=0).status_code == 303


def test_the_reason_keeps_its_language_and_rule_from_the_form_to_page_tombstone_and_mail(
    app: Flask,
    db: Session,
    moderator: Browser,
    author: Browser,
    published: Contribution,
    case: int,
) -> None:
    moderator.get(f"/en/moderation/reports/{case}/")
    offered = moderator.tree.xpath("//select[@name='rule']/option/@value")
    assert offered == ["", "prudence", "sources"]
    close(moderator, case)
    page = author.get(own(published))
    [statement] = author.tree.xpath("//section[@aria-labelledby='statement']")
    [reason] = statement.xpath(".//blockquote")
    assert (reason.get("lang"), reason.get("dir")) == ("ar", "rtl")
    text = " ".join(statement.text_content().split())
    for expected in (
        "صورة شخص.",
        "1 reader had reported it:",
        "It reveals something private about somebody",
        "A person decided. Software had no part in it.",
        "You can appeal until",
    ):
        assert expected in text
    assert statement.xpath(".//a[@href='/en/pages/charter/#charter-prudence']/span[@lang='fr']")
    assert "Moderator" not in text.replace("Moderators judge", "").replace("Moderation rules", "")
    page = author.get(f"/en/contributions/{published.number}/")
    assert page.status_code == 410
    [reason] = author.tree.xpath("//main//div[p='صورة شخص.']")
    assert (reason.get("lang"), reason.get("dir")) == ("ar", "rtl")
    assert "It was taken down after reports by readers." in page.text
    assert author.tree.xpath("//main//a[@href='/en/pages/charter/#charter-prudence']")
    db.rollback()
    mail = db.scalars(select(OutboxMail).where(OutboxMail.kind == MailKind.REMOVED.value)).one()
    with app.test_request_context():
        written = render(mail, "https://site.example")
    assert "> صورة شخص." in written.text
    assert '<blockquote lang="ar" dir="rtl"' in written.html
    assert "1 reader had reported it:" in written.text
    assert "- It reveals something private about somebody" in written.text
    assert "https://site.example/en/pages/charter/#charter-prudence" in written.text
    assert '<bdi lang="fr" dir="ltr">Prudence</bdi>' in written.html
    assert "You can appeal until" in written.text
    assert f"https://site.example{own(published)}" in written.text


def test_what_organisers_found_themselves_is_said_to_be_so(
    browser: Open, author: Browser, people: Cast, published: Contribution
) -> None:
    organiser = browser("organiser@example.org")
    organiser.get(f"/fr/organise/contributions/{published.id}/remove")
    fields = {"reason": "Ohne Quellen.", "language": "de", "rule": "sources"}
    assert organiser.submit({**fields, "rule": "gone"}).status_code == 422
    assert organiser.submit({**fields, "language": "tlh"}).status_code == 422
    assert organiser.submit(fields).status_code == 303
    page = author.get(own(published))
    assert "the organisers acted on what they had found themselves." in page.text
    [reason] = author.tree.xpath("//section[@aria-labelledby='statement']//blockquote")
    assert reason.get("lang") == "de"
    [told] = author.tree.xpath("//ol[@class='timeline']//blockquote[@lang='de']")
    assert told.text_content().strip() == "Ohne Quellen."
    page = author.get(f"/en/contributions/{published.number}/")
    assert "The organisers took it down of their own accord." in page.text


@pytest.mark.parametrize("dated", [True, False])
def test_a_mail_owed_before_it_was_dated_says_nothing_of_reports(
    app: Flask, db: Session, people: Cast, published: Contribution, *, dated: bool
) -> None:
    organising.remove(db, people.organiser.actor, published.id, reason="Why.", language="en")
    db.flush()
    mail = db.scalars(select(OutboxMail).where(OutboxMail.kind == MailKind.REMOVED.value)).one()
    if not dated:
        new = ("decided_at", "appeal_until", "reports", "complaints", "zone", "rules")
        mail.data = {name: value for name, value in mail.data.items() if name not in new}
    with app.test_request_context():
        written = render(mail, "https://site.example")
    assert ("because of reports by readers" in " ".join(written.text.split())) is dated


def test_a_rule_that_is_no_longer_in_the_charter_breaks_nothing(
    db: Session, moderator: Browser, author: Browser, published: Contribution, case: int
) -> None:
    close(moderator, case)
    pages.save(db, SYSTEM, "charter", "fr", title="Charte", body="Soyez bons.")
    db.commit()
    assert author.get(own(published)).status_code == 200
    [link] = author.tree.xpath("//section[@aria-labelledby='statement']//a[contains(., 'Charter')]")
    assert link.get("href") == "/en/pages/charter/"
    assert author.get(f"/en/contributions/{published.number}/").status_code == 410
    assert "charter-prudence" not in author.get(own(published)).text


def test_author_appeals_and_another_moderator_publishes_it_again(
    app: Flask,
    db: Session,
    browser: Open,
    moderator: Browser,
    author: Browser,
    published: Contribution,
    case: int,
) -> None:
    close(moderator, case)
    author.get(own(published))
    assert author.tree.xpath("//main//a[@href=$a]", a=own(published, "appeal"))
    author.get(own(published, "appeal"))
    assert author.submit({"words": " "}).status_code == 422
    page = author.submit({"words": WORDS, "language": "fr"}, follow_redirects=True)
    assert "Your appeal has been received." in page.text
    db.rollback()
    filed = db.scalars(select(Appeal)).one()
    here = f"/en/moderation/appeals/{filed.id}/"
    assert moderator.get(here).status_code == 404
    assert moderator.post(here, {"outcome": "granted", "reply": "Non."}).status_code == 404
    assert here not in moderator.get("/en/moderation/appeals/").text
    other = browser("other.moderator@example.org")
    other.get("/en/moderation/appeals/")
    [line] = other.tree.xpath("//ol[@class='entries']/li")
    assert "Taken down" in line.text_content()
    page = other.get(here)
    assert WORDS in page.text
    assert "صورة شخص." in page.text
    assert "Test Moderator" not in page.text
    other.submit({}, form="/claim", follow_redirects=True)
    labels = [each.text_content() for each in other.tree.xpath("//fieldset[@id='outcome']//label")]
    assert labels == ["The essay stays down", "The essay is published again"]
    fields = {"outcome": "granted", "reply": REPLY, "language": "fr"}
    page = other.submit(fields, form=0, follow_redirects=True)
    assert "The appeal has been answered." in page.text
    assert author.get(f"/en/contributions/{published.number}/").status_code == 200
    page = author.get(own(published))
    assert "The appeal was granted: the essay was published again." in page.text
    assert REPLY in page.text
    assert not author.tree.xpath("//section[@aria-labelledby='statement']")
    kind = OutboxMail.kind == MailKind.APPEAL_ANSWERED.value
    db.rollback()
    mail = db.scalars(select(OutboxMail).where(kind)).one()
    with app.test_request_context():
        written = render(mail, "https://site.example", published=True)
    assert "Your contribution has been published again." in written.text
    assert f"https://site.example/en/contributions/{published.number}/" in written.text
    assert f"> {REPLY}" in written.text


def spoken(visitor: Browser, address: str | None = None) -> str:
    """What the page says, in one line; it must not say that anything was decided."""
    if address:
        assert visitor.get(address).status_code == 200
    # But for the list of keys, which is the same on all pages of the desk.
    words = visitor.tree.xpath("//title/text() | //main//text()[not(ancestor::dialog)]")
    said = " ".join("".join(words).split())
    assert "decision" not in said.lower()
    return said


def test_no_page_of_an_appeal_against_a_taking_down_speaks_of_a_decision(
    db: Session,
    browser: Open,
    moderator: Browser,
    author: Browser,
    published: Contribution,
    case: int,
) -> None:
    close(moderator, case)
    assert "Appeal against the taking down" in spoken(author, own(published))
    heading = "Appeal against the taking down"
    page = spoken(author, own(published, "appeal"))
    assert page.count(heading) == 2
    assert "A moderator who had no part in the taking down reads the essay" in page
    assert author.submit({"words": " "}).status_code == 422
    assert "Why the taking down should be looked at again" in spoken(author)
    author.submit({"words": WORDS, "language": "fr"}, follow_redirects=True)
    assert heading in spoken(author)
    db.rollback()
    appeal = db.scalars(select(Appeal)).one()
    organiser = browser("organiser@example.org")
    desk = f"/en/organise/contributions/{published.id}/"
    assert heading in spoken(organiser, f"{desk}record")
    workload = f"/en/organise/moderation/appeals/{appeal.id}/"
    assert "who had no part in the taking down, without" in spoken(organiser, workload)
    other = browser("other.moderator@example.org")
    here = f"/en/moderation/appeals/{appeal.id}/"
    spoken(other, here)
    other.submit({}, form="/claim", follow_redirects=True)
    spoken(other)
    spoken(other, f"{here}hand-over")
    other.get(here)
    assert other.submit({"outcome": "upheld", "reply": " "}, form=0).status_code == 422
    spoken(other)
    fields = {"outcome": "upheld", "reply": REPLY, "language": "fr"}
    assert other.submit(fields, form=0).status_code == 303
    for visitor, address in ((author, own(published)), (organiser, f"{desk}record")):
        assert "Appeal answered: the essay stays down" in spoken(visitor, address)


@pytest.mark.parametrize("late", [True, False])
def test_an_appeal_that_is_refused_is_not_said_to_be_against_a_decision(
    db: Session, author: Browser, published: Contribution, *, late: bool
) -> None:
    organising.remove(db, SYSTEM, published.id, reason="Droits.", language="fr")
    db.commit()
    author.get(own(published, "appeal"))
    if late:
        organising.restore(db, SYSTEM, published.id)
        db.commit()
    else:
        author.submit({"words": "Autre chose.", "language": "fr"})
        author.get(own(published))
    answer = author.post(own(published, "appeal"), {"words": WORDS, "language": "fr"})
    assert answer.status_code == 409
    assert "An appeal is not possible, or no longer possible." in spoken(author)


def test_nobody_else_appeals_over_http(
    db: Session, browser: Open, people: Cast, published: Contribution
) -> None:
    organising.remove(db, SYSTEM, published.id, reason="Droits.", language="fr")
    db.commit()
    for name in ("stranger", "moderator", "organiser"):
        visitor = browser(f"{name}@example.org")
        assert visitor.get(own(published, "appeal")).status_code == 404
        sent = visitor.post(own(published, "appeal"), {"words": WORDS, "language": "fr"})
        assert sent.status_code == 404
    db.rollback()
    assert db.scalars(select(Appeal)).all() == []
    assert db.scalars(select(TakeDown.reversed_at)).all() == [None]
