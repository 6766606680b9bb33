"""Error pages in all ten languages."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from limits import parse
from lxml import html
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.config import Settings
from app.contributions.states import State
from app.core.errors import Invalid
from app.core.languages import CODES, LANGUAGES
from app.web import limits
from app.web.database import transaction
from app.web.errors import titles
from app.web.messages import words
from app.web.models import ParkedForm
from tests.factories import Cast, make_cast, make_contribution, make_edition
from tests.http import Browser

STATUSES = (400, 403, 404, 409, 410, 413, 422, 429, 500)


@pytest.fixture
def failing(settings: Settings) -> FlaskClient:
    """A site with a page for each error, which answers as in production."""
    app = create_app(replace(settings, testing=False))

    @app.route("/<lang>/fail/<int:status>", methods=["GET", "POST"])
    def fail(status: int) -> None:
        abort(status)

    @app.route("/<lang>/crash", methods=["GET", "POST"])
    def crash() -> None:
        raise RuntimeError("a secret in a message")

    @app.route("/<lang>/twice", methods=["GET", "POST"])
    def twice() -> None:
        with transaction() as session:
            for _ in range(2):
                session.add(ParkedForm(token="same", path="a secret", fields={}))
                session.flush()
                session.expunge_all()

    return app.test_client()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_error_is_a_page_in_the_readers_language(
    failing: FlaskClient, code: str, status: int
) -> None:
    answer = failing.get(f"/{code}/fail/{status}")
    assert answer.status_code == status
    tree = html.document_fromstring(answer.text)
    with failing.application.test_request_context(), force_locale(LANGUAGES[code].locale):
        expected = titles()[status][0]
    assert tree.xpath("string(//h1)") == expected
    assert tree.get("lang") == LANGUAGES[code].tag


@pytest.mark.parametrize("code", [code for code in CODES if code != "en"])
def test_every_error_is_translated(app: Flask, code: str) -> None:
    with app.test_request_context():
        english = titles()
        with force_locale(LANGUAGES[code].locale):
            own = titles()
            assert gettext("Sign in") != "Sign in"
    for status, said in english.items():
        assert said[0] != own[status][0], status
        assert said[1] != own[status][1], status


def test_a_crash_tells_nothing_to_the_reader_and_all_to_the_log(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing.get("/fr/crash")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "a secret in a message" in caplog.text


def test_the_second_of_two_who_make_the_same_is_told_so(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing.get("/fr/twice")
    assert answer.status_code == 409
    assert '<html lang="fr"' in answer.text
    assert "parked_form.token" in caplog.text
    assert "a secret" not in caplog.text


def test_without_its_database_the_site_says_so_in_the_readers_language(
    settings: Settings, people: Cast
) -> None:
    app = create_app(replace(settings, testing=False))
    author = Browser(app.test_client())
    author.sign_in("author@example.org")
    token = author.token("/fr/account")
    app.extensions["jsi_engine"].dispose()
    for each in settings.data_dir.glob("app.db*"):
        each.write_bytes(b"This is no database. " * 1_000)
    for answer in (
        author.get("/fr/my/contributions/"),
        author.client.post("/fr/account", data={"csrf_token": token, "name": "De longs mots"}),
    ):
        assert answer.status_code == 500
        assert '<html lang="fr"' in answer.text
    assert "De longs mots" in answer.text


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_postgresql_cannot_hold_is_refused(
    settings: Settings, postgresql_url: str, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        make_cast(session)
        session.commit()
    app = create_app(replace(settings, database_url=postgresql_url, testing=False))
    moderator = Browser(app.test_client())
    moderator.sign_in("moderator@example.org")
    answer = moderator.post("/fr/moderation/next", {"q": "peace\x00"})
    assert answer.status_code == 400
    assert '<html lang="fr"' in answer.text
    app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize(
    ("address", "status"),
    [("fail/404", 404), ("fail/429", 429), ("crash", 500), ("twice", 409)],
)
def test_words_that_could_not_be_taken_are_shown(
    failing: FlaskClient, address: str, status: int
) -> None:
    visitor = Browser(failing)
    answer = visitor.post(f"/fr/{address}", {"words": "De longues phrases.", "code": "short"})
    assert answer.status_code == status
    assert [each.text_content().strip() for each in visitor.tree.xpath("//main//textarea")] == [
        "De longues phrases."
    ]


def test_too_many_attempts_are_answered_with_429(settings: Settings) -> None:
    app = create_app(replace(settings, testing=False))
    visitor = Browser(app.test_client())
    statuses = set()
    for _ in range(45):
        visitor.get("/ar/reset")
        statuses.add(visitor.submit({"email": "nobody@example.org"}).status_code)
    assert 429 in statuses
    assert visitor.page is not None
    assert '<html lang="ar" dir="rtl"' in visitor.page.text


@pytest.mark.parametrize(
    ("limit", "most_seconds", "said"),
    [
        ("1 per minute", 60, "Please wait 1 minute before you try again."),
        ("1 per hour", 3_600, "minutes before you try again."),
        ("1 per day", 86_400, "Please try again tomorrow."),
    ],
)
def test_a_refusal_says_when_to_try_again(
    settings: Settings, limit: str, most_seconds: int, said: str
) -> None:
    app = create_app(replace(settings, testing=False))

    @app.get("/<lang>/once")
    def once() -> str:
        limits.spend(parse(limit), "once")
        return "done"

    client = app.test_client()
    assert client.get("/en/once").status_code == 200
    refused = client.get("/en/once")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= most_seconds
    assert said in refused.text


def test_a_forged_token_is_refused_in_words(people: Cast, browser: Callable[..., Browser]) -> None:
    author = browser(people.author.email)
    answer = author.client.post("/ko/account", data={"csrf_token": "forged", "name": "x"})
    assert answer.status_code == 400
    assert '<html lang="ko"' in answer.text


def test_a_method_a_page_has_not_is_answered_in_words(client: FlaskClient) -> None:
    answer = client.delete("/ru/")
    assert answer.status_code == 405
    assert '<html lang="ru"' in answer.text


def test_a_refusal_leads_a_visitor_to_the_sign_in_and_an_author_to_their_own(
    people: Cast, browser: Callable[..., Browser]
) -> None:
    missing = browser().get("/fr/contributions/none/").text
    assert "/fr/contributions/" in missing
    assert "/fr/my/contributions/" not in missing
    refused = browser(people.author.email).get("/fr/moderation/")
    assert refused.status_code == 403
    assert "/fr/my/contributions/" in refused.text.partition("<main")[2]


def test_words_for_what_an_earlier_release_kept(app: Flask) -> None:
    with app.test_request_context("/en/"):
        for kept in (Invalid("text.too_long"), Invalid("text.too_long", other="x")):
            assert words(kept) == "This is not possible at the moment."


def test_refusal_shows_what_was_written_and_nothing_else(
    db: Session, people: Cast, browser: Callable[..., Browser]
) -> None:
    essay = make_contribution(db, people.author, edition=make_edition(db), state=State.WITHDRAWN)
    db.commit()
    moderator = browser("moderator@example.org")
    answer = moderator.post(
        f"/en/moderation/{essay.id}/",
        {
            "verdict": "reject",
            "reasons": "unclear",
            "words": "  <b>No</b> source.\r\nWhy?",
            "points": "没有来源",
            "duplicate_of": "S-J-003",
            "words_language": "zh",
            "revision_seen": "1",
            "new_password": "a good long password",
        },
    )
    assert answer.status_code == 404
    [kept] = moderator.tree.xpath("//textarea[@readonly]")
    assert kept.text.split("\n") == ["<b>No</b> source.", "Why?", "", "没有来源", "", "S-J-003"]
    assert not moderator.tree.xpath("//main//b")
    moderator.get(f"/en/moderation/{essay.id}/")
    assert not moderator.tree.xpath("//textarea")
