"""``/healthz`` and ``/readyz``."""

import pytest
from flask import Flask
from flask.testing import FlaskClient


def test_healthz_lives_without_a_database(app: Flask, client: FlaskClient) -> None:
    app.extensions["jsi_engine"].dispose()
    assert client.get("/healthz").status_code == 200


def test_readyz_names_everything_that_answers(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "queue": "ok", "storage": "ok"}


def test_readyz_says_503_and_what_is_gone(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> int:
        raise ConnectionError("password in here")

    monkeypatch.setattr(app.extensions["jsi_queue"], "pending_count", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": "ok", "queue": "failed", "storage": "ok"}
