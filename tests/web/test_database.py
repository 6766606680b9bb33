"""How a request reads."""

from flask import Flask
from sqlalchemy import text

from app.web.database import db, reader


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
