"""The first page and the questions, as visitors meet them."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.core.languages import CODES, LANGUAGES
from app.core.policy import TrackCode
from app.editions.models import Edition
from tests.factories import Cast, make_edition
from tests.library.conftest import publish, tree


@pytest.mark.parametrize("code", CODES)
def test_home_in_every_language(client: FlaskClient, edition: Edition, code: str) -> None:
    page = tree(client.get(f"/{code}/"))
    assert page.get("lang") == LANGUAGES[code].tag
    assert page.get("dir") == LANGUAGES[code].direction
    ways = page.xpath("//section[contains(@class, 'ways')]//h2/a/@href")
    assert ways == [f"/{code}/contribute/jurist/", f"/{code}/contribute/digital_actor/"]


def test_home_shows_call_questions_and_newest_five(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    edition.closes_at = datetime(2099, 3, 4, 12, 30, tzinfo=UTC)
    made = [publish(db, people, edition, title=f"Essai {n}") for n in range(6)]
    page = tree(client.get("/en/"))
    moment = page.xpath("//p[@class='call open']//time")[0]
    assert moment.get("datetime") == "2099-03-04T12:30:00+00:00"
    assert "4 March 2099" in moment.text
    assert "/en/questions/standing-prevention/" in page.xpath("//h4/a/@href")
    shown = page.xpath("//bdi[@class='reference']/text()")
    assert shown == [each.number for each in reversed(made[1:])]


def test_home_without_edition_or_essay(client: FlaskClient) -> None:
    text = client.get("/en/").text
    assert "No call is open at the moment." in text
    assert "Nothing has been published yet." in text


def test_home_of_a_closed_call_says_so(client: FlaskClient, db: Session, people: Cast) -> None:
    make_edition(db, "2017", closes_at=datetime(2017, 3, 1, tzinfo=UTC))
    db.commit()
    text = client.get("/en/").text
    assert "The call of Edition 2017 is closed." in text


def test_questions_count_their_essays(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    publish(db, people, edition)
    publish(db, people, edition)
    page = tree(client.get("/en/questions/"))
    items = page.xpath("//li[h4/a[@href='/en/questions/standing-prevention/']]")
    assert "2 essays" in items[0].text_content()
    assert "How can conflict" in items[0].text_content()
    others = page.xpath("//li[h4/a[@href='/en/questions/standing-response/']]")
    assert "No essay yet" in others[0].text_content()


def test_question_shows_theme_context_and_essays_by_track(
    client: FlaskClient, db: Session, people: Cast, edition: Edition
) -> None:
    jurist = publish(db, people, edition, title="Du droit")
    actor = publish(db, people, edition, title="Du code", track=TrackCode.DIGITAL_ACTOR)
    page = tree(client.get("/fr/questions/standing-prevention/"))
    text = page.xpath("//main")[0].text_content()
    assert text.index("Prévention") < text.index("Comment prévenir") < text.index("Sur prevention.")
    assert "Ce que l’on sait." in text
    by_track = {
        section.get("aria-labelledby"): section.xpath(".//bdi[@class='reference']/text()")
        for section in page.xpath("//section[starts-with(@aria-labelledby, 'answers-')]")
    }
    assert by_track == {
        "answers-jurist": [jurist.number],
        "answers-digital_actor": [actor.number],
    }
    assert page.xpath("//a[contains(@class, 'button')]/@href") == [
        f"/fr/contribute/{track}/?edition=standing&question=standing-prevention"
        for track in ("jurist", "digital_actor")
    ]


def test_question_of_a_closed_call_invites_nobody(
    client: FlaskClient, db: Session, people: Cast
) -> None:
    make_edition(db, "2017", is_open=False)
    db.commit()
    page = client.get("/en/questions/2017-prevention/")
    assert "/contribute/" not in page.text
    assert "The call for answers to this question is closed." in page.text


def test_question_unknown_is_404(client: FlaskClient) -> None:
    assert client.get("/fr/questions/nothing/").status_code == 404


@pytest.mark.parametrize("address", ["/xx/", "/xx/contributions/", "/fr/nowhere/"])
def test_unknown_address_is_a_translated_404(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"Accept-Language": "ar"})
    assert page.status_code == 404
    assert html.document_fromstring(page.text).get("lang") == (
        "fr" if address.startswith("/fr") else "ar"
    )
