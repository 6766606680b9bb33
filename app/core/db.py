"""Tables, column types, engines and sessions, for SQLite and PostgreSQL alike.

SQLite runs in WAL mode. A transaction that will write begins with ``BEGIN IMMEDIATE``: it waits for
its turn at the start, where SQLite honours ``busy_timeout``; a read transaction that turned into a
write one would be refused at once with "database is locked" (https://sqlite.org/isolation.html).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    create_engine,
    event,
    inspect,
    literal_column,
    make_url,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from app.core.errors import NotFound

BUSY_TIMEOUT_MS: Final = 20_000
IMMEDIATE: Final = {"sqlite_begin": "IMMEDIATE"}


Reader = Session | Connection
"""What answers a query; a connection costs half as much as a session, which keeps objects too."""


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values; always returns aware ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


#: Text in the order of its characters, which ranges of prefixes rely on.
Ordered = String().with_variant(String(collation="C"), "postgresql")

JSONValue = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Parent of every table. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own contract
        datetime: UTCDateTime,
        dict[str, Any]: JSONValue,
        dict[str, str]: JSONValue,
        list[str]: JSONValue,
        list[dict[str, Any]]: JSONValue,
    }


def make_engine(url: str) -> Engine:
    """An engine for that address (SQLAlchemy's form), set up for use by several processes.

    Its errors don't repeat the values of a statement: those may be secret, and errors are logged.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself; _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        # Small, and no mapped memory: each thread of each process has a connection, and the system
        # keeps the file's pages for all of them. Measured: larger ones are no faster.
        "cache_size = -4000",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    if mode:
        # Straight to the driver: SQLAlchemy's way costs more than the whole of the statement.
        connection.connection.cursor().execute(f"BEGIN {mode}")


def word(value: str) -> ColumnElement[str]:
    """One of our own words (a state, a code), as such in a statement instead of as a parameter.

    There are few of them, each statement is put together once, and SQLite plans a statement anew
    at each execution where a parameter is compared with what an index is restricted to.
    """
    if not re.fullmatch("[a-z_]*", value):
        raise ValueError(f"not a word of ours: {value!r}")
    return literal_column(f"'{value}'", String)


def reading(engine: Engine) -> Engine:
    """The same engine for reading: without a transaction each statement sees what is there.

    Nor does PostgreSQL keep one open, with all it holds, until the request ends.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_begin="")
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of plain sessions on that engine."""
    return sessionmaker(engine, expire_on_commit=False)


def begin_write(session: Session) -> None:
    """Start a writing transaction: what was read before is let go of and will be read anew."""
    session.rollback()
    session.connection(execution_options=IMMEDIATE)


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A writing transaction in a session of its own: returning commits, raising rolls back."""
    with sessions() as session:
        begin_write(session)
        yield session
        session.commit()


def hold(session: Session, row: Base, *, referred: bool = False) -> None:
    """Read a row's columns anew and keep everybody else from changing it until the end.

    ``referred`` lets others write what refers to it meanwhile: on PostgreSQL they wait otherwise,
    which must not be where they hold what comes next here. Raises NotFound where somebody else has
    deleted it meanwhile.
    """
    columns = [attribute.key for attribute in inspect(row).mapper.column_attrs]
    # refresh() would throw away what has not been sent yet.
    session.flush()
    try:
        session.refresh(row, columns, with_for_update={"key_share": referred})
    except InvalidRequestError as error:
        raise NotFound("row.gone") from error
