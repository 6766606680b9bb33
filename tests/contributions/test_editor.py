"""The editor of a draft over HTTP, without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.contributions import policy
from app.contributions.models import Contribution
from app.contributions.states import State
from app.editions.models import Edition
from app.web.limits import limiter
from app.web.models import ParkedForm
from tests.contributions.pages import COMPLETE, Open, fresh, page_of
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser


def test_edit_submit_shows_what_is_missing_beside_its_field_and_keeps_the_text(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit(
        COMPLETE | {"title": "", "body": "Des mots que je garde.", "action": "submit"}, form="edit"
    )
    assert page.status_code == 422
    error = author.tree.get_element_by_id("title-error").text_content()
    assert "Please fill in this field." in error
    assert author.tree.get_element_by_id("title").get("aria-invalid") == "true"
    assert "Des mots que je garde." in page.text
    assert fresh(db, draft).body == "Des mots que je garde."


def test_edit_save_takes_fields_that_were_not_sent_for_empty_ones(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    answer = author.post(
        page_of(draft), {"version": str(fresh(db, draft).version), "language": "fr"}
    )
    assert answer.status_code == 303
    assert fresh(db, draft).title == ""


@pytest.mark.parametrize("value", ["a\x00b", "name\u202egnp", "x" * 301])
def test_edit_save_refuses_what_is_no_title_and_keeps_the_rest(
    db: Session, people: Cast, browser: Open, draft: Contribution, value: str
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit({"title": value, "body": "Toujours là.", "action": "save"}, form="edit")
    assert page.status_code == 422
    assert author.tree.get_element_by_id("title-error") is not None
    assert "Toujours là." in page.text
    assert fresh(db, draft).title == "De la paix"


def test_edit_save_keeps_five_megabytes_on_the_page(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit({"body": "mot " * 1_250_000, "action": "save"}, form="edit")
    assert page.status_code == 422
    assert "too long" in author.tree.get_element_by_id("body-error").text_content()
    assert len(page.data) > 5_000_000


def test_edit_beyond_the_largest_request_is_answered_in_words(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft, language="fr"))
    page = author.submit({"body": "x" * 9_000_000}, form="edit")
    assert page.status_code == 413
    assert "<h1>" in page.text


@pytest.mark.parametrize(
    "body", ["[" * 10_000 + "x", ">" * 10_000 + "x", "*" * 10_000, "(" * 10_000, "[^" * 5_000]
)
def test_edit_preview_bears_nested_brackets(
    people: Cast, browser: Open, draft: Contribution, body: str
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit({"body": body, "action": "preview"}, form="edit")
    assert page.status_code == 200
    assert 'id="preview"' in page.text


def test_edit_preview_shows_the_text_cleaned_and_saves_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit(
        {"title": "Autre", "body": "**Fort** <script>alert(1)</script>", "action": "preview"},
        form="edit",
    )
    assert "<strong>Fort</strong>" in page.text
    assert "<script>alert" not in page.text
    assert fresh(db, draft).title == "De la paix"


def test_edit_escapes_html_in_every_field(people: Cast, browser: Open, draft: Contribution) -> None:
    hostile = "\"><script>alert('x')</script>"
    author = browser(people.author.email)
    author.get(page_of(draft))
    names = [name for name, _ in author.tree.xpath("//main//form[@id]")[0].form_values()]
    codes = {"csrf_token", "version", "language", "question", "licence", "responds_to"}
    codes |= {f"authors-0-{name}" for name in ("country", "orcid", "contact", "key")}
    texts = set(names) - codes
    page = author.submit(dict.fromkeys(texts, hostile) | {"action": "save"}, form="edit")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in author.get(page_of(draft)).text


def test_edit_adds_and_removes_authors_without_losing_text(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    author.submit({"title": "Gardé", "action": "add_author"}, form="edit")
    assert len(author.tree.xpath("//input[contains(@name, '-name')]")) == 2
    author.submit({"authors-1-name": "Deuxième", "action": "remove_author-0"}, form="edit")
    names = author.tree.xpath("//input[contains(@name, '-name')]/@value")
    assert names == ["Deuxième"]
    assert author.tree.get_element_by_id("title").get("value") == "Gardé"


def test_edit_second_window_sees_the_first_ones_save_and_loses_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    one, two = browser(people.author.email), browser(people.author.email)
    one.get(page_of(draft))
    two.get(page_of(draft))
    assert one.submit({"body": "Version une.", "action": "save"}, form="edit").status_code == 303
    page = two.submit({"body": "Version deux.", "action": "save"}, form="edit")
    assert page.status_code == 409
    shown = two.tree.xpath("//main")[0].text_content()
    assert "Version une." in shown
    assert "Version deux." in shown
    assert two.submit({"action": "merged"}, form="edit").status_code == 303
    assert fresh(db, draft).body.strip() == "Version une.\n\nVersion deux."


def test_edit_two_clicks_on_submit_make_one_revision(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    one, two = browser(people.author.email), browser(people.author.email)
    one.get(page_of(draft))
    two.get(page_of(draft))
    first = one.submit({"action": "submit"}, form="edit")
    second = two.submit({"action": "submit"}, form="edit")
    assert (first.status_code, second.status_code) == (303, 303)
    db.expire_all()
    contribution = db.get_one(Contribution, draft.id)
    assert contribution.number == "S-J-001"
    assert "Revision 1" in one.get(first.location).text
    assert "Revision 2" not in one.page.text


def test_edit_with_an_expired_session_survives_the_sign_in(
    app: Flask, db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft, language="fr"))
    author.client.delete_cookie("session")
    lost = author.submit({"body": "Écrit trop longtemps.", "action": "save"}, form="edit")
    assert lost.status_code == 303
    assert lost.location.startswith("/fr/login?next=")
    assert fresh(db, draft).body != "Écrit trop longtemps."
    author.get(lost.location)
    back = author.submit(
        {"email": people.author.email, "password": "a good long password"}, form="login"
    )
    page = author.get(back.location)
    assert "Écrit trop longtemps." in page.text
    assert author.submit({"action": "save"}, form="edit").status_code == 303
    assert fresh(db, draft).body == "Écrit trop longtemps."
    assert db.scalars(select(ParkedForm)).all() == []


def test_edit_parked_text_is_not_shown_to_another_browser(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    visitor = browser()
    visitor.client.post(page_of(draft), data={"body": "posted by nobody"})
    assert "posted by nobody" not in browser(people.author.email).get(page_of(draft)).text


def test_edit_with_a_forged_token_changes_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    page = author.client.post(
        page_of(draft), data={"csrf_token": "forged", "title": "Volé", "action": "save"}
    )
    assert page.status_code == 400
    assert fresh(db, draft).title == "De la paix"


def test_edit_with_an_unknown_question_or_language_is_refused_beside_the_field(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    author.submit({"language": "xx", "question": "999999", "action": "save"}, form="edit")
    assert author.page.status_code == 422
    assert author.tree.get_element_by_id("language-error") is not None
    assert author.tree.get_element_by_id("question-error") is not None


def test_edit_responds_to_a_published_number_only(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    edition = db.get_one(Edition, draft.edition_id)
    make_contribution(db, people.author, edition=edition, state=State.PUBLISHED)
    db.commit()
    author = browser(people.author.email)
    author.get(page_of(draft))
    author.submit({"responds_to": "S-J-999", "action": "save"}, form="edit")
    assert "S-J-999" in author.tree.get_element_by_id("responds_to-error").text_content()
    author.submit({"responds_to": " s-j-001 ", "action": "save"}, form="edit")
    assert author.page.status_code == 303
    assert fresh(db, draft).responds_to_id is not None


def test_previews_are_limited(settings: Settings, people: Cast, db: Session) -> None:
    app = create_app(replace(settings, testing=False))
    edition = make_edition(db)
    essay = make_contribution(db, people.author, edition=edition, state=State.DRAFT)
    db.commit()
    person = Browser(app.test_client())
    person.sign_in(people.author.email)
    address = f"/en/my/contributions/{essay.id}/edit"
    try:
        person.get(address)
        data = {"csrf_token": person.token("/en/account"), "action": "preview", "body": "Peace."}
        statuses = [person.client.post(address, data=data).status_code for _ in range(61)]
    finally:
        limiter.enabled = False
        app.extensions["jsi_engine"].dispose()
    assert set(statuses[:60]) == {200}
    assert statuses[60] == 429


@pytest.mark.parametrize(
    ("closes", "more", "said"),
    [
        (timedelta(hours=2), None, "The call closes on 1 June 2026, 14:00 UTC."),
        (-timedelta(minutes=20), None, "can still be submitted until 1 June 2026, 12:40 UTC."),
        (-timedelta(days=2), timedelta(days=1), "submitted until 2 June 2026, 12:00 UTC."),
        (-timedelta(hours=2), None, "The call is closed: you can save, but not submit."),
    ],
)
def test_editor_says_until_when_a_draft_can_be_submitted(
    db: Session,
    people: Cast,
    browser: Open,
    at: Callable[[datetime], None],
    closes: timedelta,
    more: timedelta | None,
    said: str,
) -> None:
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    at(now - timedelta(days=9))
    edition = make_edition(db, closes_at=now + closes)
    edition.time_zone = "UTC"
    essay = make_contribution(db, people.author, edition=edition, state=State.DRAFT)
    essay.extended_until = now + more if more else None
    db.commit()
    at(now)
    author = browser(people.author.email)
    author.get(page_of(essay))
    (panel,) = author.tree.xpath("//form[@id='essay-form']//*[contains(@class, 'panel')]")
    assert said in " ".join(panel.text_content().split())


def test_more_time_before_the_call_opens_ends_before_it(
    db: Session, people: Cast, at: Callable[[datetime], None]
) -> None:
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    at(now - timedelta(days=9))
    edition = make_edition(db, closes_at=now + timedelta(days=20))
    essay = make_contribution(db, people.author, edition=edition, state=State.DRAFT)
    edition.opens_at = now + timedelta(days=10)
    essay.extended_until = now + timedelta(days=1)
    assert policy.late_until(essay, edition, now) == essay.extended_until
