"""The public page of moderation in numbers, its charts, tables and files."""

import csv
import io
import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.core import clock
from app.core.chain import head
from app.core.languages import CODES
from app.editions.models import Edition
from app.moderation.transparency.counting import figures, keep, refresh
from app.moderation.transparency.labels import TABLES
from app.moderation.transparency.models import TransparencyReport
from tests.factories import Cast, make_contribution, make_edition

PAGE = "/en/transparency/standing/"


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    """Twelve French essays, six Arabic ones, two Korean ones; counted."""
    edition = make_edition(db)
    for language, number in (("fr", 12), ("ar", 6), ("ko", 2)):
        for _ in range(number):
            make_contribution(db, people.author, edition=edition, language=language)
    refresh(db, edition.id)
    db.commit()
    return edition


def tree(client: FlaskClient, address: str = PAGE) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.document_fromstring(answer.text)


def chart(page: html.HtmlElement, key: str) -> dict[str, str]:
    return {
        row.xpath("string(th)"): row.xpath("string(td)").strip()
        for row in page.xpath(f"//figure[@id='{key}']//tr")
    }


def test_page_leads_to_the_newest_edition(client: FlaskClient, edition: Edition) -> None:
    answer = client.get("/en/transparency/")
    assert answer.status_code == 302
    assert answer.location.endswith(PAGE)


def test_page_before_anything_was_counted(client: FlaskClient) -> None:
    assert "Nothing has been counted yet." in client.get("/en/transparency/").text
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}figures.json").status_code == 404


def test_page_shows_numbers_and_hides_small_ones(client: FlaskClient, edition: Edition) -> None:
    page = tree(client)
    languages = chart(page, "languages")
    assert (languages["العربية"], languages["한국어"], languages["Deutsch"]) == (
        "6",
        "not shown",
        "0",
    )
    assert languages["Français"] == "not shown"
    assert languages["Total"] == "20"
    assert chart(page, "outcomes")["Waiting for a decision"] == "20"
    assert "None so far." in page.xpath("string(//figure[@id='appeals'])")
    assert page.xpath("//figure[@id='languages']//summary")


def test_page_shows_bars_of_the_same_numbers(client: FlaskClient, edition: Edition) -> None:
    page = tree(client)
    bars = page.xpath("//figure[@id='languages']//ul/li")
    assert len(bars) == len(CODES)
    widths = [bar.xpath("string(.//rect[not(@class)]/@width)") for bar in bars]
    assert sorted(width for width in widths if width) == ["100.0%"]
    assert not page.xpath("//*[@style]")
    assert not page.xpath("//svg[not(@aria-hidden)]")


def test_bars_grow_from_the_right_in_arabic(client: FlaskClient, edition: Edition) -> None:
    page = tree(client, PAGE.replace("/en/", "/ar/"))
    assert page.xpath("//figure[@id='languages']//rect[@width='100.0%'][@x='0.0%']")
    assert not tree(client).xpath("//rect[@x]")


def test_page_says_when_it_was_counted_and_the_last_hash(
    client: FlaskClient, edition: Edition, db: Session
) -> None:
    text = client.get(PAGE).text
    assert "As of" in text
    assert head(db)[1] in text


def test_page_is_linked_from_every_foot(client: FlaskClient, edition: Edition) -> None:
    assert tree(client).xpath("//footer//a[@href='/en/transparency/']")


def test_page_has_headings_in_order(client: FlaskClient, edition: Edition) -> None:
    levels = [
        int(each.tag[1])
        for each in tree(client).xpath("//main//*[self::h1 or self::h2 or self::h3]")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_page_takes_three_queries(
    app: Flask, client: FlaskClient, edition: Edition, db: Session, count_queries: Any
) -> None:
    """Figures, names of the editions, the last seal; as many for three editions as for one."""
    for slug in ("", "second", "third"):
        if slug:
            refresh(db, make_edition(db, slug).id)
            db.commit()
        client.get(PAGE)
        with count_queries(app.extensions["jsi_engine"]) as statements:
            client.get(PAGE)
        assert len(statements) == 3


def test_files_say_the_same(client: FlaskClient, edition: Edition, db: Session) -> None:
    kept = db.get_one(TransparencyReport, edition.id).figures
    told = client.get(f"{PAGE}figures.json").json
    assert told is not None
    assert told["edition"] == "standing"
    assert told["tables"]["languages"] == {
        "total": 20,
        "numbers": dict(kept["tables"]["languages"]["cells"]),
    }
    assert told["tables"]["languages"]["numbers"]["ko"] is None
    answer = client.get(f"{PAGE}figures.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    found = {row["key"]: row["number"] for row in rows if row["table"] == "languages"}
    assert (found["ar"], found["ko"], found["de"], found["total"]) == ("6", "", "0", "20")
    assert "days_to_decision" in {row["table"] for row in rows}


def test_every_number_has_words(db: Session, edition: Edition) -> None:
    tables = figures(db, edition.id)["tables"]
    assert set(tables) == set(TABLES)
    for key, table in tables.items():
        assert {name for name, _number in table["cells"]} == {*map(str, TABLES[key].names)}


def test_worker_counts_what_is_an_hour_old(
    app: Flask, edition: Edition, people: Cast, db: Session, work: Callable[[], int], at: Any
) -> None:
    before = db.get_one(TransparencyReport, edition.id).counted_at
    make_contribution(db, people.author, edition=edition)
    db.commit()
    app.extensions["jsi_sweep"]()
    work()
    db.expire_all()
    assert db.get_one(TransparencyReport, edition.id).counted_at == before
    db.rollback()
    at(clock.now() + timedelta(minutes=61))
    app.extensions["jsi_sweep"]()
    work()
    db.expire_all()
    report = db.get_one(TransparencyReport, edition.id)
    assert report.counted_at > before
    assert report.figures["tables"]["tracks"]["total"] == 21


def test_keep_of_an_edition_deleted_meanwhile(db: Session) -> None:
    keep(db, 99, {})
    assert db.get(TransparencyReport, 99) is None


def test_numbers_are_written_as_the_language_does(
    client: FlaskClient, edition: Edition, db: Session
) -> None:
    report = db.get_one(TransparencyReport, edition.id)
    figures = {**report.figures, "days": {"median": 1200, "ninetieth": 1}}
    report.figures = figures
    db.commit()
    text = re.sub(r"\s", " ", client.get(PAGE).text)
    assert "1,200 days" in text
    assert "<dd>1 day</dd>" in text
