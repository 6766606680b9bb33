"""What may be kept of a page, by whom, and until when."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, PublishedText
from app.core.policy import SYSTEM
from app.editions.models import Edition, Question, Theme
from app.moderation.organising import operations as organising
from tests.factories import Cast
from tests.factories.contributions import make_essay
from tests.library.conftest import publish, tree


def test_essay_unchanged_is_answered_by_one_small_query(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    kept = {"If-None-Match": first.headers["ETag"]}
    with count_queries(app.extensions["jsi_engine"]) as statements:
        again = client.get(address, headers=kept)
    assert (again.status_code, again.data) == (304, b"")
    assert len(statements) == 1
    assert "html" not in statements[0]
    other = client.get(f"/ar/contributions/{made.number}/", headers=kept)
    assert other.status_code == 200


def test_essay_corrected_shows_on_the_next_request(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    listed = {"If-None-Match": client.get("/fr/contributions/").headers["ETag"]}
    assert client.get("/fr/contributions/", headers=listed).status_code == 304
    essay = make_essay("fr", title="Corrigée", question_id=made.question_id)
    organising.correct(db, people.organiser.actor, made.id, essay, note="Une faute.")
    db.commit()
    page = client.get(address, headers=kept)
    assert page.status_code == 200
    assert "Corrigée" in page.text
    assert "(corrected on" in client.get(f"/en/contributions/{made.number}/").text
    assert "Corrigée" in client.get("/fr/contributions/", headers=listed).text


def test_essay_page_follows_what_stands_around_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"

    def kept() -> dict[str, str]:
        return {"If-None-Match": client.get(address).headers["ETag"]}

    for model, name in ((Edition, "Titre A"), (Theme, "Titre B"), (Question, "Titre C")):
        before = kept()
        db.execute(update(model).values(title={"fr": name}))
        db.commit()
        assert name in client.get(address, headers=before).text
    before = kept()
    answer = publish(db, people, edition, title="Réponse", responds_to_id=made.id)
    assert "Réponse" in client.get(address, headers=before).text
    before = kept()
    organising.remove(db, SYSTEM, answer.id, reason="Test.", language="en")
    db.commit()
    after = client.get(address, headers=before)
    assert after.status_code == 200
    assert "Réponse" not in after.text


def test_essay_rendered_anew_shows_on_the_next_request(
    app: Flask, client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    address = f"/fr/contributions/{made.number}/"
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    db.execute(update(PublishedText).values(html="<p>Autrement.</p>", etag="another"))
    db.commit()
    assert "Autrement." in client.get(address, headers=kept).text
    kept = {"If-None-Match": client.get(address).headers["ETag"]}
    app.extensions["jsi_release"] = "another"
    assert client.get(address, headers=kept).status_code == 200


def test_essay_and_its_response_follow_each_others_corrections(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    first = publish(db, people, edition)
    answer = publish(db, people, edition, responds_to_id=first.id)
    here, there = (f"/fr/contributions/{each.number}/" for each in (first, answer))
    kept = {each: {"If-None-Match": client.get(each).headers["ETag"]} for each in (here, there)}
    corrected: dict[Contribution, dict[str, Any]] = {
        first: {"title": "Question"},
        answer: {"title": "Réponse"},
    }
    corrected[answer]["responds_to_id"] = first.id
    for made, changes in corrected.items():
        essay = make_essay("fr", question_id=made.question_id, **changes)
        organising.correct(db, people.organiser.actor, made.id, essay, note="Une faute.")
        db.commit()
        other = there if made is first else here
        page = client.get(other, headers=kept[other])
        assert changes["title"] in page.text
        kept[here] = {"If-None-Match": client.get(here).headers["ETag"]}


def test_essay_of_a_person_is_never_taken_for_a_visitors(
    browser: Callable[..., Any],
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
) -> None:
    made = publish(db, people, edition)
    for address in (f"/fr/contributions/{made.number}/", "/fr/contributions/", "/fr/"):
        public = client.get(address)
        author, stranger = browser(people.author.email), browser(people.stranger.email)
        own = author.get(address)
        assert "Amina Auteur" in tree(own).xpath("//header[@class='masthead']//bdi/text()")
        assert own.headers["Cache-Control"].startswith("private")
        assert "Cookie" in public.headers["Vary"]
        assert "Cookie" in own.headers["Vary"]
        tags = {page.headers.get("ETag") for page in (public, own, stranger.get(address))}
        assert len(tags) == 3
        for reader in (author, stranger):
            page = reader.get(address, headers={"If-None-Match": public.headers["ETag"]})
            assert page.status_code == 200
        kept = client.get(address, headers={"If-None-Match": own.headers["ETag"]})
        assert kept.status_code == 200
        assert "Amina Auteur" not in tree(kept).xpath("//header[@class='masthead']//bdi/text()")


def test_message_is_shown_once_and_kept_nowhere(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    for address in (f"/fr/contributions/{made.number}/", "/fr/contributions/"):
        kept = {"If-None-Match": client.get(address).headers["ETag"]}
        with client.session_transaction() as session:
            session["_flashes"] = [("success", "Only once")]
        page = client.get(address, headers=kept)
        assert page.status_code == 200
        assert "Only once" in page.text
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in page.headers
        assert client.get(address, headers=kept).status_code == 304
