"""Earlier versions, over HTTP."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, DraftSave
from app.contributions.states import State
from app.editions.models import Edition
from tests.contributions.pages import fresh, page_of
from tests.contributions.saving.samples import autosave
from tests.factories import Cast, make_contribution
from tests.http import Browser

Open = Callable[..., Browser]


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
