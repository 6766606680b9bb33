"""The organisers' editing of the site's own pages, over HTTP."""

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.editions import pages
from tests.factories import Cast
from tests.http import Browser, Open

ALL = "/en/organise/pages/"


def test_a_page_is_written_and_read(organiser: Browser, browser: Open, db: Session) -> None:
    assert organiser.get(ALL).status_code == 200
    assert len(organiser.tree.xpath("//main//h2/a")) == len(pages.SLUGS)
    organiser.get(f"{ALL}charter?in=fr")
    body = {"title": "Charte", "body": "## Principes\n\nDe la **bonne foi**."}
    assert organiser.submit(body).status_code == 303
    reader = browser().get("/fr/pages/charter/")
    assert "<h2>Principes</h2>" in reader.text
    assert "<strong>bonne foi</strong>" in reader.text
    # A correction shows on the next request, also to who kept the old page.
    organiser.get(f"{ALL}charter?in=fr")
    organiser.submit({"body": "De la confiance."})
    headers = {"If-None-Match": reader.headers["ETag"]}
    assert "De la confiance." in browser().get("/fr/pages/charter/", headers=headers).text


@pytest.mark.parametrize("slug", pages.SLUGS)
def test_a_page_that_is_not_written_yet_says_so(
    client: FlaskClient, organiser: Browser, slug: str
) -> None:
    foot = html.document_fromstring(client.get("/en/").text).xpath("//footer//a/@href")
    assert f"/en/pages/{slug}/" in foot
    page = client.get(f"/en/pages/{slug}/")
    assert page.status_code == 200
    assert "Nothing has been written yet." in page.text
    organiser.get(f"{ALL}{slug}?in=en")
    organiser.submit({"title": "Ours", "body": "We."})
    assert "We." in client.get(f"/en/pages/{slug}/").text


def test_a_page_is_previewed_in_its_own_direction(organiser: Browser, db: Session) -> None:
    organiser.get(f"{ALL}about?in=ar")
    answer = organiser.submit({"title": "عن الموقع", "body": "نص **مهم**.", "preview": "1"})
    assert answer.status_code == 200
    preview = organiser.tree.xpath("//section[@aria-labelledby='preview-body']/div")[0]
    assert (preview.get("lang"), preview.get("dir")) == ("ar", "rtl")
    assert preview.xpath(".//strong")[0].text == "مهم"
    assert pages.page(db, "about") is None


def test_a_page_refuses_a_text_without_title(organiser: Browser, db: Session) -> None:
    organiser.get(f"{ALL}about?in=en")
    answer = organiser.submit({"title": "", "body": "Text"})
    assert answer.status_code == 422
    assert pages.page(db, "about") is None


def test_clear_of_a_page_never_written_is_refused(organiser: Browser, db: Session) -> None:
    organiser.get(f"{ALL}about?in=en")
    answer = organiser.submit({"clear": "1"})
    assert answer.status_code == 422
    assert pages.page(db, "about") is None


def test_an_unknown_page_is_not_found(organiser: Browser) -> None:
    assert organiser.get(f"{ALL}imprint").status_code == 404


def test_strangers_are_kept_out(browser: Open, people: Cast, db: Session) -> None:
    assert browser().get(ALL).status_code == 302
    stranger = browser("stranger@example.org")
    for address in (ALL, f"{ALL}about"):
        assert stranger.get(address).status_code == 403
    fields = {"title": "Mine", "body": "Mine", "language": "en"}
    assert stranger.post(f"{ALL}about", fields).status_code == 403
    assert pages.page(db, "about") is None
