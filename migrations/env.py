"""Alembic's environment: migrates the database of the settings, or a connection it is given."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection

from app import models  # noqa: F401 - fills the metadata
from app.config import Settings
from app.core.db import Base, UTCDateTime, make_engine


def render_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types by their names, for migrations written by ``alembic revision``."""
    if kind != "type" or not isinstance(item, UTCDateTime | JSON):
        return False
    autogen.imports.add("from app.core.db import JSONValue, UTCDateTime")
    return "UTCDateTime()" if isinstance(item, UTCDateTime) else "JSONValue"


def run(connection: Connection) -> None:
    """Migrate over that connection, in one transaction a migration."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Changing a table there means making it anew; with foreign keys on, dropping the old one
        # would cascade. The pragma only works outside a transaction, hence the raw connection.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        compare_type=True,
        render_item=render_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(Settings.from_environment().database_url)
    with engine.connect() as connection:
        run(connection)
    engine.dispose()
