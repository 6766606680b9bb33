"""What was found so far is told of the other essay, too."""

import sqlalchemy as sa
from sqlalchemy import Engine

from app import migrate
from tests.core.test_migration_0002 import ROWS, filled
from tests.core.test_migrations import fresh  # noqa: F401 - a fixture


def test_resemblances_are_turned_round(fresh: Engine) -> None:  # noqa: F811 - a fixture
    migrate.upgrade(fresh, "0007")
    tables = sa.MetaData()
    tables.reflect(fresh)
    [essay] = [values for name, values in ROWS if name == "contribution"]
    essays = [
        ("contribution", essay | {"id": number, "number": f"2017-J-00{number}"})
        for number in (1, 2, 3)
    ]
    rows = [each for each in ROWS if each[0] in {"account", "edition", "track"}] + essays
    signs = [
        {"kind": "language", "found": "de"},
        {"kind": "duplicate", "contribution": 1, "percent": 62},
        # It is gone since.
        {"kind": "duplicate", "contribution": 99, "percent": 50},
    ]
    with fresh.begin() as connection:
        for name, values in rows:
            connection.execute(sa.insert(tables.tables[name]), filled(tables.tables[name], values))
        for number, found in ((2, signs), (3, [])):
            revision = {"id": number, "contribution_id": number, "number": 1, "kind": "submission"}
            table = tables.tables["revision"]
            connection.execute(sa.insert(table), filled(table, revision))
            looked = {"contribution_id": number, "revision_id": number, "signs": found}
            table = tables.tables["inspection"]
            connection.execute(sa.insert(table), filled(table, looked))
    migrate.upgrade(fresh, "0008")
    with fresh.connect() as connection:
        kept = connection.execute(sa.text("SELECT * FROM resemblance")).all()
    assert [tuple(row) for row in kept] == [(2, 1, 62)]
