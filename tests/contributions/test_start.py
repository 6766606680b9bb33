"""The page of a track: its guidance, and the start of an essay."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.policy import TrackCode
from app.editions.models import Edition, Question
from tests.contributions.pages import COMPLETE, Open
from tests.factories import Cast, make_edition


@pytest.mark.parametrize("track", ["jurist", "digital_actor"])
@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_track_shows_its_guidance_to_everybody(
    db: Session, client: FlaskClient, track: str, language: str
) -> None:
    make_edition(db)
    db.commit()
    page = client.get(f"/{language}/contribute/{track}/")
    assert page.status_code == 200
    assert f"/{language}/login?next=" in page.text


def test_track_unknown_is_not_found(client: FlaskClient) -> None:
    assert client.get("/en/contribute/lawyers/").status_code == 404


def test_track_starts_an_essay_that_can_be_saved_and_submitted(
    db: Session, people: Cast, browser: Open
) -> None:
    make_edition(db)
    db.commit()
    author = browser(people.author.email)
    author.get("/fr/contribute/digital_actor/?question=standing-response")
    answer = author.submit({"language": "fr"})
    assert answer.status_code == 303
    author.get(answer.location)
    chosen = author.tree.xpath("//select[@name='question']/option[@selected]/text()")
    assert chosen == ["Comment peut-on répondre à une attaque ?"]
    saved = author.submit(COMPLETE | {"action": "save"}, form="edit")
    assert (saved.status_code, saved.location) == (303, author.page.request.path)
    author.get(saved.location)
    sent = author.submit({"action": "submit"}, form="edit")
    assert sent.status_code == 303
    shown = author.get(sent.location)
    assert "S-D-001" in shown.text
    contribution = db.scalars(select(Contribution)).one()
    assert (contribution.state, contribution.track) == ("submitted", TrackCode.DIGITAL_ACTOR)


def test_track_when_all_calls_are_closed_says_so(db: Session, people: Cast, browser: Open) -> None:
    make_edition(db, is_open=False)
    db.commit()
    author = browser(people.author.email)
    page = author.get("/en/contribute/jurist/")
    assert "No call is open" in page.text
    author.post("/en/contribute/jurist/", {"language": "fr"})
    assert db.scalars(select(Contribution)).all() == []


def test_track_where_several_calls_are_open_shows_the_one_that_is_chosen(
    db: Session, people: Cast, client: FlaskClient, browser: Open
) -> None:
    make_edition(db)
    make_edition(db, "later")
    db.commit()
    for wished, other in (("standing", "later"), ("later", "standing")):
        page = client.get(f"/en/contribute/jurist/?edition={wished}").text
        assert f'href="/en/contribute/jurist/?edition={other}"' in page
        assert f'?edition={wished}" aria-current="page"' in page
        assert f"/en/questions/{wished}-response/" in page
        assert f"/en/questions/{other}-response/" not in page

    author = browser(people.author.email)
    author.get("/en/contribute/jurist/?edition=later&question=later-response")
    assert author.submit({"language": "fr"}).status_code == 303
    asked = select(Edition.slug, Question.slug).join_from(Contribution, Edition).join(Question)
    assert db.execute(asked).one() == ("later", "later-response")
