"""One session a request, opened when first asked for, closed when the request ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.local import LocalProxy

from app.core import queue
from app.core.db import Reader, begin_write, reading


def init_app(app: Flask, engine: Engine, sessions: sessionmaker[Session]) -> None:
    """Give the application its engine and the request its session."""
    app.extensions["jsi_engine"] = engine
    app.extensions["jsi_reading"] = reading(engine)
    app.extensions["jsi_sessions"] = sessions
    app.teardown_appcontext(_close)


def _open() -> Session:
    if "db" not in g:
        # A request holds one connection: there are as many kept as threads, not twice as many.
        _give_back("connection")
        g.db = current_app.extensions["jsi_sessions"]()
    return cast(Session, g.db)


def reader() -> Reader:
    """For a page that only reads rows: the request's session if there is one, else a connection.

    The connection has no transaction: what two statements read may be a moment apart. It is good
    until the request asks for its session.
    """
    if "db" in g:
        return cast(Session, g.db)
    if "connection" not in g:
        g.connection = current_app.extensions["jsi_reading"].connect()
    return cast(Connection, g.connection)


def _close(_error: BaseException | None) -> None:
    _give_back("db")
    _give_back("connection")


def _give_back(name: str) -> None:
    opened: Reader | None = g.pop(name, None)
    if opened is not None:
        opened.close()


#: The request's session.
db = cast(Session, LocalProxy(_open))


@contextmanager
def transaction() -> Iterator[Session]:
    """A writing transaction: returning commits, raising rolls back; jobs leave after the commit.

    What was read before it is read anew inside it, so a rule never judges a stale row.
    """
    session = _open()
    begin_write(session)
    session.expire_all()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        queue.forget(session)
        raise
    send: Any = current_app.extensions["jsi_send_job"]
    queue.dispatch(session, send)
