"""Messages to authors begun from a template, and looked at before they are sent."""

from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.outbox import OutboxMail
from app.editions.models import Edition, Track
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.talk.models import Message
from app.notifications.mails import render
from tests.factories import Cast
from tests.http import Browser, Open
from tests.moderation.desk import number
from tests.moderation.message_templates.conftest import TEXT, prepare, template, track
from tests.moderation.reasons.conftest import track_of

__all__ = ["template", "track"]

SAID = {"message": "Où est la <b>source</b> ?", "message_language": "fr", "audience": "author"}


def talk_of(essay: Contribution) -> str:
    return f"/en/moderation/{essay.id}/messages/"


def written(visitor: Browser) -> str:
    [area] = visitor.tree.xpath("//textarea[@name='message']")
    return str(area.text or "").strip()


def words_of(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_insert_puts_it_behind_what_was_written_in_the_language_of_the_author(
    db: Session,
    people: Cast,
    template: MessageTemplate,
    waiting: Contribution,
    moderator: Browser,
    language: str,
) -> None:
    people.author.ui_language = language
    db.commit()
    moderator.get(f"/en/moderation/{waiting.id}/")
    pressed = {"insert": "1", "template": str(template.id)}
    page = moderator.submit(SAID | pressed | {"audience": ""}, form="/messages/")
    assert page.status_code == 200
    own = "ar" if language == "ar" else "en"
    value = TEXT[own].replace("{number}", "\u2068S-J-001\u2069" if own == "ar" else "S-J-001")
    assert written(moderator) == f"{SAID['message']}\n\n{value}"
    tree = moderator.tree
    assert tree.xpath("//select[@name='message_language']/option[@selected]/@value") == [own]
    assert tree.xpath("//input[@name='audience'][@checked]/@value") == ["author"]
    assert number(db, Message) == 0
    assert moderator.submit({}).status_code == 303
    db.rollback()
    sent = db.scalars(select(Message)).one()
    assert (sent.audience, sent.language) == ("author", own)
    assert sent.words.endswith(value)


def test_insert_without_a_choice_or_with_another_track_s_is_refused(
    db: Session,
    people: Cast,
    standing: Edition,
    template: MessageTemplate,
    waiting: Contribution,
    moderator: Browser,
) -> None:
    actors = track_of(db, standing, "digital_actor")
    other = prepare(db, people.actor("organiser"), actors, text="Theirs.")
    db.commit()
    moderator.get(talk_of(waiting))
    for chosen in ("", str(other.id), "x"):
        page = moderator.submit(SAID | {"template": chosen, "insert": "1"})
        assert page.status_code == 422
        assert (
            "Please choose one."
            in moderator.tree.get_element_by_id("message_template-error").text_content()
        )
        assert written(moderator) == SAID["message"]


@pytest.mark.parametrize("hides", [True, False])
@pytest.mark.parametrize("language", ["ar", "zh"])
def test_preview_is_the_mail_the_author_then_gets(
    app: Flask,
    db: Session,
    people: Cast,
    track: Track,
    waiting: Contribution,
    moderator: Browser,
    language: str,
    hides: bool,
) -> None:
    people.author.ui_language = language
    track.hides_moderators = hides
    db.commit()
    entries = db.scalar(select(func.count()).select_from(AuditEntry))
    moderator.get(talk_of(waiting))
    page = moderator.submit(SAID | {"audience": "", "preview": "1"})
    assert page.status_code == 200
    [letter] = moderator.tree.xpath("//section[@id='preview']/article")
    assert number(db, Message) == 0
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == entries
    assert moderator.submit({}).status_code == 303
    db.rollback()
    mail = db.scalars(select(OutboxMail).where(OutboxMail.kind == "message")).one()
    assert mail.language == language
    assert mail.data["sender"] == ("" if hides else people.moderator.name)
    with app.app_context():
        sent = render(mail, app.config["JSI"].address)
    body = html.document_fromstring(sent.html)
    assert words_of(letter.xpath("./h3")[0]) == " ".join(sent.subject.split())
    shown, there = letter.xpath("./div")[0], body.xpath("//body")[0]
    assert "".join(shown.text_content().split()) == "".join(there.text_content().split())
    assert letter.xpath(".//blockquote/@lang") == ["fr"]
    assert not letter.xpath(".//b")


@pytest.mark.parametrize("pressed", ["insert", "preview"])
def test_a_note_stays_a_note_whatever_was_pressed(
    db: Session, template: MessageTemplate, waiting: Contribution, moderator: Browser, pressed: str
) -> None:
    note = SAID | {"audience": "moderators"}
    for chosen in ("", str(template.id)):
        moderator.get(talk_of(waiting))
        page = moderator.submit(note | {"template": chosen, pressed: "1"})
        assert page.status_code == 422
        [error] = moderator.tree.xpath("//*[@id='audience-error']")
        assert "Please write a message to the author." in error.text_content()
        assert moderator.tree.xpath("//input[@name='audience'][@checked]/@value") == ["moderators"]
        assert written(moderator) == SAID["message"]
        assert not moderator.tree.xpath("//section[@id='preview']")
    assert moderator.submit({}).status_code == 303
    assert db.scalars(select(Message.audience)).one() == "moderators"
    assert "message" not in db.scalars(select(OutboxMail.kind)).all()


def test_what_could_not_be_inserted_is_no_message_yet(
    template: MessageTemplate, waiting: Contribution, moderator: Browser
) -> None:
    moderator.get(talk_of(waiting))
    assert moderator.submit(SAID | {"audience": "", "insert": "1"}).status_code == 422
    assert not moderator.tree.xpath("//input[@name='audience'][@checked]")


def test_the_enter_key_sends_and_inserts_nothing(
    template: MessageTemplate, waiting: Contribution, moderator: Browser
) -> None:
    for address in (talk_of(waiting), f"/en/moderation/{waiting.id}/"):
        moderator.get(address)
        [insert] = moderator.tree.xpath("//form[.//*[@name='audience']]//button[@name='insert']")
        first = insert.xpath("ancestor::form//button")[0]
        assert first.get("name") is None
        assert first.text_content() == "Send the message or save the note"


@pytest.mark.parametrize("pressed", ["insert", "preview"])
def test_what_was_kept_over_a_sign_in_is_only_shown(
    template: MessageTemplate, waiting: Contribution, browser: Open, pressed: str
) -> None:
    visitor = browser()
    fields = SAID | {"template": str(template.id), pressed: "1"}
    parked = visitor.post(talk_of(waiting), fields)
    assert (parked.status_code, "/login" in parked.location) == (303, True)
    visitor.sign_in("moderator@example.org")
    assert visitor.get(talk_of(waiting)).status_code == 200
    assert written(visitor) == SAID["message"]
    assert not visitor.tree.xpath("//*[@id='errors']")
    assert not visitor.tree.xpath("//section[@id='preview']")


def test_preview_of_nothing_says_so(waiting: Contribution, moderator: Browser) -> None:
    moderator.get(talk_of(waiting))
    page = moderator.submit({"message": " ", "message_language": "fr", "preview": "1"})
    assert page.status_code == 422
    assert moderator.tree.xpath("//*[@id='message-error']")
    assert not moderator.tree.xpath("//section[@id='preview']")


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
    moderator.get(talk_of(waiting))
    moderator.submit(SAID | {"template": str(template.id), "insert": "1"})
    assert "شكرا" not in written(moderator)
    moderator.submit(SAID | {"preview": "1"})
    [section] = moderator.tree.xpath("//section[@id='preview']")
    assert section.xpath(".//h3/@lang") == ["fr"]
    assert "They may have chosen another one" in section.text_content()


def test_neither_is_anybody_else_s(
    db: Session, people: Cast, template: MessageTemplate, waiting: Contribution, browser: Open
) -> None:
    for name in ("author", "stranger"):
        visitor = browser(f"{name}@example.org")
        for pressed in ({"preview": "1"}, {"insert": "1", "template": str(template.id)}):
            answer = visitor.post(talk_of(waiting), SAID | pressed)
            assert answer.status_code in {403, 404}, name
            assert "Thank you for" not in answer.text
    organiser = browser("organiser@example.org")
    desk = f"/en/organise/contributions/{waiting.id}/messages/"
    assert organiser.post(desk, SAID | {"preview": "1"}).status_code == 200
    assert organiser.tree.xpath("//section[@id='preview']")


def test_where_no_author_can_be_written_to_neither_is_offered(
    db: Session, people: Cast, template: MessageTemplate, waiting: Contribution, moderator: Browser
) -> None:
    waiting.state = State.SPAM.value
    db.commit()
    moderator.get(talk_of(waiting))
    assert not moderator.tree.xpath("//*[@name='template' or @name='preview' or @name='insert']")
    assert moderator.post(talk_of(waiting), SAID | {"preview": "1"}).status_code == 409
