"""How a request reads."""

import pytest
from flask import Flask
from sqlalchemy import event, text

from app.web.database import db, reader
from tests.factories import Cast
from tests.http import Open


def test_reader_begins_no_transaction(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        connection = reader()
        connection.execute(text("SELECT 1"))
        # It would only be given back: a fifth of what a page's one statement costs.
        assert not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]


def test_reader_is_the_session_where_there_is_one(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        db.execute(text("SELECT 1"))
        found = reader()
        assert found is db._get_current_object()  # type: ignore[attr-defined]
        assert found.connection().connection.dbapi_connection.in_transaction


@pytest.mark.parametrize("path", ["/en/my/contributions/", "/en/account", "/en/contributions/"])
def test_a_request_holds_one_connection_at_a_time(
    app: Flask, people: Cast, browser: Open, path: str
) -> None:
    person = browser(people.author.email)
    pool = app.extensions["jsi_engine"].pool
    held = []
    event.listen(pool, "checkout", lambda *_: held.append(pool.checkedout()))
    assert person.get(path).status_code == 200
    assert max(held) == 1
    assert pool.checkedout() == 0
