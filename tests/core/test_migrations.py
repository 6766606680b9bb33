"""The migrations make exactly the tables the code describes, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from app import migrate
from app.core.db import Base, make_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind that nothing was ever made in."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
        yield engine
        engine.dispose()
        return
    url: str = request.getfixturevalue("postgresql_url")
    server = make_engine(url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS fresh"))
        connection.execute(text("CREATE DATABASE fresh"))
    engine = make_engine(server.url.set(database="fresh").render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE fresh"))
    server.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        return list(compare_metadata(context, Base.metadata))


def checks(engine: Engine) -> set[tuple[str, str]]:
    """(table, constraint's name) of every CHECK; Alembic does not compare these by itself."""
    inspector = inspect(engine)
    return {
        (table, str(check["name"]))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }


def triggers(engine: Engine) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return set(connection.scalars(text(query)))


def test_upgrade_makes_the_tables_of_the_models(fresh: Engine) -> None:
    migrate.upgrade(fresh)
    assert migrate.is_current(fresh)
    assert differences(fresh) == []


def test_upgrade_makes_the_checks_of_the_models(fresh: Engine, tmp_path: Path) -> None:
    migrate.upgrade(fresh)
    described = make_engine(f"sqlite:///{tmp_path / 'described.db'}")
    Base.metadata.create_all(described)
    assert checks(fresh) == checks(described)
    described.dispose()


def test_downgrade_leaves_nothing_behind(fresh: Engine) -> None:
    migrate.upgrade(fresh)
    made = triggers(fresh)
    assert "audit_entry_refuses_delete" in made
    migrate.downgrade(fresh, "base")
    assert set(inspect(fresh).get_table_names()) <= {"alembic_version"}
    assert triggers(fresh) == set()
    migrate.upgrade(fresh)
    assert differences(fresh) == []
    assert triggers(fresh) == made


def test_newer_database_is_refused(fresh: Engine) -> None:
    migrate.upgrade(fresh)
    with fresh.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabase):
        migrate.upgrade(fresh)
