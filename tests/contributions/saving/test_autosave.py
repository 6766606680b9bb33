"""Saving by itself, over HTTP."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import Account
from app.config import Settings
from app.contributions.models import Contribution, DraftSave
from app.contributions.saving.autosave import OFTEN
from app.contributions.states import State
from app.web.limits import limiter
from tests.contributions.pages import fresh, page_of
from tests.contributions.saving.samples import autosave
from tests.factories import Cast
from tests.http import Browser

Open = Callable[..., Browser]


def test_autosave_saves_as_typed_and_says_when(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    answer = autosave(author, draft, body="__Un__ mot", title="Un titre")
    assert answer.status_code == 200
    stored = fresh(db, draft)
    assert answer.json == {"version": 3, "saved_at": stored.saved_at.isoformat()}
    assert (stored.version, stored.title, stored.body) == (3, "Un titre", "__Un__ mot")
    assert answer.headers["Cache-Control"] == "private, no-store"
    again = autosave(author, draft)
    assert (again.status_code, again.json["version"]) == (200, 3)


def part(author: Browser, draft: Contribution, version: int, **texts: str) -> TestResponse:
    """Send some texts only, as its script does while somebody types."""
    fields = {"version": str(version), "page": "a" * 32, "part": "texts"}
    answer: TestResponse = author.post(page_of(draft, "autosave"), fields | texts)
    return answer


def test_autosave_of_a_part_leaves_the_rest(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    answer = part(author, draft, 2, body="__Rien__ d’autre", licence="nonsense")
    assert (answer.status_code, answer.json["version"]) == (200, 3)
    stored = fresh(db, draft)
    assert (stored.body, stored.title) == ("__Rien__ d’autre", "De la paix")
    assert stored.licence == "CC-BY-4.0"
    kept = db.scalars(select(DraftSave).where(DraftSave.version == 3)).one()
    assert (kept.content["body"], kept.content["title"]) == ("__Rien__ d’autre", "De la paix")
    assert db.get_one(Contribution, draft.id).title == "De la paix"


def test_autosave_of_a_part_refuses_what_a_form_would(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    for texts in ({"title": "x" * 301}, {"title": "a\u202eb"}, {"note": "y" * 5_001}):
        answer = part(author, draft, 2, **texts)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, *texts)
        assert answer.json["message"]
    assert fresh(db, draft).version == 2


def test_autosave_of_a_part_over_a_newer_version_keeps_both(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    autosave(author, draft, body="Un autre onglet.", title="Un autre titre")
    answer = part(author, draft, 2, body="Le mien.")
    assert (answer.status_code, answer.json["version"]) == (409, 3)
    aside = db.scalars(select(DraftSave).where(DraftSave.is_aside)).one()
    assert (aside.content["body"], aside.content["title"]) == ("Le mien.", "De la paix")
    assert fresh(db, draft).body == "Un autre onglet."


def test_autosave_of_a_part_by_a_stranger_is_not_found(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    assert part(browser(people.stranger.email), draft, 2, body="x").status_code == 404
    assert fresh(db, draft).version == 2


def test_length_is_that_of_the_saved_text_in_the_pages_words(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author, address = browser(people.author.email), f"/en/my/contributions/{draft.id}/length"
    part(author, draft, 2, body="mot " * 1_234)
    assert author.get(address).json == {"length": "1,234 words"}
    assert "1,234 words" in author.get(f"/en/my/contributions/{draft.id}/edit").text
    assert browser(people.stranger.email).get(address).status_code == 404
    assert browser().get(address).status_code == 401


def test_autosave_says_in_words_what_is_wrong(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    answer = autosave(author, draft, title="x" * 301, body="Perdu ?")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "title"
    assert "too long" in answer.json["message"]
    unknown = autosave(author, draft, responds_to="2017-J-999")
    assert (unknown.status_code, unknown.json["code"]) == (422, "invalid")
    assert "2017-J-999" in unknown.json["message"]
    assert fresh(db, draft).version == 2


def test_autosave_over_a_newer_version_is_a_conflict_that_keeps_both(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    autosave(author, draft, body="Un autre onglet.")
    answer = autosave(author, draft, body="Le mien.", version="2", page="f" * 32)
    assert (answer.status_code, answer.json["code"], answer.json["version"]) == (
        409,
        "draft.changed_elsewhere",
        3,
    )
    assert fresh(db, draft).body == "Un autre onglet."
    bodies = db.scalars(select(DraftSave).where(DraftSave.is_aside)).all()
    assert [each.content["body"] for each in bodies] == ["Le mien."]


def test_autosave_of_two_authors_keeps_the_texts_of_both(
    db: Session, people: Cast, browser: Open, draft: Contribution, co_author: Account
) -> None:
    owner, guest = browser(people.author.email), browser(co_author.email)
    assert part(owner, draft, 2, body="D’Amina.").status_code == 200
    # Not even a page that goes by the same random name saves over another person's words.
    answer = part(guest, draft, 2, body="De Layla.")
    assert (answer.status_code, answer.json["code"], answer.json["version"]) == (
        409,
        "draft.changed_elsewhere",
        3,
    )
    assert fresh(db, draft).body == "D’Amina."
    aside = db.scalars(select(DraftSave).where(DraftSave.is_aside)).one()
    assert (aside.account_id, aside.content["body"]) == (co_author.id, "De Layla.")
    # Having seen the other's, either goes on; whoever hasn't is told in turn.
    assert part(guest, draft, 3, body="D’Amina et de Layla.").status_code == 200
    assert part(owner, draft, 3, body="D’Amina encore.").status_code == 409
    assert fresh(db, draft).body == "D’Amina et de Layla."
    kept = {(each.account_id, each.content["body"]) for each in db.scalars(select(DraftSave))}
    assert kept >= {
        (people.author.id, "D’Amina."),
        (co_author.id, "De Layla."),
        (co_author.id, "D’Amina et de Layla."),
        (people.author.id, "D’Amina encore."),
    }


def test_autosave_of_a_submitted_essay_is_refused(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    form = author.tree.get_element_by_id("essay-form")
    values = dict(form.form_values())
    db.get_one(Contribution, draft.id).number = "S-J-900"
    db.get_one(Contribution, draft.id).state = State.SUBMITTED.value
    db.commit()
    answer = author.client.post(page_of(draft, "autosave"), data=values | {"body": "Trop tard."})
    assert (answer.status_code, answer.json["code"]) == (409, "contribution.moved_on")


def test_autosave_without_a_session_is_answered_in_json(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    values = dict(author.tree.get_element_by_id("essay-form").form_values())
    author.client.delete_cookie("session")
    answer = author.client.post(page_of(draft, "autosave"), data=values)
    assert (answer.status_code, answer.json["code"]) == (401, "signed_out")
    visitor = browser()
    token = visitor.token()
    answer = visitor.client.post(page_of(draft, "autosave"), data={"csrf_token": token})
    assert answer.status_code == 401


def test_autosave_after_signing_in_again_gets_a_new_token(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    values = dict(author.tree.get_element_by_id("essay-form").form_values())
    author.client.delete_cookie("session")
    author.sign_in(people.author.email)
    refused = author.client.post(page_of(draft, "autosave"), data=values | {"body": "Là."})
    assert (refused.status_code, refused.json["code"]) == (400, "token")
    assert refused.json["account"] == people.author.id
    values |= {"body": "Là.", "csrf_token": refused.json["csrf_token"]}
    assert author.client.post(page_of(draft, "autosave"), data=values).status_code == 200
    assert fresh(db, draft).body == "Là."


def test_autosave_of_one_accounts_page_is_not_saved_by_another(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    answer = autosave(author, draft, body="x", account=str(people.stranger.id))
    assert (answer.status_code, answer.json["code"]) == (403, "account.other")
    stranger = browser(people.stranger.email)
    answer = stranger.post(page_of(draft, "autosave"), {"body": "x", "version": "2"})
    assert (answer.status_code, answer.is_json) == (404, True)
    assert fresh(db, draft).version == 2


def test_autosave_of_too_much_is_answered_in_json(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    large = {"csrf_token": author.token("/en/account"), "body": "x" * 9_000_000}
    answer = author.client.post(page_of(draft, "autosave"), data=large)
    assert (answer.status_code, answer.is_json) == (413, True)


def test_autosave_too_often_is_answered_in_json(
    settings: Settings, people: Cast, draft: Contribution
) -> None:
    app = create_app(replace(settings, testing=False))
    person = Browser(app.test_client())
    person.sign_in(people.author.email)
    token = {"csrf_token": person.token("/en/account")}
    try:
        answers = [
            person.client.post(page_of(draft, "autosave"), data=token)
            for _ in range(OFTEN.amount + 1)
        ]
    finally:
        limiter.enabled = False
        app.extensions["jsi_engine"].dispose()
    assert answers[-2].status_code != 429
    assert (answers[-1].status_code, answers[-1].is_json) == (429, True)
