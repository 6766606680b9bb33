"""Conflicts of interest over HTTP: every address of the desk is shut, for each kind of them."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution
from app.core.policy import Role
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.conflicts import operations
from app.moderation.conflicts.models import Conflict, ConflictKind
from tests.access import ACCESS, Access
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution
from tests.http import Open
from tests.moderation.conflicts.conftest import CONFLICTING


@pytest.fixture
def standing(db: Session, people: Cast) -> Edition:
    return make_edition(db)


@pytest.fixture
def waiting(db: Session, people: Cast, standing: Edition) -> Contribution:
    made = make_contribution(db, people.author, edition=standing)
    db.commit()
    return made


@pytest.mark.parametrize("kind", CONFLICTING)
def test_every_address_of_the_desk_is_shut(
    app: Flask, browser: Open, db: Session, people: Cast, standing: Edition, kind: str
) -> None:
    made = CONFLICTING[kind](db, people, standing)
    db.commit()
    moderator = browser("moderator@example.org")
    token = {"csrf_token": moderator.token("/en/account")}
    routes = app.url_map.bind("")
    values = {"lang": "en", "contribution_id": made.id, "number": 1}
    shut = 0
    for rule in app.url_map.iter_rules():
        if (
            ACCESS.get(rule.endpoint) is not Access.ENTRUSTED
            or "contribution_id" not in rule.arguments
        ):
            continue
        wanted = {name: values.get(name, 1) for name in rule.arguments}
        address = routes.build(rule.endpoint, wanted)
        if "GET" in (rule.methods or ()):
            assert moderator.client.get(address).status_code == 404, address
            shut += 1
        if "POST" in (rule.methods or ()):
            assert moderator.client.post(address, data=token).status_code == 404, address
            shut += 1
    assert shut >= 9
    assert made.title not in moderator.get("/en/moderation/").text


@pytest.mark.parametrize("kind", sorted(set(CONFLICTING) - {"own", "co_author"}))
def test_its_figures_are_shut(
    browser: Open, app: Flask, db: Session, people: Cast, standing: Edition, kind: str
) -> None:
    made = CONFLICTING[kind](db, people, standing)
    digest = "a" * 32
    figure = Figure(digest=digest, kind="png", width=1, height=1, size=3)
    db.add(figure)
    db.flush()
    db.add(ContributionFigure(contribution_id=made.id, figure_id=figure.id))
    db.commit()
    app.extensions["jsi_store"].put(figure.key, b"png")
    address = f"/figures/{digest}.png"
    assert browser("other.moderator@example.org").get(address).status_code == 200
    assert browser("moderator@example.org").get(address).status_code == 404


def test_organisers_who_moderate_have_no_part_in_their_own(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    both = make_account(db, "both@example.org", Role.MODERATOR, Role.ORGANISER)
    made = make_contribution(db, both, edition=standing)
    db.commit()
    assert browser("both@example.org").get(f"/en/moderation/{made.id}/").status_code == 404


def test_declare_from_the_essays_page(
    browser: Open, db: Session, people: Cast, waiting: Contribution
) -> None:
    moderator = browser("moderator@example.org")
    moderator.post(f"/en/moderation/{waiting.id}/claim")
    moderator.get(f"/en/moderation/{waiting.id}/")
    answer = moderator.submit({"conflict_kind": "personal"}, form="/conflict")
    assert answer.status_code == 303
    assert waiting.title not in moderator.get(answer.location).text
    assert moderator.get(f"/en/moderation/{waiting.id}/").status_code == 404
    assert db.get(Claim, waiting.id) is None
    assert db.get_one(Conflict, (people.moderator.id, waiting.id)).kind == "personal"


def test_declare_says_what_is_missing(browser: Open, people: Cast, waiting: Contribution) -> None:
    moderator = browser("moderator@example.org")
    address = f"/en/moderation/{waiting.id}/conflict"
    moderator.get(address)
    assert moderator.submit({}).status_code == 422
    assert moderator.tree.xpath("//*[@id='conflict_kind-error']")
    assert moderator.submit({"conflict_kind": "other"}).status_code == 422
    assert moderator.tree.xpath("//*[@id='conflict_words-error']")
    assert moderator.submit({"conflict_kind": "envy"}).status_code == 422


def test_organisers_see_and_lift_it(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    made = CONFLICTING["declared"](db, people, standing)
    db.commit()
    organiser = browser("organiser@example.org")
    address = f"/en/organise/contributions/{made.id}/"
    assert people.moderator.name in organiser.get(address).text
    assert organiser.submit({}, form="/lift").status_code == 303
    assert "Declared conflicts" not in organiser.get(address).text
    assert browser("moderator@example.org").get(f"/en/moderation/{made.id}/").status_code == 200


def test_organiser_declares_it_and_another_lifts_it(
    browser: Open, db: Session, people: Cast, waiting: Contribution
) -> None:
    organiser = browser("organiser@example.org")
    here = f"/en/organise/contributions/{waiting.id}/"
    organiser.get(here)
    assert organiser.tree.xpath("//main//a[@href=$a]", a=f"{here}conflict")
    organiser.get(f"{here}conflict")
    assert organiser.submit({"conflict_kind": "other"}).status_code == 422
    assert organiser.tree.xpath("//*[@id='conflict_words-error']")
    said = {"conflict_kind": "other", "conflict_words": "Ma thèse."}
    page = organiser.submit(said, follow_redirects=True)
    assert "Thank you. The essay is left to others." in page.text
    assert str(waiting.number) not in page.text
    assert organiser.get(here).status_code == 403
    lifting = f"{here}conflicts/{people.organiser.id}/lift"
    assert organiser.post(lifting).status_code == 403
    administrator = browser("administrator@example.org")
    page = administrator.get(here)
    assert people.organiser.name in page.text
    assert "Ma thèse." in page.text
    assert administrator.submit({}, form="/lift").status_code == 303
    assert organiser.get(here).status_code == 200


@pytest.mark.parametrize("name", ["author", "stranger", "moderator"])
def test_the_form_of_organisers_is_theirs(
    browser: Open, db: Session, people: Cast, waiting: Contribution, name: str
) -> None:
    visitor = browser(f"{name}@example.org")
    address = f"/en/organise/contributions/{waiting.id}/conflict"
    assert visitor.get(address).status_code == 403
    assert visitor.post(address, {"conflict_kind": "personal"}).status_code == 403
    db.rollback()
    assert db.get(Conflict, (getattr(people, name).id, waiting.id)) is None


def test_organisers_see_none_about_their_own(
    browser: Open, db: Session, people: Cast, standing: Edition
) -> None:
    made = make_contribution(db, people.organiser, edition=standing)
    operations.declare(db, people.actor("moderator"), made.id, ConflictKind.PERSONAL)
    claiming.claim(db, people.actor("other_moderator"), made.id)
    db.commit()
    page = browser("organiser@example.org").get(f"/en/organise/contributions/{made.id}/")
    assert page.status_code == 403
    assert "Declared conflicts" not in page.text
    assert people.other_moderator.name not in page.text
