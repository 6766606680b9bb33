"""The page of an essay: what it shows, how it is cited, what is left of one taken down."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.contributions.byline import Author
from app.contributions.models import PublishedText
from app.contributions.states import State
from app.core.languages import LANGUAGES
from app.editions.models import Edition
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.library.conftest import numbers, publish, tree


def test_essay_in_its_own_language_inside_a_page_of_another(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, language="ar", title="في السلام")
    page = tree(client.get(f"/fr/contributions/{made.number}/"))
    assert (page.get("lang"), page.get("dir")) == ("fr", "ltr")
    essay = page.xpath("//article[contains(@class, 'essay')]")[0]
    assert (essay.get("lang"), essay.get("dir")) == ("ar", "rtl")
    assert essay.xpath(".//h1")[0].text == "في السلام"
    assert essay.xpath(".//section[@class='footnotes']")
    cited = page.xpath("//p[@class='citation']//span[@lang='ar'][@dir='rtl']")[0]
    assert cited.text == "في السلام"


def test_essay_shows_everything_that_belongs_to_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    authors = (
        Author("Amina Auteur", "", "Auteur", "Institut", "FR", personal_capacity=True),
        Author("李明", "Li Ming", "Li", "清华大学", "CN"),
    )
    made = publish(
        db,
        people,
        edition,
        authors=authors,
        previously_published="Revue de droit",
        licence="CC-BY-SA-4.0",
    )
    page = tree(client.get(f"/en/contributions/{made.number}/"))
    text = " ".join(page.xpath("//main")[0].text_content().split())
    for expected in (
        "An abstract.", "A summary.", "Voir la Charte.", "Institut", "France", "清华大学", "China",
        "writing in a personal capacity", "Li Ming", "peace", "law", "Revue de droit",
        "public international law", "Jurists", "Prevention", "Edition standing", "Français",
        "How can conflict in cyberspace be prevented?",
    ):  # fmt: skip
        assert expected in text, expected
    assert text.count("personal capacity") == 1
    assert page.xpath("//a[@rel='license']/@href") == [
        "https://creativecommons.org/licenses/by-sa/4.0/"
    ]


def test_essay_says_how_to_cite_it(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, authors=(Author("Amina Auteur"), Author("李明", "Li Ming")))
    made.published_at = datetime(2026, 2, 3, 10, tzinfo=UTC)
    db.execute(update(PublishedText).values(published_at=made.published_at))
    db.commit()
    page = tree(client.get(f"/en/contributions/{made.number}/"))
    cited = " ".join(page.xpath("//p[@class='citation']")[0].text_content().split())
    assert cited == (
        "Amina Auteur and 李明, “De la paix”, jesuisinternet, Edition standing, "
        f"no. {made.number}, 3 February 2026, http://localhost/en/contributions/{made.number}/"
    )
    meta = {
        (node.get("name"), node.get("content"))
        for node in page.xpath("//meta[starts-with(@name, 'citation_')]")
    }
    assert {
        ("citation_title", "De la paix"),
        ("citation_author", "Amina Auteur"),
        ("citation_author", "李明"),
        ("citation_publication_date", "2026/02/03"),
        ("citation_language", "fr"),
    } <= meta
    data = page.xpath("//script[@type='application/ld+json']/text()")[0]
    assert '"ScholarlyArticle"' in data


def test_essay_by_names_in_another_script_is_cited_in_latin_letters(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition, language="zh", authors=(Author("李明", "Li Ming"),))
    address = f"contributions/{made.number}/"
    cited = {
        code: tree(client.get(f"/{code}/{address}")).xpath("//p[@class='citation']/bdi[1]")[0].text
        for code in ("fr", "zh", "ar")
    }
    assert cited == {"fr": "Li Ming", "zh": "李明", "ar": "李明"}


def test_essay_names_its_addresses_in_the_ten_languages(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    page = tree(client.get(f"/fr/contributions/{made.number}/"))
    base = "http://localhost"
    assert page.xpath("//link[@rel='canonical']/@href") == [
        f"{base}/fr/contributions/{made.number}/"
    ]
    alternates = {
        node.get("hreflang"): node.get("href") for node in page.xpath("//link[@hreflang]")
    }
    assert alternates == {
        **{
            each.tag: f"{base}/{each.code}/contributions/{made.number}/"
            for each in LANGUAGES.values()
        },
        "x-default": f"{base}/en/contributions/{made.number}/",
    }


def test_essay_and_its_responses_lead_to_each_other(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
) -> None:
    first = publish(db, people, edition, title="Première")
    with count_queries(app.extensions["jsi_engine"]) as statements:
        before = client.get(f"/fr/contributions/{first.number}/")
    assert len(statements) == 2  # whether it is ready, the essay
    answers = [
        publish(db, people, edition, title=f"Réponse {n}", responds_to_id=first.id)
        for n in range(3)
    ]
    hidden = make_contribution(
        db, people.author, edition=edition, title="Cachée", responds_to_id=first.id
    )
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        page = tree(
            client.get(
                f"/fr/contributions/{first.number}/",
                headers={"If-None-Match": before.headers["ETag"]},
            )
        )
    assert len(statements) == 4  # the mark, whether it is ready, the essay, its responses
    links = page.xpath("//section[@aria-labelledby='answers']//a/@href")
    assert links == [f"/fr/contributions/{each.number}/" for each in answers]
    assert hidden.number not in page.text_content()
    page = tree(client.get(f"/fr/contributions/{answers[0].number}/"))
    assert page.xpath("//section[@aria-labelledby='responds-to']//a/@href") == [
        f"/fr/contributions/{first.number}/"
    ]


def test_essay_shows_what_people_wrote_as_text(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    nasty = "</script><script>alert(1)</script><b>\"'&"
    made = publish(
        db,
        people,
        edition,
        title=nasty,
        abstract=nasty,
        summary=nasty,
        body=nasty,
        keywords=(nasty,),
        authors=(Author(nasty, nasty, nasty, nasty, "FR"),),
        previously_published=nasty,
        extra={"field_of_law": nasty, "jurisdiction": nasty},
    )
    for address in (f"contributions/{made.number}/", "contributions/", "", "feed.atom"):
        text = client.get(f"/fr/{address}").text
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<b>" not in text


@pytest.mark.parametrize(
    "state", [state for state in State if state not in {State.PUBLISHED, State.REMOVED}]
)
def test_essay_not_published_is_404(
    client: FlaskClient, db: Session, people: Cast, edition: Edition, state: State
) -> None:
    made = make_contribution(db, people.author, edition=edition, state=state, title="Secrète")
    db.commit()
    page = client.get(f"/fr/contributions/{made.number}/")
    assert page.status_code == 404
    assert "Secrète" not in page.text
    for address in ("", "contributions/", "questions/standing-prevention/", "feed.atom"):
        assert "Secrète" not in client.get(f"/fr/{address}").text


@pytest.mark.parametrize("number", ["S-J-999", "x", "%00", "%F0%9F%98%80", "'"])
def test_essay_unknown_is_404(client: FlaskClient, edition: Edition, number: str) -> None:
    assert client.get(f"/fr/contributions/{number}/").status_code == 404


def test_address_with_a_null_character_asks_no_database(
    app: Flask, client: FlaskClient, count_queries: Any
) -> None:
    with count_queries(app.extensions["jsi_engine"]) as statements:
        for address in ("contributions/%00/", "questions/a%00/", "contributions/?edition=%00"):
            assert client.get(f"/fr/{address}").status_code == 404
    assert statements == []


def test_essay_removed_leaves_a_tombstone(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = make_contribution(
        db, people.author, edition=edition, state=State.REMOVED, title="Retirée <b>"
    )
    db.commit()
    page = client.get(f"/fr/contributions/{made.number}/")
    assert page.status_code == 410
    assert "no-store" in page.headers["Cache-Control"]
    text = tree(page).xpath("//main")[0].text_content()
    for expected in ("Retirée <b>", "Amina Auteur", "Withdrawn by its author.", made.number):
        assert expected in text
    assert tree(page).xpath("//p[@class='citation']")
    assert "La paix a besoin" not in text
    assert numbers(client.get("/fr/contributions/")) == []
