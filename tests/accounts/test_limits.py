"""How often somebody may try."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from app.web.limits import limiter
from tests.accounts.conftest import PERSON
from tests.factories import Cast
from tests.http import Browser


@pytest.fixture
def limited(settings: Settings, people: Cast) -> Iterator[Flask]:
    """The application as it runs for readers: with limits."""
    app = create_app(replace(settings, testing=False))
    yield app
    limiter.enabled = False
    app.extensions["jsi_engine"].dispose()


@pytest.mark.parametrize(
    ("page", "fields", "often"),
    [
        ("login", {"email": "author@example.org", "password": "wrong password"}, 30),
        ("reset", {"email": "author@example.org"}, 5),
        ("confirm", {"email": "author@example.org"}, 5),
        ("register", PERSON, 5),
    ],
)
def test_limits_are_kept(limited: Flask, page: str, fields: dict[str, str], often: int) -> None:
    visitor = Browser(limited.test_client())
    data = {"csrf_token": visitor.token()} | fields
    for _ in range(often):
        assert visitor.client.post(f"/fr/{page}", data=data).status_code != 429
    assert visitor.client.post(f"/fr/{page}", data=data).status_code == 429


def test_limits_let_right_passwords_through(limited: Flask) -> None:
    for _ in range(35):
        Browser(limited.test_client()).sign_in("author@example.org")


@pytest.mark.parametrize(
    ("page", "fields"),
    [("data/download", {}), ("delete", {"names": "keep", "password": "wrong password"})],
)
def test_limits_hold_for_ones_own_data(limited: Flask, page: str, fields: dict[str, str]) -> None:
    person = Browser(limited.test_client())
    person.sign_in("author@example.org")
    for _ in range(5):
        with person.post(f"/en/account/{page}", fields) as answer:
            assert answer.status_code in {200, 422}
    assert person.post(f"/en/account/{page}", fields).status_code == 429
