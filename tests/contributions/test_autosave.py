"""Saving by itself, two versions at once and earlier versions, over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.config import Settings
from app.contributions.models import Contribution, Draft, DraftSave
from app.contributions.saving.autosave import OFTEN
from app.contributions.states import State
from app.editions.models import Edition
from app.web.limits import limiter
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser

Open = Callable[..., Browser]


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    """A French draft of the author's, for jurists, of which version 2 is stored."""
    made = make_contribution(
        db,
        people.author,
        edition=make_edition(db),
        state=State.DRAFT,
        body="Un.\n\nDeux.\n\nTrois.",
    )
    db.commit()
    return made


def page_of(draft: Contribution, name: str = "edit", language: str = "en") -> str:
    return f"/{language}/my/contributions/{draft.id}/{name}"


def fresh(db: Session, draft: Contribution) -> Draft:
    draft_id = draft.id
    db.rollback()
    return db.get_one(Draft, draft_id, populate_existing=True)


def autosave(author: Browser, draft: Contribution, **fields: Any) -> TestResponse:
    """Open the editor and send what it holds, changed so, as its script does."""
    author.get(page_of(draft))
    form = author.tree.get_element_by_id("essay-form")
    values = {name: value.removeprefix("\n") for name, value in form.form_values()}
    return author.client.post(page_of(draft, "autosave"), data=values | fields)


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


def conflict(author: Browser, draft: Contribution, **mine: str) -> Any:
    """Save in one window, then send another that had been opened before."""
    author.get(page_of(draft))
    autosave(author, draft, body="Un.\n\nDeux, dit-elle.\n\nTrois.", title="Son titre")
    author.get(page_of(draft))
    fields = {"version": "2", "body": "Un.\n\nDeux, dit-il.\n\nTrois.\n\nQuatre.", "action": "save"}
    return author.submit(fields | mine, form="edit")


