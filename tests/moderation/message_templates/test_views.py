"""Message templates in pages, inserted into a decision; its preview."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.core.outbox import OutboxMail
from app.editions.models import Edition, Track
from app.moderation.decisions.models import Decision
from app.moderation.message_templates.models import MessageTemplate
from app.notifications.mails import render
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.conftest import mails
from tests.moderation.desk import REJECTION, number, page_of, state, take
from tests.moderation.message_templates.conftest import TEXT, prepare
from tests.moderation.reasons.conftest import add

LIST = "/en/organise/editions/standing/tracks/jurist/messages/"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def written(page: Browser) -> str:
    found: str = page.tree.xpath("string(//textarea[@name='words'])")
    return found.removeprefix("\n")


def test_an_organiser_prepares_a_message_in_pages(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/editions/standing/")
    assert LIST in organiser.tree.xpath("//main//a/@href")
    organiser.get(f"{LIST}new")
    assert "{question}" in organiser.page.text
    fields = {"language": "fr", "title": "Merci", "text": "Merci, {name}.", "verdicts": ["accept"]}
    assert organiser.submit(fields).status_code == 422
    [wrong] = organiser.tree.xpath("//*[@id='text-error']")
    assert "“{name}” is not a placeholder." in text(wrong)
    assert "{number} {title} {question} {edition}" in text(wrong)
    answer = organiser.submit({"text": "Merci pour {number}."})
    assert answer.headers["Location"] == LIST
    assert "Merci" in organiser.get(LIST).text
    db.rollback()
    made = db.scalars(select(MessageTemplate)).one()
    organiser.get(f"{LIST}{made.id}/texts?in=zh")
    refused = organiser.submit({"title": "致谢", "text": "{{number}}"})
    assert refused.status_code == 422
    assert organiser.submit({"text": "感谢您提交 {number}。"}).status_code == 303
    organiser.get(f"{LIST}{made.id}/offer")
    assert organiser.submit({"verdicts": ["accept", "changes"]}).status_code == 303
    db.rollback()
    db.refresh(made)
    assert made.text == {"fr": "Merci pour {number}.", "zh": "感谢您提交 {number}。"}
    assert made.verdicts == ["accept", "changes"]
    assert organiser.get(f"{LIST}999/texts").status_code == 404
    other = LIST.replace("jurist", "digital_actor")
    assert organiser.get(f"{other}{made.id}/texts").status_code == 404


def test_the_list_costs_the_same_with_more_templates(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    browser: Open,
    count_queries: Callable[[Engine], Any],
) -> None:
    organiser = browser("organiser@example.org")
    for more in (1, 2):
        for _each in range(more):
            prepare(db, people.actor("organiser"), track)
        db.commit()
        with count_queries(app.extensions["jsi_engine"]) as statements:
            assert organiser.get(LIST).status_code == 200
        assert len(statements) == 7


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_insert_puts_it_behind_what_was_written_and_loses_nothing(
    db: Session,
    people: Cast,
    template: MessageTemplate,
    waiting: Contribution,
    moderator: Browser,
    language: str,
) -> None:
    people.author.ui_language = language
    db.commit()
    take(moderator, waiting)
    said = REJECTION | {"points": "", "duplicate_of": "S-J-777", "words": "Before.\n"}
    page = moderator.submit(said | {"template": str(template.id), "insert": "1"}, form="#decision")
    assert page.status_code == 200
    own = "ar" if language == "ar" else "en"
    value = TEXT[own].replace("{number}", "\u2068S-J-001\u2069" if own == "ar" else "S-J-001")
    assert written(moderator) == f"Before.\n\n{value}"
    [chosen] = moderator.tree.xpath("//select[@name='words_language']/option[@selected]/@value")
    assert chosen == own
    assert moderator.tree.xpath("//input[@name='verdict'][@checked]/@value") == ["reject"]
    assert moderator.tree.xpath("//input[@name='reasons'][@checked]/@value") == ["sources"]
    assert moderator.tree.xpath("//input[@name='duplicate_of']/@value") == ["S-J-777"]
    assert number(db, Decision) == 0
    assert moderator.submit({}, form="#decision").status_code == 303
    db.rollback()
    decision = db.scalars(select(Decision)).one()
    assert (decision.words, decision.words_language) == (f"Before.\n\n{value}", own)


def test_insert_without_a_choice_or_with_another_track_s_is_refused(
    db: Session,
    people: Cast,
    standing: Edition,
    template: MessageTemplate,
    waiting: Contribution,
    moderator: Browser,
) -> None:
    from tests.moderation.reasons.conftest import track_of

    actors = track_of(db, standing, "digital_actor")
    other = prepare(db, people.actor("organiser"), actors, text="Theirs.")
    db.commit()
    take(moderator, waiting)
    for chosen in ("", str(other.id), "x"):
        page = moderator.submit(REJECTION | {"template": chosen, "insert": "1"}, form="#decision")
        assert page.status_code == 422
        assert "Please choose one." in text(moderator.tree.xpath("//*[@id='template-error']")[0])
        assert written(moderator) == REJECTION["words"]


def test_in_a_blind_track_nothing_tells_which_language_the_author_reads(
    db: Session,
    people: Cast,
    track: Track,
    template: MessageTemplate,
    waiting: Contribution,
    moderator: Browser,
) -> None:
    people.author.ui_language = "ar"
    track.is_blind = True
    db.commit()
    take(moderator, waiting)
    moderator.submit(REJECTION | {"template": str(template.id), "insert": "1"}, form="#decision")
    assert "شكرا" not in written(moderator)
    moderator.submit(REJECTION | {"preview": "1"}, form="#decision")
    [section] = moderator.tree.xpath("//section[@id='preview']")
    assert section.xpath("./div/@lang") == ["fr"]
    assert "They may have chosen another one" in text(section)


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize(
    "said",
    [
        REJECTION | {"reasons": ["sources", "not-in-force"]},
        {"verdict": "changes", "reasons": ["unclear"], "points": "Un.\nDeux."},
        {"verdict": "accept", "reasons": ["relevant"]},
        {"verdict": "wrong_track"},
    ],
    ids=["reject", "changes", "accept", "wrong_track"],
)
def test_preview_is_what_the_author_then_reads(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    waiting: Contribution,
    moderator: Browser,
    browser: Open,
    at: Callable[[datetime], None],
    language: str,
    said: dict[str, Any],
) -> None:
    at(NOON)
    people.author.ui_language = language
    add(db, people.actor("organiser"), track)
    db.commit()
    take(moderator, waiting)
    entries = db.scalar(select(func.count()).select_from(AuditEntry))
    said = {"words": "Merci <b>bien</b>.", "words_language": "fr"} | said
    page = moderator.submit(said | {"preview": "1"}, form="#decision")
    assert page.status_code == 200
    [section] = moderator.tree.xpath("//section[@id='preview']")
    [foreseen] = section.xpath(".//section[@aria-labelledby='statement']")
    letter = section.xpath("./article")[0]
    assert (number(db, Decision), number(db, OutboxMail)) == (0, 1)  # the receipt
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == entries
    assert state(db, waiting) == "submitted"

    assert moderator.submit(said, form="#decision").status_code == 303
    author = browser("author@example.org")
    author.get(f"/{language}/my/contributions/{waiting.id}/")
    [real] = author.tree.xpath("//section[@aria-labelledby='statement']")
    assert html.tostring(foreseen).split() == html.tostring(real).split()
    db.rollback()
    [mail] = mails(db)
    with app.app_context():
        rendered = render(mail, app.config["JSI"].address, published=said["verdict"] == "accept")
    body = html.document_fromstring(rendered.html)
    assert text(letter.xpath("./h3")[0]) == rendered.subject.strip()
    shown, sent = letter.xpath("./div")[0], body.xpath("//body")[0]
    assert "".join(text(shown).split()) == "".join(text(sent).split())
    assert letter.xpath("./div/@dir") == body.xpath("//body/div/@dir")
    assert letter.xpath(".//blockquote/@lang") == body.xpath("//blockquote/@lang")


def test_preview_of_something_incomplete_says_what_it_lacks(
    db: Session, waiting: Contribution, moderator: Browser
) -> None:
    take(moderator, waiting)
    page = moderator.submit({"verdict": "reject", "preview": "1"}, form="#decision")
    assert page.status_code == 422
    assert not moderator.tree.xpath("//section[@id='preview']")
    assert moderator.tree.xpath("//*[@id='reasons-error']")
    assert moderator.tree.xpath("//*[@id='words-error']")
    moderator.submit(REJECTION | {"reasons": ["nonsense"], "preview": "1"}, form="#decision")
    assert not moderator.tree.xpath("//section[@id='preview']")


def test_preview_and_insert_are_nobody_else_s(
    db: Session, people: Cast, template: MessageTemplate, waiting: Contribution, browser: Open
) -> None:
    for name in ("author", "stranger", "organiser"):
        visitor = browser(f"{name}@example.org")
        for pressed in ({"preview": "1"}, {"insert": "1", "template": str(template.id)}):
            answer = visitor.post(page_of(waiting), REJECTION | pressed)
            assert answer.status_code == 404, name
            assert "Thank you for" not in answer.text


def test_preview_shows_words_as_words(
    db: Session, people: Cast, track: Track, waiting: Contribution, moderator: Browser
) -> None:
    nasty = "<script>alert(1)</script>\n\nhttps://evil.example\n\n- a list {{ 7 * 7 }}"
    add(db, people.actor("organiser"), track, text="<img src=x onerror=alert(1)>")
    db.commit()
    take(moderator, waiting)
    said = REJECTION | {"words": nasty, "reasons": ["not-in-force"], "preview": "1"}
    page = moderator.submit(said, form="#decision")
    assert page.status_code == 200
    [section] = moderator.tree.xpath("//section[@id='preview']")
    assert "<script>alert(1)" in section.text_content()
    assert not section.xpath(".//script|.//img|.//a[contains(@href, 'evil')]")
    assert "49" not in text(section)
