"""The demonstration is loaded once on each database; the tests of it only read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from app import migrate
from app.core.db import make_engine, make_sessions
from app.core.storage import make_store
from app.demonstration import is_loaded, load

NAME = "demonstration"


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def demonstration(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of its own with the demonstration in it."""
    folder = tmp_path_factory.mktemp(NAME)
    made = _sqlite if request.param == "sqlite" else _postgresql
    with made(request, folder) as engine:
        with make_sessions(engine)() as session:
            assert not is_loaded(session)
            load(session, make_store(f"file://{folder / 'files'}"))
            session.commit()
        yield engine


@contextmanager
def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "test.db")
    engine = make_engine(f"sqlite:///{folder / 'test.db'}")
    yield engine
    engine.dispose()


@contextmanager
def _postgresql(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Engine]:
    url = request.getfixturevalue("postgresql_url")
    server = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {NAME}")
    engine = make_engine(make_url(url).set(database=NAME).render_as_string(hide_password=False))
    migrate.upgrade(engine)
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {NAME}")
    server.dispose()


@pytest.fixture
def loaded(demonstration: Engine) -> Iterator[Session]:
    """A session on it; what a test might write is rolled back."""
    with make_sessions(demonstration)() as session:
        yield session
