"""The organisers' list of contributions over HTTP."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import TrackCode
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser

Open = Callable[..., Browser]
ROOT = "/en/organise/contributions/"


def state_of(db: Session, contribution_id: int) -> str:
    db.rollback()
    return db.get_one(Contribution, contribution_id, populate_existing=True).state


def test_organise_filters_by_everything_and_hides_drafts(
    db: Session, people: Cast, browser: Open
) -> None:
    edition = make_edition(db)
    make_contribution(db, people.author, edition=edition, language="ar", title="عنوان عربي")
    make_contribution(
        db, people.author, edition=edition, track=TrackCode.DIGITAL_ACTOR, title="Numérique"
    )
    make_contribution(db, people.author, edition=edition, state=State.DRAFT, title="Brouillon")
    db.commit()
    organiser = browser(people.organiser.email)
    page = organiser.get(ROOT).text
    assert "عنوان عربي" in page
    assert "Numérique" in page
    assert "Brouillon" not in page
    page = organiser.get(f"{ROOT}?q=lang:ar+track:jurist+edition:standing+theme:prevention").text
    assert "عنوان عربي" in page
    assert "Numérique" not in page
    assert "No contribution matches." in organiser.get(f"{ROOT}?q=state:rejected").text


@pytest.mark.parametrize("who", [None, "author", "moderator"])
def test_every_act_of_an_organiser_is_refused_to_others(
    db: Session, people: Cast, browser: Open, who: str | None
) -> None:
    edition = make_edition(db)
    published = make_contribution(db, people.author, edition=edition, state=State.PUBLISHED)
    accepted = make_contribution(db, people.author, edition=edition, state=State.ACCEPTED)
    db.commit()
    one, two = published.id, accepted.id
    other = browser(getattr(people, who).email if who else None)
    expected = {403} if who else {302, 303}
    assert other.get(ROOT).status_code in expected
    assert other.get(f"{ROOT}{one}/").status_code in expected
    assert other.post(f"{ROOT}{one}/remove", {"reason": "x"}).status_code in expected
    assert other.post(f"{ROOT}{one}/restore").status_code in expected
    assert other.post(f"{ROOT}{one}/correct", {"title": "x"}).status_code in expected
    assert other.post(f"{ROOT}{two}/release").status_code in expected
    assert (state_of(db, one), state_of(db, two)) == ("published", "accepted")


def test_remove_needs_a_reason_and_restore_undoes_it(
    db: Session, people: Cast, browser: Open
) -> None:
    published = make_contribution(
        db, people.author, edition=make_edition(db), state=State.PUBLISHED
    )
    db.commit()
    one = published.id
    organiser = browser(people.organiser.email)
    organiser.get(f"{ROOT}{one}/remove")
    assert organiser.submit({"reason": " "}, form=-1).status_code == 422
    assert organiser.tree.get_element_by_id("reason-error") is not None
    assert organiser.submit({"reason": "A court order."}, form=-1).status_code == 303
    assert state_of(db, one) == "removed"
    assert "A court order." in browser().get("/fr/contributions/S-J-001/").text
    assert organiser.post(f"{ROOT}{one}/restore").status_code == 303
    assert state_of(db, one) == "published"


def test_correct_shows_on_the_next_request(db: Session, people: Cast, browser: Open) -> None:
    published = make_contribution(
        db, people.author, edition=make_edition(db), state=State.PUBLISHED
    )
    db.commit()
    address, one = "/fr/contributions/S-J-001/", published.id
    reader, organiser = browser(), browser(people.organiser.email)
    tag = reader.get(address).headers["ETag"]
    organiser.get(f"{ROOT}{one}/correct")
    organiser.submit({"title": "Corrigé", "action": "save"}, form="correct")
    assert organiser.page is not None
    assert organiser.page.status_code == 422
    assert organiser.tree.get_element_by_id("note-error") is not None
    organiser.submit({"note": "Une faute.", "action": "save"}, form="correct")
    assert organiser.page.status_code == 303
    page = reader.get(address, headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert "Corrigé" in page.text


def test_correct_says_that_another_correction_came_between(
    db: Session, people: Cast, browser: Open
) -> None:
    published = make_contribution(
        db, people.author, edition=make_edition(db), state=State.PUBLISHED
    )
    db.commit()
    address = f"{ROOT}{published.id}/correct"
    first, second = browser(people.organiser.email), browser(people.administrator.email)
    first.get(address)
    second.get(address)
    first.submit({"title": "Corrigé", "note": "Un.", "action": "save"}, form="correct")
    fields = {"title": "Autrement", "note": "Deux.", "action": "save"}
    answer = second.submit(fields, form="correct")
    assert answer.status_code == 409
    assert "Another correction has been published" in answer.text
    reader = browser()
    assert "Corrigé" in reader.get("/fr/contributions/S-J-001/").text
    # Their words are there still, and replace the other ones where that is meant.
    assert second.submit({"action": "save"}, form="correct").status_code == 303
    assert "Autrement" in reader.get("/fr/contributions/S-J-001/").text


def test_release_publishes_what_was_accepted(db: Session, people: Cast, browser: Open) -> None:
    accepted = make_contribution(
        db, people.author, edition=make_edition(db, release_later=True), state=State.ACCEPTED
    )
    db.commit()
    one = accepted.id
    organiser = browser(people.organiser.email)
    assert "Publish it now" in organiser.get(f"{ROOT}{one}/").text
    assert organiser.post(f"{ROOT}{one}/release").status_code == 303
    assert state_of(db, one) == "published"
    assert browser().get("/fr/contributions/S-J-001/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_organise_takes_the_same_number_of_queries_for_any_number_of_rows(
    app: Flask,
    db: Session,
    people: Cast,
    browser: Open,
    count_queries: Callable[..., object],
    rows: int,
) -> None:
    edition = make_edition(db)
    for _ in range(rows):
        make_contribution(db, people.author, edition=edition)
    db.commit()
    organiser = browser(people.organiser.email)
    organiser.get(ROOT)
    with count_queries(app.extensions["jsi_engine"]) as statements:  # type: ignore[attr-defined]
        organiser.get(ROOT)
    assert len(statements) == 2
