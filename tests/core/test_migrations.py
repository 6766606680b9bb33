"""The migrations make exactly the tables the code describes, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, inspect, select, text

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


FILLED: dict[type, Any] = {str: "", bool: False, int: 1, dict: "[]"}


def insert(connection: Connection, name: str, **values: Any) -> None:
    """A row as the database has the table now, its other columns filled with next to nothing."""
    table = Table(name, MetaData(), autoload_with=connection)
    for column in table.columns:
        if column.name not in values and not column.nullable:
            values[column.name] = (
                "2017-04-06 12:00:00"
                if column.name.endswith("_at")
                else FILLED.get(column.type.python_type, "[]")
            )
    names = ", ".join(f":{each}" for each in values)
    connection.execute(text(f"INSERT INTO {name} ({', '.join(values)}) VALUES ({names})"), values)


def test_upgrade_notes_where_people_work(fresh: Engine) -> None:
    migrate.upgrade(fresh, "0001")
    with fresh.begin() as connection:
        insert(connection, "account", id=1, email="a@b", affiliation="Université de Genève")
        insert(connection, "account", id=2, email="c@d", fs_uniquifier="c", affiliation="")
        insert(connection, "edition", id=1, slug="x", title="{}", description="{}")
        for id, owner in ((1, 1), (2, 2)):
            insert(
                connection,
                "contribution",
                id=id,
                edition_id=1,
                owner_id=owner,
                number=f"X-{id}",
                state="submitted",
                co_authors="{}",
                language="fr",
            )
            for number in (1, 2):
                insert(
                    connection,
                    "revision",
                    id=10 * id + number,
                    contribution_id=id,
                    number=number,
                    language="fr",
                    extra="{}",
                    authors=f'[{{"name": "A", "affiliation": "МГУ {number}"}}, {{"name": "B"}}]',
                )
            connection.execute(
                text("UPDATE contribution SET revision_id = :r WHERE id = :c"),
                {"r": 10 * id + 2, "c": id},
            )
    migrate.upgrade(fresh)
    noted = Base.metadata.tables["author_affiliation"]
    with fresh.connect() as connection:
        keys = connection.scalars(text("SELECT affiliation_key FROM account ORDER BY id")).all()
        rows = connection.execute(select(noted.c.contribution_id, noted.c.key)).all()
    assert keys == ["universitedegeneve", ""]
    assert sorted(map(tuple, rows)) == [(1, "mgu2"), (1, "universitedegeneve"), (2, "mgu2")]


def test_upgrade_confirms_what_was_asked_for_before_there_was_a_list(fresh: Engine) -> None:
    """Of many at once, a run that waits goes on: with what there is of each now."""
    migrate.upgrade(fresh, "0003")
    with fresh.begin() as connection:
        insert(connection, "account", id=1, email="a@b", digest="daily")
        insert(connection, "edition", id=1, slug="x", title="{}", description="{}")
        essay = {"edition_id": 1, "owner_id": 1, "state": "submitted", "language": "fr"}
        insert(connection, "contribution", id=1, number="X-1", co_authors="{}", **essay)
        revision = {"contribution_id": 1, "language": "fr", "extra": "{}", "authors": "[]"}
        for number in (1, 2):
            insert(connection, "revision", id=10 + number, number=number, **revision)
        connection.execute(text("UPDATE contribution SET revision_id = 12"))
        decision = {"revision_id": 11, "moderator_id": 1, "verdict": "changes", "standing": "final"}
        insert(connection, "decision", id=7, contribution_id=1, **decision)
        insert(connection, "bulk_run", id=1, account_id=1, state="waiting", choices="{}")
        insert(connection, "bulk_item", run_id=1, contribution_id=1, state="waiting", data="{}")
    migrate.upgrade(fresh)
    with fresh.connect() as connection:
        [item] = connection.execute(text("SELECT revision, decision_id FROM bulk_item"))
        [confirmed] = connection.scalars(text("SELECT confirmed_at FROM bulk_run"))
    assert tuple(item) == (2, 7)
    assert confirmed is not None


def test_upgrade_notes_what_is_down_and_what_took_it_down(fresh: Engine) -> None:
    migrate.upgrade(fresh, "0007")
    removed = "2026-11-20 12:00:00.123456"
    with fresh.begin() as connection:
        insert(connection, "account", id=1, email="a@b", digest="daily")
        insert(connection, "account", id=2, email="c@d", fs_uniquifier="c", digest="daily")
        insert(connection, "edition", id=1, slug="x", title="{}", description="{}")
        essay = {"edition_id": 1, "owner_id": 1, "language": "fr", "co_authors": "{}"}
        down = {"state": "removed", "removed_at": removed, "removal_reason": "Faux."}
        insert(connection, "contribution", id=1, number="X-1", **essay, **down)
        insert(connection, "contribution", id=2, number="X-2", **essay, state="rejected")
        for id, actor in ((1, 1), (2, 2)):
            entry = {"subject": "contribution", "subject_id": 1, "actor_id": actor, "at": removed}
            insert(
                connection, "audit_entry", id=id, action="contribution:removed", data="{}", **entry
            )
        for id, closed in ((1, "2026-11-01 12:00:00"), (2, removed)):
            case = {"contribution_id": 1, "outcome": "removed", "closed_by_id": 2}
            insert(connection, "report_case", id=id, closed_at=closed, **case)
        revision = {"language": "fr", "extra": "{}", "authors": "[]", "number": 1}
        insert(connection, "revision", id=1, contribution_id=2, **revision)
        decision = {"revision_id": 1, "moderator_id": 2, "verdict": "reject", "standing": "final"}
        insert(connection, "decision", id=7, contribution_id=2, **decision)
        insert(connection, "appeal", id=1, contribution_id=2, decision_id=7, outcome="open")
    migrate.upgrade(fresh)
    with fresh.connect() as connection:
        [made] = connection.execute(
            text("SELECT id, account_id, reason, language, rule, reversed_at FROM take_down")
        )
        cases = connection.scalars(text("SELECT take_down_id FROM report_case ORDER BY id")).all()
        same = text(
            "SELECT count(*) FROM take_down JOIN contribution"
            " ON contribution.id = contribution_id AND taken_at = removed_at"
        )
        assert connection.scalar(same) == 1
        [appeal] = connection.execute(text("SELECT decision_id, take_down_id FROM appeal"))
    assert tuple(made)[1:] == (2, "Faux.", "", "", None)
    assert cases == [None, made.id]
    assert tuple(appeal) == (7, None)
    migrate.downgrade(fresh, "0007")
    with fresh.connect() as connection:
        reasons = connection.scalars(text("SELECT removal_reason FROM contribution ORDER BY id"))
        assert reasons.all() == ["Faux.", ""]


def test_newer_database_is_refused(fresh: Engine) -> None:
    migrate.upgrade(fresh)
    with fresh.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabase):
        migrate.upgrade(fresh)
