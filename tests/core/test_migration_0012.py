"""Titles that were there before are found."""

import sqlalchemy as sa
from sqlalchemy import Engine

from app import migrate
from tests.core.test_migrations import fresh, insert  # noqa: F401 - a fixture


def test_titles_are_kept_as_handed_in_without_their_case(fresh: Engine) -> None:  # noqa: F811 - a fixture
    migrate.upgrade(fresh, "0011")
    titles = {1: "Große ΛΌΓΟΣ", 2: "论和平", 3: ""}
    with fresh.begin() as connection:
        insert(connection, "account", id=1, email="a@b", digest="daily")
        insert(connection, "edition", id=1, slug="x", title="{}", description="{}")
        for id, title in titles.items():
            essay = {"owner_id": 1, "edition_id": 1, "language": "de", "title": "Autrement"}
            essay |= {"track": "jurist", "state": "submitted"}
            insert(connection, "contribution", id=id, number=f"2017-J-00{id}", **essay)
            if title:
                revision = {"contribution_id": id, "number": 1, "language": "fr", "title": title}
                insert(connection, "revision", id=10 + id, **revision)
                connection.execute(
                    sa.text("UPDATE contribution SET revision_id = :r WHERE id = :c"),
                    {"r": 10 + id, "c": id},
                )
    migrate.upgrade(fresh, "0012")
    with fresh.connect() as connection:
        kept = connection.execute(sa.text("SELECT * FROM title_words ORDER BY 1")).all()
        known = connection.execute(sa.text("SELECT title, language FROM contribution ORDER BY id"))
        assert [tuple(row) for row in known] == [
            ("Große ΛΌΓΟΣ", "fr"),
            ("论和平", "fr"),
            ("Autrement", "de"),
        ]
    assert [tuple(row) for row in kept] == [(1, "grosse λόγοσ"), (2, "论和平")]
