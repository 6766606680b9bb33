"""The list of essays: narrowed, in pages, at the same cost however long."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, PublishedText
from app.core.policy import TrackCode
from app.editions.models import Edition, Question
from tests.factories import Cast, make_edition
from tests.library.conftest import numbers, publish, tree


def test_list_narrows_by_every_filter_and_keeps_them_in_the_address(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    older = make_edition(db, "2017")
    response = db.scalars(select(Question).where(Question.slug == "standing-response")).one()
    first = publish(db, people, edition)
    arabic = publish(db, people, edition, language="ar", title="في السلام")
    actor = publish(db, people, edition, track=TrackCode.DIGITAL_ACTOR)
    other = publish(db, people, edition, question=response)
    past = publish(db, people, older)
    everything = [past, other, actor, arabic, first]

    def shown(query: str) -> list[str]:
        return numbers(client.get(f"/fr/contributions/{query}"))

    assert shown("") == [each.number for each in everything]
    assert shown("?edition=2017") == [past.number]
    assert shown("?language=ar") == [arabic.number]
    assert shown("?track=digital_actor") == [actor.number]
    assert shown("?theme=response") == [other.number]
    assert shown("?question=standing-response") == [other.number]
    assert shown("?edition=standing&track=jurist&theme=prevention&language=fr") == [first.number]
    form = tree(client.get("/fr/contributions/?track=digital_actor&edition=2017")).xpath(
        "//form[@method='get']"
    )[0]
    chosen = {name: value for name, value in form.form_values() if value}
    assert chosen == {"track": "digital_actor", "edition": "2017"}
    for field in form.xpath(".//select"):
        assert form.xpath(f".//label[@for='{field.get('id')}']")


def test_list_without_a_match_says_so(client: FlaskClient, edition: Edition) -> None:
    assert "Nothing has been published yet." in client.get("/en/contributions/").text
    assert "No published essay matches" in client.get("/en/contributions/?language=ko").text


@pytest.mark.parametrize(
    "query",
    [
        "edition=none",
        "track=none",
        "theme=none",
        "language=xx",
        "question=none",
        "after=none",
        "after=MQ",
        "after=é",
        "after=OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ",
        "after=MS45OTk5OTk5OTk5OTk5",
        "edition=%00",
    ],
)
def test_list_with_a_value_there_is_not_is_404(
    client: FlaskClient, edition: Edition, query: str
) -> None:
    assert client.get(f"/en/contributions/?{query}").status_code == 404


def test_list_pages_neither_repeat_nor_skip_with_equal_moments(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    first = publish(db, people, edition)
    text = db.scalars(select(PublishedText)).one()
    columns = {c.name: getattr(text, c.name) for c in PublishedText.__table__.columns}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(2, 122):
        # Publication is what other tests are about: here it is the list's order, over many.
        made = Contribution(
            number=f"S-J-{n:03d}", sequence=n, edition_id=edition.id, track="jurist",
            language="fr", state="accepted", owner_id=people.author.id,
        )  # fmt: skip
        db.add(made)
        db.flush()
        same = {"id": n, "contribution_id": made.id, "number": made.number}
        db.add(PublishedText(**columns | same | {"published_at": moment}))
    db.commit()
    seen: list[str] = []
    address = "/fr/contributions/?track=jurist"
    sizes = []
    while address:
        page = client.get(address)
        sizes.append(len(numbers(page)))
        seen += numbers(page)
        following = tree(page).xpath("//a[@rel='next']/@href")
        address = following[0] if following else ""
        assert not following or "track=jurist" in address
        if len(sizes) == 1:
            # What appears meanwhile belongs to the beginning and disturbs nothing further down.
            publish(db, people, edition)
    assert sizes == [50, 50, 21]
    assert seen == [first.number, *(f"S-J-{n:03d}" for n in range(121, 1, -1))]


def test_list_shows_an_essay_once_however_many_languages_it_is_in(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    made = publish(db, people, edition)
    text = db.scalars(select(PublishedText)).one()
    columns = {c.name: getattr(text, c.name) for c in PublishedText.__table__.columns}
    translated = {"id": text.id + 1, "language": "ar", "is_source": False}
    db.add(PublishedText(**columns | translated))
    db.commit()
    assert numbers(client.get("/fr/contributions/")) == [made.number]
    assert numbers(client.get("/fr/contributions/?language=ar")) == []


@pytest.mark.parametrize("essays", [1, 3])
def test_list_runs_the_same_queries_however_long(
    app: Flask,
    client: FlaskClient,
    db: Session,
    people: Cast,
    edition: Edition,
    count_queries: Any,
    essays: int,
) -> None:
    for _ in range(essays):
        publish(db, people, edition)
    expected = {
        "/fr/contributions/": 2,
        "/fr/contributions/?edition=standing&track=jurist&language=fr": 2,
        "/fr/questions/": 5,
        "/fr/questions/standing-prevention/": 3,
        "/fr/": 7,
        "/fr/feed.atom": 1,
    }
    for address, queries in expected.items():
        with count_queries(app.extensions["jsi_engine"]) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) == queries, (address, statements)
