"""Titles that were there before are found."""

import sqlalchemy as sa
from sqlalchemy import Engine

from app import migrate
from tests.core.test_migration_0002 import ROWS, filled
from tests.core.test_migrations import fresh  # noqa: F401 - a fixture


def test_titles_are_kept_without_their_case(fresh: Engine) -> None:  # noqa: F811 - a fixture
    migrate.upgrade(fresh, "0011")
    tables = sa.MetaData()
    tables.reflect(fresh)
    [essay] = [values for name, values in ROWS if name == "contribution"]
    titles = {1: "Große ΛΌΓΟΣ", 2: "论和平", 3: ""}
    rows = [each for each in ROWS if each[0] in {"account", "edition", "track"}] + [
        ("contribution", essay | {"id": id, "number": f"2017-J-00{id}", "title": title})
        for id, title in titles.items()
    ]
    with fresh.begin() as connection:
        for name, values in rows:
            connection.execute(sa.insert(tables.tables[name]), filled(tables.tables[name], values))
    migrate.upgrade(fresh, "0012")
    with fresh.connect() as connection:
        kept = connection.execute(sa.text("SELECT * FROM title_words ORDER BY 1")).all()
    assert [tuple(row) for row in kept] == [(1, "grosse λόγοσ"), (2, "论和平")]
