"""The conversation over HTTP: at the desk, at the organisers', on the author's page."""

from dataclasses import replace

import pytest
from limits import parse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.contributions.models import Contribution
from app.editions.models import Track
from app.moderation.talk import operations
from app.moderation.talk import views as talk_views
from app.moderation.talk.models import Message
from app.web.limits import limiter
from tests.factories import Cast, make_edition
from tests.factories.contributions import make_contribution
from tests.http import Browser, Open

NOTE = "Entre nous, c’est faible."


@pytest.fixture
def essay(db: Session, people: Cast) -> Contribution:
    made = make_contribution(db, people.author, edition=make_edition(db))
    db.commit()
    return made


def test_a_conversation_from_page_to_page(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    moderator, author = browser("moderator@example.org"), browser("author@example.org")
    moderator.get(f"/en/moderation/{essay.id}/")
    written = {"message": "Quelle est\nla source ?", "message_language": "fr"}
    answer = moderator.submit(written | {"audience": "author"}, form="/messages/")
    assert answer.status_code == 303
    assert answer.location.endswith("/messages/#newest")

    mine = f"/en/my/contributions/{essay.id}/messages/"
    assert mine in author.get(f"/en/my/contributions/{essay.id}/").text
    author.get(mine)
    (words,) = author.tree.xpath("//ol[@class='talk']/li/div")
    assert (words.get("lang"), words.get("dir")) == ("fr", "ltr")
    assert "The moderators" in author.page.text
    assert people.moderator.name not in author.page.text
    assert author.submit({"message": "من الميثاق", "message_language": "ar"}).status_code == 303

    moderator.get(f"/en/moderation/{essay.id}/")
    shown = moderator.tree.xpath("//ol[@class='talk']/li/div")
    assert [each.get("dir") for each in shown] == ["ltr", "rtl"]


@pytest.mark.parametrize("name", ["author", "organiser_author"])
def test_notes_stay_at_the_desk(
    browser: Open, db: Session, people: Cast, essay: Contribution, name: str
) -> None:
    owner = people.author
    if name == "organiser_author":
        owner.roles = [*owner.roles, *people.organiser.roles]
    operations.note(db, people.actor("moderator"), essay.id, NOTE, language="fr")
    operations.write_to_author(db, people.actor("moderator"), essay.id, "Merci", language="fr")
    db.commit()
    somebody = browser("author@example.org")
    own = f"/en/my/contributions/{essay.id}/"
    pages = [
        *(own, f"{own}messages/", f"{own}compare", f"{own}authors/", "/en/my/contributions/"),
        *(f"/en/organise/contributions/{essay.id}/", f"/en/moderation/{essay.id}/"),
        *(
            f"/en/organise/contributions/{essay.id}/messages/",
            f"/en/moderation/{essay.id}/messages/",
        ),
    ]
    for address in pages:
        assert "c’est faible" not in somebody.get(address).text, address
    assert somebody.get(pages[-1]).status_code == 404
    assert somebody.get(pages[-2]).status_code == 403
    assert "faible" in browser("moderator@example.org").get(f"/en/moderation/{essay.id}/").text
    organised = f"/en/organise/contributions/{essay.id}/messages/"
    assert "faible" in browser("organiser@example.org").get(organised).text


def test_organisers_write_too(browser: Open, db: Session, essay: Contribution) -> None:
    organiser = browser("organiser@example.org")
    address = f"/en/organise/contributions/{essay.id}/"
    assert f"{address}messages/" in organiser.get(address).text
    organiser.get(f"{address}messages/")
    fields = {"message": "Bonjour", "message_language": "fr", "audience": "moderators"}
    assert organiser.submit(fields).status_code == 303
    assert db.scalars(select(Message.words)).one() == "Bonjour"
    # Not a moderator's: the desk is not theirs.
    assert organiser.get(f"/en/moderation/{essay.id}/messages/").status_code == 404


def test_what_is_missing_is_said_beside_its_field(browser: Open, essay: Contribution) -> None:
    moderator = browser("moderator@example.org")
    moderator.get(f"/en/moderation/{essay.id}/messages/")
    assert moderator.submit({"message": "Kept"}).status_code == 422
    assert moderator.tree.xpath("//*[@id='audience-error']")
    assert moderator.tree.get_element_by_id("message").text.strip() == "Kept"
    fields = {"message": "", "audience": "author"}
    assert moderator.submit(fields).status_code == 422
    assert moderator.tree.xpath("//*[@id='message-error']")
    fields = {"message": "x", "audience": "from_author"}
    assert moderator.submit(fields).status_code == 422


def test_strangers_find_nothing(browser: Open, essay: Contribution) -> None:
    stranger = browser("stranger@example.org")
    for address in (
        f"/en/moderation/{essay.id}/messages/",
        f"/en/my/contributions/{essay.id}/messages/",
    ):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"message": "x", "message_language": "en"}).status_code == 404


def test_nobody_writes_without_end(
    settings: Settings, people: Cast, essay: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk_views, "HOW_OFTEN", parse("1 per hour"))
    application = create_app(replace(settings, testing=False))
    application.config["WTF_CSRF_ENABLED"] = True
    address = f"/en/moderation/{essay.id}/messages/"
    fields = {"message_language": "en", "audience": "moderators"}
    try:
        moderator = Browser(application.test_client())
        moderator.sign_in(people.moderator.email)
        answers = [
            moderator.post(address, fields | {"message": f"{number}"}).status_code
            for number in range(2)
        ]
    finally:
        limiter.enabled = False
        application.extensions["jsi_engine"].dispose()
    assert answers == [303, 429]


def test_named_where_the_track_names_moderators(
    browser: Open, db: Session, people: Cast, essay: Contribution
) -> None:
    for track in db.scalars(select(Track)):
        track.hides_moderators = False
    operations.write_to_author(db, people.actor("moderator"), essay.id, "Merci", language="fr")
    db.commit()
    author = browser("author@example.org")
    assert people.moderator.name in author.get(f"/en/my/contributions/{essay.id}/messages/").text
