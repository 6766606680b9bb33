"""Two versions at once, over HTTP: side by side, chosen from, nothing lost."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, DraftSave
from app.contributions.states import State
from tests.contributions.pages import fresh, page_of
from tests.contributions.saving.samples import autosave
from tests.factories import Cast
from tests.http import Browser

Open = Callable[..., Browser]


def conflict(
    author: Browser, draft: Contribution, *, other: Browser | None = None, **mine: str
) -> Any:
    """Save in one window, or as another person, then send one that had been opened before."""
    author.get(page_of(draft))
    theirs = {"body": "Un.\n\nDeux, dit-elle.\n\nTrois.", "title": "Son titre"}
    autosave(other or author, draft, **theirs)
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


def test_save_of_two_authors_puts_the_texts_of_both_together(
    db: Session, people: Cast, browser: Open, draft: Contribution, co_author: Account
) -> None:
    owner, guest = browser(people.author.email), browser(co_author.email)
    page = conflict(guest, draft, other=owner, title="Mon titre")
    assert page.status_code == 409
    shown = guest.tree.xpath("//main")[0].text_content()
    for words in ("Son titre", "Mon titre", "dit-elle", "dit-il", "Quatre."):
        assert words in shown
    owner.get(page_of(draft))
    saved = guest.submit({"pick-title": "theirs", "action": "merged"}, form="edit")
    assert (saved.status_code, saved.location) == (303, page_of(draft))
    # The owner's window is now the older one, and is asked in turn.
    assert owner.submit({"title": "Notre titre", "action": "save"}, form="edit").status_code == 409
    assert owner.submit({"action": "merged"}, form="edit").status_code == 303
    stored = fresh(db, draft)
    assert stored.title == "Notre titre"
    for words in ("Un.", "Deux, dit-elle.", "Deux, dit-il.", "Trois.", "Quatre."):
        assert stored.body.count(words) == 1
    kept = {(each.account_id, each.content["title"]) for each in db.scalars(select(DraftSave))}
    assert kept >= {
        (people.author.id, "Son titre"),
        (co_author.id, "Mon titre"),
        (people.author.id, "Notre titre"),
    }
    saves = len(db.scalars(select(DraftSave)).all())
    for person in (owner, guest):
        person.get(page_of(draft, "versions/"))
        assert len(person.tree.xpath("//main//tbody/tr")) == saves


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


def test_merge_that_comes_too_late_shows_the_words(
    app: Flask, db: Session, people: Cast, browser: Open, draft: Contribution
) -> None:
    """Another window hands the draft in just while the two versions are put together."""
    author, id = browser(people.author.email), draft.id
    author.get(page_of(draft))
    waiting = author.page
    autosave(author, draft, body="Deux, dit-elle.")
    author.page = waiting
    engine, known = app.extensions["jsi_engine"], [id]

    def hand_in(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if known and statement.startswith("SELECT draft_save.content"):
            its = update(Contribution).where(Contribution.id == known.pop())
            db.execute(its.values(state=State.SUBMITTED.value, number="S-J-009"))
            db.commit()

    db.rollback()
    event.listen(engine, "before_cursor_execute", hand_in)
    page = author.submit({"body": "Deux, dit-il.", "action": "merge"}, form="edit")
    event.remove(engine, "before_cursor_execute", hand_in)
    assert page.status_code == 409
    assert "no longer in the state you saw it in" in page.text
    assert "Deux, dit-il." in page.text


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
