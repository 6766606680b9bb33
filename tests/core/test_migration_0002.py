"""A database that was in use before the moderation desk keeps all it had, and gets its chain."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.postgresql import JSONB

from app import migrate
from app.core.audit import AuditAction, record
from app.core.chain import Chain, head, verify
from app.core.db import make_sessions
from app.core.policy import SYSTEM
from tests.core.test_migrations import fresh  # noqa: F401 - a fixture

MOMENT = datetime(2026, 11, 21, 9, 30, 0, 123, tzinfo=UTC)
ENTRIES = 1_203


@pytest.fixture
def used(fresh: Engine) -> Engine:  # noqa: F811 - a fixture
    """At 0001, with an account, an edition, a contribution with revision and decision, entries."""
    migrate.upgrade(fresh, "0001")
    tables = sa.MetaData()
    tables.reflect(fresh)
    with fresh.begin() as connection:
        for name, values in ROWS:
            connection.execute(sa.insert(tables.tables[name]), filled(tables.tables[name], values))
        entry = tables.tables["audit_entry"]
        connection.execute(
            sa.insert(entry), [filled(entry, entry_values(number)) for number in range(ENTRIES)]
        )
        connection.execute(
            sa.update(tables.tables["contribution"]).values(
                state="published", published_at=MOMENT, revision_id=1, published_revision_id=1
            )
        )
    return fresh


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("account", {"id": 1, "email": "a@example.org", "fs_uniquifier": "x", "name": "Åsa"}),
    ("edition", {"id": 1, "slug": "2017", "prefix": "2017", "title": {"fr": "Paix"}}),
    ("track", {"id": 1, "edition_id": 1, "code": "jurist"}),
    (
        "contribution",
        {
            "id": 1,
            "number": "2017-J-001",
            "edition_id": 1,
            "track": "jurist",
            "language": "fr",
            "state": "submitted",
            "owner_id": 1,
        },
    ),
    (
        "revision",
        {"id": 1, "contribution_id": 1, "number": 1, "kind": "submission", "language": "fr"},
    ),
    (
        "decision",
        {
            "id": 1,
            "contribution_id": 1,
            "revision_id": 1,
            "moderator_id": 1,
            "verdict": "accept",
            "reasons": ["relevant"],
        },
    ),
]


def entry_values(number: int) -> dict[str, Any]:
    return {
        "at": MOMENT,
        "actor_id": None if number % 2 else 1,
        "action": "contribution:decided",
        "subject": "contribution",
        "subject_id": 1,
        "data": {"verdict": "accept", "words": "和平 é", "revision": number},
    }


def filled(table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """Those values, and something for every other column that must have one."""
    made = dict(values)
    for column in table.columns:
        given = column.name in made or column.primary_key or column.server_default is not None
        if not given and not column.nullable:
            made[column.name] = something(column.type)
    return made


def something(kind: Any) -> Any:
    if isinstance(kind, sa.DateTime):
        return MOMENT
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.JSON | JSONB):
        return []
    return ""


def content(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Every row of those tables."""
    found = {}
    for name, wanted in columns.items():
        table = sa.table(name, *(sa.column(each) for each in wanted))
        rows = connection.execute(sa.select(table).order_by(*table.columns)) if wanted else []
        found[name] = [tuple(map(repr, row)) for row in rows]
    return found


def test_upgrade_of_a_database_in_use_loses_nothing_and_chains_its_entries(used: Engine) -> None:
    inspector = sa.inspect(used)
    columns = {
        name: [
            each["name"]
            for each in inspector.get_columns(name)
            if not isinstance(each["type"], sa.JSON | JSONB) or used.dialect.name == "sqlite"
        ]
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    columns["account"].remove("fs_uniquifier")  # 0006 signs everybody out
    columns["contribution"].remove("removal_reason")  # 0009 puts it beside the statement
    with used.connect() as connection:
        before = content(connection, columns)
    assert len(before["audit_entry"]) == ENTRIES
    assert before["decision"]
    migrate.upgrade(used)
    with used.connect() as connection:
        assert content(connection, columns) == before
    with make_sessions(used)() as session:
        assert verify(session) == Chain(ENTRIES, head(session)[1])
        decision = session.execute(sa.text("SELECT reasons, standing FROM decision")).one()
        assert session.scalar(sa.text("SELECT fs_uniquifier FROM account")) != "x"
        assert "relevant" in str(decision.reasons)
        assert decision.standing == "final"
        record(session, SYSTEM, AuditAction.PAGE_CHANGED, 1)
        session.commit()
        assert verify(session) == Chain(ENTRIES + 1, head(session)[1])
    if used.dialect.name == "sqlite":
        with used.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