def test_save_of_an_older_version_shows_both_and_saves_what_is_chosen(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    page = conflict(author, draft, title="Mon titre")
    assert page.status_code == 409
    for words in ("Son titre", "Mon titre", "Quatre."):
        assert words in author.tree.xpath("//main")[0].text_content()
    names = {*author.tree.xpath("//input[@type='radio']/@name")}
    assert names == {"pick-title", "pick-body.1"}
    assert fresh(db, draft).title == "Son titre"
    saved = author.submit({"pick-title": "theirs", "action": "merged"}, form="edit")
    assert (saved.status_code, saved.location) == (303, page_of(draft))
    stored = fresh(db, draft)
    assert stored.title == "Son titre"
    for words in ("Un.", "Deux, dit-elle.", "Deux, dit-il.", "Trois.", "Quatre."):
        assert stored.body.count(words) == 1
    kept = {each.content["body"].strip() for each in db.scalars(select(DraftSave))}
    assert "Un.\n\nDeux, dit-il.\n\nTrois.\n\nQuatre." in kept
    assert "Un.\n\nDeux, dit-elle.\n\nTrois." in kept


def test_merge_saved_over_once_more_is_shown_anew(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    conflict(author, draft)
    waiting = author.page
    autosave(author, draft, body="Une troisième fois.")
    author.page = waiting
    again = author.submit({"pick-body.1": "mine", "action": "merged"}, form="edit")
    assert "Une troisième fois." in author.tree.xpath("//main")[0].text_content()
    assert again.status_code == 200
    assert fresh(db, draft).body.strip() == "Une troisième fois."
    author.submit({"action": "merged"}, form="edit")
    assert "Une troisième fois." in fresh(db, draft).body
    assert "Quatre." in fresh(db, draft).body


def test_merge_of_what_can_not_be_kept_says_so(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    long = "mot " * 49_000
    author.get(page_of(draft))
    autosave(author, draft, body=f"Un. {long}")
    author.get(page_of(draft))
    fields = {"version": "2", "body": f"Une. {long}", "action": "save"}
    assert author.submit(fields, form="edit").status_code == 409
    page = author.submit({"pick-body.1": "both", "action": "merged"}, form="edit")
    assert page.status_code == 422
    assert "characters" in author.tree.get_element_by_id("errors").text_content()


def test_merge_by_a_stranger_is_not_found(people: Cast, browser: Open, draft: Contribution) -> None:
    stranger = browser(people.stranger.email)
    for action in ("merge", "merged", "restore"):
        assert stranger.post(page_of(draft), {"action": action}).status_code == 404


def test_merge_whose_session_expired_is_kept_for_after_the_sign_in(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    conflict(author, draft)
    author.client.delete_cookie("session")
    sent = author.submit({"action": "merged"}, form="edit")
    assert "/login" in sent.location
    author.sign_in(people.author.email)
    assert "Deux, dit-il." in author.get(page_of(draft)).text


def test_restore_shows_what_the_browser_kept_and_saves_nothing(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = author.submit({"body": "Gardé ici.", "action": "restore"}, form="edit")
    assert page.status_code == 200
    assert author.tree.get_element_by_id("saving").get("data-unsaved") == "yes"
    assert "Gardé ici." in page.text
    assert fresh(db, draft).version == 2


def test_save_tells_the_browser_which_page_it_need_not_keep(
    people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    author.get(page_of(draft))
    page = "0123456789abcdef" * 2
    saved = author.submit({"page": page, "action": "save"}, form="edit")
    assert f"saved_page={page};" in saved.headers["Set-Cookie"]
    author.get(page_of(draft))
    forged = author.submit({"page": "x; Domain=evil.example", "action": "save"}, form="edit")
    assert "saved_page" not in str(forged.headers.getlist("Set-Cookie"))


def test_versions_are_listed_shown_and_taken_back(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    author = browser(people.author.email)
    autosave(author, draft, body="Tout effacé.")
    page = author.get(page_of(draft, "versions/", "fr"))
    assert page.status_code == 200
    links = author.tree.xpath("//main//tbody//a/@href")
    assert len(links) == 3
    shown = author.get(links[1])
    assert "Deux." in shown.text
    taken = author.submit({}, form="take-back")
    assert taken.status_code == 303
    assert "Deux." in fresh(db, draft).body
    assert "Tout effacé." in {each.content["body"] for each in db.scalars(select(DraftSave))}


def test_versions_of_somebody_else_are_not_there(
    db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    edition = db.get_one(Edition, draft.edition_id)
    other = make_contribution(db, people.stranger, edition=edition, state=State.DRAFT)
    theirs = db.scalars(select(DraftSave.id).where(DraftSave.contribution_id == other.id)).first()
    own = db.scalars(select(DraftSave.id).where(DraftSave.contribution_id == draft.id)).first()
    db.commit()
    author, stranger = browser(people.author.email), browser(people.stranger.email)
    assert author.get(page_of(draft, f"versions/{theirs}/")).status_code == 404
    assert author.post(page_of(draft, f"versions/{theirs}/take-back")).status_code == 404
    for name in ("versions/", f"versions/{own}/"):
        assert stranger.get(page_of(draft, name)).status_code == 404
    assert stranger.post(page_of(draft, f"versions/{own}/take-back")).status_code == 404
    assert fresh(db, draft).version == 2


def test_versions_cost_as_many_queries_whatever_their_number(
    app: Flask, people: Cast, browser: Open, draft: Contribution, count_queries: Any
) -> None:
    author = browser(people.author.email)
    numbers = []
    for body in ("Trois.", "Quatre.", "Cinq."):
        autosave(author, draft, body=body)
        with count_queries(app.extensions["jsi_engine"]) as statements:
            author.get(page_of(draft, "versions/"))
        numbers.append(len(statements))
    assert len({*numbers}) == 1
    assert numbers[0] <= 4
