"""Languages in addresses."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from app.contributions.labels import TRACKS
from app.core.languages import CODES, LANGUAGES
from app.core.policy import TrackCode
from tests.http import Browser


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("zh-TW,zh;q=0.9", "zh"),
        ("pt-BR", "pt"),
        ("ar-EG", "ar"),
        ("nl,ru;q=0.4", "ru"),
        ("nl", "en"),
        ("", "en"),
        ("*", "en"),
        ("xx-" + "y" * 500, "en"),
    ],
)
def test_root_follows_the_browsers_wish(client: FlaskClient, wish: str, code: str) -> None:
    answer = client.get("/", headers={"Accept-Language": wish})
    assert (answer.status_code, answer.location) == (302, f"/{code}/")
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_root_prefers_a_remembered_choice(client: FlaskClient) -> None:
    client.get("/ko/language?to=/ko/questions/")
    answer = client.get("/", headers={"Accept-Language": "fr"})
    assert answer.location == "/ko/"


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil", "javascript:x", ""],
)
def test_remember_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = client.get("/de/language", query_string={"to": target})
    assert (answer.status_code, answer.location) == (303, "/de/")


@pytest.mark.parametrize("path", ["/xx/", "/EN/", "/french/contributions/", "/../etc/passwd"])
def test_an_unknown_language_is_a_page_that_does_not_exist(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "ar"})
    assert answer.status_code == 404
    assert '<html lang="ar" dir="rtl"' in answer.text


@pytest.mark.parametrize("code", CODES)
def test_every_page_says_its_language_and_direction(client: FlaskClient, code: str) -> None:
    language = LANGUAGES[code]
    page = client.get(f"/{code}/")
    assert f'<html lang="{language.tag}" dir="{language.direction}"' in page.text


def test_the_switcher_keeps_the_page_and_its_query(client: FlaskClient) -> None:
    visitor = Browser(client)
    visitor.get("/fr/contributions/?track=jurist&language=ar")
    addresses = visitor.tree.xpath("//header//a[@lang='zh-Hans']/@href")
    assert len(addresses) == 1
    assert client.get(addresses[0]).location == "/zh/contributions/?track=jurist&language=ar"


def test_words_follow_the_language_of_what_is_being_made(app: Flask) -> None:
    word = TRACKS[TrackCode.JURIST]
    with app.test_request_context("/en/"):
        said = [str(word)]
        for code in ("fr", "ru", "en"):
            with force_locale(code):
                said.append(str(word))
    assert said[0] == said[3] == "Jurists"
    assert len(set(said)) == 3


def test_absolute_addresses_name_the_host_that_was_asked(client: FlaskClient) -> None:
    html = client.get("/fr/", base_url="https://essays.example:8443").text
    assert 'href="https://essays.example:8443/de/"' in html
