"""The organisers' desk over HTTP: an edition from nothing, every page, strangers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.editions import queries
from app.editions.models import Edition
from app.editions.policy import CallState, call_state
from tests.editions.conftest import DESK, reread
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser, Open


def headings(page: Browser) -> list[str]:
    return [item.text_content().strip() for item in page.tree.xpath("//h1|//h2|//h3|//h4")]


def test_an_edition_from_nothing_in_pages(
    browser: Open, people: Cast, db: Session, at: Callable[[Any], None]
) -> None:
    """As with JSI_DEMO=0: the first administrator makes all of it, and a call opens."""
    admin = browser("administrator@example.org")
    assert "There is no edition yet" in admin.get(DESK).text
    admin.get(f"{DESK}editions/new")
    answer = admin.submit(
        {"slug": "2027", "prefix": "2027", "language": "fr", "title": "Édition 2027"}
    )
    assert answer.status_code == 303
    admin.get(answer.location)
    assert "The call is closed." in admin.page.text

    for track in ("jurist", "digital_actor"):
        admin.get(f"{DESK}editions/2027/tracks/{track}/rules")
        rules = {"min_length": "50", "max_length": "3000", "licences": ["CC-BY-4.0"]}
        assert admin.submit(rules | {"required_fields": ["abstract"]}).status_code == 303
        admin.get(f"{DESK}editions/2027/tracks/{track}/texts?in=fr")
        guidance = {"audience": "Pour vous.", "guidance": "## Avant d’écrire\n\nLisez."}
        assert admin.submit({"title": "Une voie"} | guidance).status_code == 303

    admin.get(f"{DESK}editions/2027/themes/new")
    theme = {"code": "prevention", "language": "ar", "title": "الوقاية"}
    assert admin.submit(theme).status_code == 303
    admin.get(f"{DESK}editions/2027/themes/prevention/questions/new")
    question = {"slug": "prevenir", "language": "fr", "title": "Comment prévenir ?"}
    assert admin.submit(question | {"tracks": ["jurist"]}).status_code == 303

    admin.get(f"{DESK}editions/2027/settings")
    window = {"opens_at": "2027-01-01T09:00", "closes_at": "2027-06-30T18:00"}
    answer = admin.submit(window | {"time_zone": "Asia/Seoul", "is_open": "y"})
    assert answer.status_code == 303

    edition = reread(db, "2027")
    assert edition.opens_at == datetime(2027, 1, 1, 0, tzinfo=UTC)
    assert edition.closes_at == datetime(2027, 6, 30, 9, tzinfo=UTC)
    assert call_state(edition, datetime(2027, 3, 1, tzinfo=UTC)) is CallState.OPEN
    track = queries.track(db, edition, "jurist")
    assert track is not None
    assert (track.max_length, track.licences) == (3000, ["CC-BY-4.0"])
    assert "<h2>Avant d’écrire</h2>" in track.guidance_html["fr"]
    asked = queries.questions_of(db, edition, "jurist")
    assert [(each.slug, each.theme.code) for each in asked] == [("prevenir", "prevention")]
    assert queries.questions_of(db, edition, "digital_actor") == []

    at(datetime(2027, 3, 1, tzinfo=UTC))
    guidance = browser().get("/fr/contribute/jurist/")
    assert "Avant d’écrire" in guidance.text
    assert "Comment prévenir ?" in guidance.text


def test_desk_shows_how_things_stand(
    organiser: Browser, edition: Edition, people: Cast, db: Session
) -> None:
    make_contribution(db, people.author, edition=edition)
    db.commit()
    page = organiser.get(DESK).text
    assert "Contributions: Edition standing" in page
    submitted = organiser.tree.xpath("//tr[th='Submitted']/td")
    assert [cell.text_content().strip() for cell in submitted] == ["1", "0"]
    link = submitted[0].xpath(".//a/@href")[0]
    assert link == "/en/organise/contributions/?q=edition:standing+state:submitted+track:jurist"
    assert organiser.get(link).status_code == 200
    labels = [item.text for item in organiser.tree.xpath("//main//h2/a")]
    assert labels == []


@pytest.mark.parametrize("count", [1, 3])
def test_desk_counts_each_open_edition_in_a_constant_number_of_queries(
    app: Flask,
    organiser: Browser,
    people: Cast,
    db: Session,
    count_queries: Callable[..., Any],
    count: int,
) -> None:
    for number in range(count):
        opened = make_edition(db, f"e{number}")
        for _ in range(number + 1):
            make_contribution(db, people.author, edition=opened)
    make_edition(db, "over", is_open=False)
    db.commit()
    organiser.get(DESK)
    with count_queries(app.extensions["jsi_engine"]) as statements:
        organiser.get(DESK)
    assert len(statements) == 7
    tables = organiser.tree.xpath("//table[@class='figures']")
    numbers = [table.xpath(".//tr[th='Submitted']/td[1]")[0].text_content() for table in tables]
    assert [int(each) for each in numbers] == [*range(count, 0, -1)]
    captions = organiser.tree.xpath("//h2[starts-with(@id, 'figures-')]/text()")
    assert captions == [f"Contributions: Edition e{each}" for each in range(count - 1, -1, -1)]


def test_desk_leads_each_role_where_it_may_go(organiser: Browser, browser: Open) -> None:
    organiser.get(DESK)
    links = organiser.tree.xpath("//main//h2/a/@href")
    assert f"{DESK}editions/" in links
    assert f"{DESK}pages/" in links
    assert f"{DESK}mail/" not in links
    for link in links:
        assert organiser.get(link).status_code == 200
    admin = browser("administrator@example.org")
    admin.get(DESK)
    assert f"{DESK}mail/" in admin.tree.xpath("//main//h2/a/@href")


def test_desk_warns_of_what_nobody_moderates(organiser: Browser, people: Cast, db: Session) -> None:
    assert "Without a moderator" not in organiser.get(DESK).text
    for account in (people.moderator, people.other_moderator):
        db.merge(account).active = False
    db.commit()
    assert "Without a moderator" in organiser.get(DESK).text


ADDRESSES = (
    "",
    "editions/",
    "editions/new",
    "editions/standing/",
    "editions/standing/settings",
    "editions/standing/texts",
    "editions/standing/tracks/jurist/rules",
    "editions/standing/tracks/jurist/texts",
    "editions/standing/themes/new",
    "editions/standing/themes/response/settings",
    "editions/standing/themes/response/texts",
    "editions/standing/themes/response/questions/new",
    "questions/standing-response/settings",
    "questions/standing-response/texts",
)
BUTTONS = (
    "editions/standing/themes/response/move",
    "editions/standing/themes/response/delete",
    "questions/standing-response/move",
    "questions/standing-response/delete",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_opens_for_an_organiser(
    organiser: Browser, edition: Edition, address: str
) -> None:
    for language in ("en", "ar"):
        assert organiser.get(f"/{language}/organise/{address}").status_code == 200
        found = headings(organiser)
        assert found
        assert all(found)


def test_strangers_are_kept_out(browser: Open, edition: Edition, people: Cast, db: Session) -> None:
    visitor, stranger = browser(), browser("stranger@example.org")
    moderator = browser("moderator@example.org")
    for address in ADDRESSES:
        assert visitor.get(DESK + address).status_code == 302
        assert stranger.get(DESK + address).status_code == 403
        assert moderator.get(DESK + address).status_code == 403
    for address in ADDRESSES + BUTTONS:
        fields = {"step": "down", "title": "Mine", "slug": "mine", "code": "mine"}
        assert stranger.post(DESK + address, fields).status_code in {403, 405}
    assert db.scalars(select(AuditEntry.action)).all() == []


@pytest.mark.parametrize(
    "address",
    [
        "editions/2099/",
        "editions/2099/texts",
        "editions/standing/tracks/poet/rules",
        "editions/standing/themes/poetry/texts",
        "questions/nothing/texts",
        "editions/standing/texts?in=nl",
    ],
)
def test_what_does_not_exist_is_not_found(
    organiser: Browser, edition: Edition, address: str
) -> None:
    assert organiser.get(DESK + address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_edition_page_takes_a_constant_number_of_queries(
    app: Flask,
    organiser: Browser,
    people: Cast,
    db: Session,
    count_queries: Callable[..., Any],
    count: int,
) -> None:
    edition = make_edition(db)
    for theme in edition.themes[count:]:
        db.delete(theme.questions[0])
        db.delete(theme)
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert organiser.get(f"{DESK}editions/standing/").status_code == 200
    # The account with its roles; the edition and its tracks; its themes and their questions.
    assert len(statements) == 5


@pytest.mark.parametrize("count", [1, 3])
def test_editions_page_takes_a_constant_number_of_queries(
    app: Flask,
    organiser: Browser,
    db: Session,
    count_queries: Callable[..., Any],
    count: int,
) -> None:
    for number in range(count):
        make_edition(db, f"e{number}")
    db.commit()
    with count_queries(app.extensions["jsi_engine"]) as statements:
        assert organiser.get(f"{DESK}editions/").status_code == 200
    assert len(statements) == 3
