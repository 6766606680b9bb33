"""What somebody had written is kept until they have signed in again: by whom, and how much."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.core import clock
from app.web.models import ParkedForm
from app.web.parking import MOST_BYTES, MOST_FORMS

PAGE = "/en/contribute/jurist/"


def kept(db: Session) -> int:
    db.rollback()
    return db.scalar(select(func.count()).select_from(ParkedForm)) or 0


def test_a_form_is_kept_for_its_own_browser_only(app: Flask, db: Session) -> None:
    answer = app.test_client().post(PAGE, data={"language": "fr"})
    assert (answer.status_code, answer.location) == (303, "/en/login?next=/en/contribute/jurist/")
    assert kept(db) == 1
    form = db.scalars(select(ParkedForm)).one()
    assert form.fields == {"language": ["fr"]}
    assert form.token not in answer.text


def test_secrets_of_a_form_are_not_kept(client: FlaskClient, db: Session) -> None:
    client.post(PAGE, data={"language": "fr", "csrf_token": "x", "password": "y"})
    db.rollback()
    assert db.scalars(select(ParkedForm)).one().fields == {"language": ["fr"]}


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_not_kept(
    client: FlaskClient, db: Session, origin: str
) -> None:
    answer = client.post(PAGE, data={"language": "fr"}, headers={"Sec-Fetch-Site": origin})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers
    assert kept(db) == 0


def test_a_form_from_this_site_is_kept(client: FlaskClient, db: Session) -> None:
    client.post(PAGE, data={"language": "fr"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert kept(db) == 1


def test_a_form_too_large_is_not_kept(client: FlaskClient, db: Session) -> None:
    assert client.post(PAGE, data={"body": "x" * MOST_BYTES}).status_code == 400
    assert kept(db) == 0


def test_a_form_of_unknown_size_is_not_kept(client: FlaskClient, db: Session) -> None:
    environ = EnvironBuilder(PAGE, method="POST", data={"body": "x"}).get_environ()
    del environ["CONTENT_LENGTH"]  # it comes in pieces
    environ["wsgi.input_terminated"] = True
    _, status, _ = run_wsgi_app(client.application, environ, buffered=True)
    assert status.startswith("400")
    assert kept(db) == 0


def test_no_more_forms_are_kept_than_there_is_room_for(client: FlaskClient, db: Session) -> None:
    db.add_all(
        ParkedForm(token=str(number), path=PAGE, fields={}, created_at=clock.now())
        for number in range(MOST_FORMS)
    )
    db.commit()
    assert client.post(PAGE, data={"language": "fr"}).status_code == 400
    assert kept(db) == MOST_FORMS
