"""Texts in ten languages, over HTTP: one at a time, another beside."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.languages import CODES
from app.editions import queries
from app.editions.models import Edition
from tests.editions.conftest import DESK, reread
from tests.factories import Cast
from tests.http import Browser, Open


def test_texts_are_edited_one_language_at_a_time(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=ar")
    title = organiser.tree.get_element_by_id("title")
    assert (title.get("lang"), title.get("dir")) == ("ar", "rtl")
    assert title.get("value") == edition.title["ar"]
    answer = organiser.submit({"title": "عنوان جديد"})
    assert answer.status_code == 303
    assert "in=ar" in answer.location
    saved = reread(db)
    assert saved.title["ar"] == "عنوان جديد"
    assert saved.title["fr"] == "Édition standing"
    assert saved.description == edition.description


def test_texts_say_which_languages_are_missing(organiser: Browser, edition: Edition) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    tabs = organiser.tree.xpath("//a[@class='tab']")
    assert len(tabs) == len(CODES)
    missing = {tab.xpath("./span[1]/@lang")[0] for tab in tabs if "missing" in tab.text_content()}
    assert missing == {"de", "zh-Hans", "ko", "es", "it", "pt", "ru"}


def test_texts_say_which_languages_are_incomplete(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    db.merge(edition).description = {"fr": "Texte"}
    db.commit()
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    tabs = organiser.tree.xpath("//a[@class='tab'][contains(., 'incomplete')]/span[1]/@lang")
    assert set(tabs) == {"en", "ar"}


def test_texts_show_a_reference_beside(organiser: Browser, edition: Edition) -> None:
    def beside() -> list[str]:
        return [
            item.get("lang") + ": " + item.text
            for item in organiser.tree.xpath("//div[@class='verbatim']")
        ]

    organiser.get("/fr/organise/editions/standing/texts?in=ko")
    assert beside()[0] == "fr: Édition standing"
    organiser.get("/de/organise/editions/standing/texts?in=ko")
    assert beside()[0] == "en: Edition standing"
    organiser.get("/fr/organise/editions/standing/texts?in=ko&from=ar")
    assert beside()[0] == "ar: دورة standing"
    # Saving keeps the language that was chosen to stand beside.
    assert "from=ar" in organiser.submit({"title": "상설"}).location
    organiser.get("/fr/organise/editions/standing/texts?in=fr&from=fr")
    assert beside()[0].startswith("en: ")


def test_texts_replace_none_that_were_not_seen(
    browser: Open, people: Cast, edition: Edition, db: Session
) -> None:
    first, second = browser(people.organiser.email), browser(people.administrator.email)
    for each in (first, second):
        each.get(f"{DESK}editions/standing/texts?in=fr")
    assert first.submit({"title": "Le leur"}).status_code == 303
    assert second.submit({"title": "Le mien"}).status_code == 422
    assert "have been changed since" in second.tree.get_element_by_id("errors").text_content()
    assert second.tree.get_element_by_id("title").get("value") == "Le mien"
    theirs = second.tree.xpath("//div[@class='verbatim']")[0]
    assert (theirs.get("lang"), theirs.text) == ("fr", "Le leur")
    assert reread(db).title["fr"] == "Le leur"
    # Who has seen them may replace them, and another language is another text.
    assert second.submit({}).status_code == 303
    assert reread(db).title["fr"] == "Le mien"
    first.get(f"{DESK}editions/standing/texts?in=ar")
    second.get(f"{DESK}editions/standing/texts?in=fr")
    assert second.submit({"title": "Encore"}).status_code == 303
    assert first.submit({"title": "عنوان"}).status_code == 303


def test_texts_removed_are_those_that_were_seen(
    browser: Open, people: Cast, edition: Edition, db: Session
) -> None:
    first, second = browser(people.organiser.email), browser(people.administrator.email)
    for each in (first, second):
        each.get(f"{DESK}editions/standing/texts?in=fr")
    assert first.submit({"title": "Le leur"}).status_code == 303
    assert second.submit({"clear": "1"}).status_code == 422
    assert reread(db).title["fr"] == "Le leur"
    # Pressed twice, the second press finds it done.
    waiting = first.get(f"{DESK}editions/standing/texts?in=fr")
    for _press in range(2):
        first.page = waiting
        assert (
            first.submit(
                {"title": "Deux\u00a0fois ", "description": "Un.\r\n\r\nDeux."}
            ).status_code
            == 303
        )
    assert reread(db).description["fr"] == "Un.\n\nDeux."


def test_texts_preview_saves_nothing(organiser: Browser, edition: Edition, db: Session) -> None:
    organiser.get(f"{DESK}editions/standing/tracks/jurist/texts?in=en")
    answer = organiser.submit(
        {"guidance": "Write **well**. <script>alert(1)</script>", "preview": "1"}
    )
    assert answer.status_code == 200
    assert "Write <strong>well</strong>." in answer.text
    assert "<script>alert" not in answer.text
    assert organiser.tree.get_element_by_id("guidance").text.strip().startswith("Write **well**")
    track = queries.track(db, reread(db), "jurist")
    assert track is not None
    assert track.guidance["en"] == "Write clearly."


def test_texts_remove_a_language(organiser: Browser, edition: Edition, db: Session) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=ar")
    assert organiser.submit({"clear": "1"}).status_code == 303
    assert set(reread(db).title) == {"en", "fr"}


def test_texts_refuse_to_remove_the_last_language(
    organiser: Browser, edition: Edition, db: Session
) -> None:
    row = db.merge(edition)
    row.title, row.description = {"en": "Only"}, {}
    db.commit()
    organiser.get(f"{DESK}editions/standing/texts?in=en")
    answer = organiser.submit({"clear": "1"})
    assert answer.status_code == 422
    assert "A title is needed in at least one language." in answer.text
    assert reread(db).title == {"en": "Only"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Please fill in this field."),
        ({"title": "a\u202eb"}, "invisible characters"),
        ({"title": "x" * 301}, "1 character too long"),
        ({"guidance": "A note[^1]."}, "The footnote “1” is used but has no text."),
        ({"guidance": "![x](y.png)"}, "The image in line 1 can’t be shown."),
    ],
)
def test_texts_refuse_what_is_unfit(
    organiser: Browser, edition: Edition, fields: dict[str, str], words: str
) -> None:
    organiser.get(f"{DESK}editions/standing/tracks/jurist/texts?in=en")
    answer = organiser.submit(fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_texts_survive_an_expired_session_in_their_language(
    app: Flask, browser: Open, organiser: Browser, edition: Edition
) -> None:
    organiser.get(f"{DESK}editions/standing/texts?in=it")
    with organiser.client.session_transaction() as session:
        for name in [name for name in session if name.startswith(("_user", "_fresh", "fs_"))]:
            session.pop(name)
    answer = organiser.submit({"title": "Edizione permanente"})
    assert "/login" in answer.location
    organiser.sign_in("organiser@example.org")
    organiser.get(f"{DESK}editions/standing/texts")
    title = organiser.tree.get_element_by_id("title")
    assert (title.get("value"), title.get("lang")) == ("Edizione permanente", "it")
