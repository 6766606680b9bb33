"""Headers on every answer."""

from collections.abc import Callable

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy.orm import Session

from app.contributions.states import State
from app.web import headers, navigation
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser

PAGES = ("/en/", "/ar/login", "/zh/contributions/", "/fr/nowhere", "/healthz", "/static/site.css")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_hardened(client: FlaskClient, path: str) -> None:
    sent = client.get(path).headers
    policy = sent["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES[:4])
def test_no_page_has_inline_code_or_another_hosts_files(client: FlaskClient, path: str) -> None:
    tree = html.document_fromstring(client.get(path).text)
    assert tree.xpath("//style | //@style | //@onclick | //@onload") == []
    scripts = tree.xpath("//script[not(@src) and not(@type='application/ld+json')]")
    assert scripts == []
    for address in tree.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src"):
        assert str(address).startswith("/static/")


def test_a_page_of_a_signed_in_person_is_never_public(
    db: Session, people: Cast, browser: Callable[..., Browser]
) -> None:
    make_contribution(db, people.author, edition=make_edition(db), state=State.PUBLISHED)
    db.commit()
    address = "/fr/contributions/S-J-001/"
    visitor, author = browser(), browser(people.author.email)
    public, own = visitor.get(address), author.get(address)
    assert "public" in public.headers["Cache-Control"]
    assert "private" in own.headers["Cache-Control"]
    assert "Cookie" in public.vary
    assert public.headers["ETag"] != own.headers["ETag"]
    assert "Set-Cookie" not in public.headers
    stale = {"If-None-Match": public.headers["ETag"]}
    assert visitor.get(address, headers=stale).status_code == 304
    assert author.get(address, headers=stale).status_code == 200


def test_a_page_that_sets_a_cookie_is_kept_by_nobody(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert headers.public("A page", etag="x").headers["Cache-Control"] == "public, no-cache"
        session["for"] = "this reader"
        answer = headers.public("A page", etag="x")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_browsers_that_came_by_https_stay_with_it(client: FlaskClient) -> None:
    secure = client.get("/en/", base_url="https://localhost")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/en/").headers


def test_cookies_are_for_this_site_and_not_for_scripts(
    people: Cast, browser: Callable[..., Browser]
) -> None:
    author = browser(people.author.email)
    cookie = author.client.get_cookie("session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_the_frames_ready_parts_are_few(app: Flask, client: FlaskClient) -> None:
    """However many folders visitors say the site lies in."""
    app.extensions["jsi_frames"].update(dict.fromkeys(range(navigation.MOST_FRAMES), ""))
    assert client.get("/en/", environ_overrides={"SCRIPT_NAME": "/other"}).status_code == 200
    assert len(app.extensions["jsi_frames"]) < navigation.MOST_FRAMES
