"""Every way of changing the record behind the program's back is found, and its place said."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.core.audit import AuditAction, AuditEntry, record
from app.core.chain import Break, Chain, Fault, head, is_complete, verify
from app.core.policy import SYSTEM
from app.core.seals import FIRST, AuditSeal, link

ENTRIES = 6


@pytest.fixture
def whole(sessions: sessionmaker[Session]) -> list[str]:
    """A chain of six; its hashes."""
    with sessions() as session:
        for number in range(1, ENTRIES + 1):
            record(session, SYSTEM, AuditAction.PAGE_CHANGED, number, language="fr")
            session.commit()
        return list(session.scalars(select(AuditSeal.hash).order_by(AuditSeal.position)))


@contextmanager
def by_hand(engine: Engine) -> Iterator[Connection]:
    """Whoever owns the database can take its guards away, and put them back."""
    with engine.connect() as connection:
        guards = []
        if engine.dialect.name == "sqlite":
            # Before the transaction, inside of which SQLite does not hear it.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'a%'"
            guards = [(row.name, row.sql) for row in connection.execute(text(query))]
            for name, _sql in guards:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        for _name, sql in guards:
            connection.execute(text(sql))
        connection.commit()


def look(sessions: sessionmaker[Session], noted: str = "") -> Chain:
    with sessions() as session:
        return verify(session, noted)


def test_verify_of_a_whole_chain(sessions: sessionmaker[Session], whole: list[str]) -> None:
    assert look(sessions) == Chain(ENTRIES, whole[-1])
    assert look(sessions, whole[2]) == Chain(ENTRIES, whole[-1])
    with sessions() as session:
        assert head(session) == (ENTRIES, whole[-1])
        assert is_complete(session)


def test_verify_of_no_entries(sessions: sessionmaker[Session]) -> None:
    assert look(sessions) == Chain(0, FIRST)


@pytest.mark.parametrize(
    "change",
    [
        "subject_id = 99",
        "actor_id = 77",
        "action = 'page:forgotten'",
        "subject = 'question'",
        "at = '2020-01-01 00:00:00+00'",
        """data = '{"language": "ar"}'""",
        """data = '{"share": 0.5}'""",
    ],
)
def test_verify_finds_a_changed_entry(
    sessions: sessionmaker[Session], engine: Engine, whole: list[str], change: str
) -> None:
    if engine.dialect.name == "sqlite":
        change = change.replace("+00'", ".000000'")
    with by_hand(engine) as connection:
        connection.exec_driver_sql(f"UPDATE audit_entry SET {change} WHERE id = 3")
    assert look(sessions) == Chain(2, whole[1], Break(Fault.MISMATCH, 3, 3))


TAMPERING: dict[str, tuple[str, Break, int]] = {
    "entry deleted": ("DELETE FROM audit_entry WHERE id = 4", Break(Fault.ENTRY_GONE, 4, 4), 3),
    "entry and seal deleted": (
        "DELETE FROM audit_seal WHERE entry_id = 4; DELETE FROM audit_entry WHERE id = 4",
        Break(Fault.GAP, 4),
        3,
    ),
    "first seal deleted": ("DELETE FROM audit_seal WHERE position = 1", Break(Fault.GAP, 1), 0),
    "last seal deleted": (
        "DELETE FROM audit_seal WHERE position = 6",
        Break(Fault.UNSEALED, 5, 6),
        5,
    ),
    "seal changed": (
        f"UPDATE audit_seal SET hash = '{'a' * 64}' WHERE position = 2",
        Break(Fault.MISMATCH, 2, 2),
        1,
    ),
    "seals swapped": (
        "UPDATE audit_seal SET entry_id = 100 WHERE position = 2;"
        "UPDATE audit_seal SET entry_id = 2 WHERE position = 3;"
        "UPDATE audit_seal SET entry_id = 3 WHERE position = 2",
        Break(Fault.MISMATCH, 2, 3),
        1,
    ),
    "gap of positions": (
        "UPDATE audit_seal SET position = position + 100 WHERE position >= 5",
        Break(Fault.GAP, 5),
        4,
    ),
    "entry put in": (
        "INSERT INTO audit_entry (id, at, action, subject, subject_id, data)"
        " VALUES (50, '2026-01-01 00:00:00.000000', 'page:changed', 'page', 1, '{}')",
        Break(Fault.UNSEALED, 6, 50),
        6,
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_verify_finds_what_was_done_by_hand(
    sessions: sessionmaker[Session], engine: Engine, whole: list[str], name: str
) -> None:
    statements, expected, sound = TAMPERING[name]
    with by_hand(engine) as connection:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)
    assert look(sessions) == Chain(sound, whole[sound - 1] if sound else FIRST, expected)


def test_an_entry_put_in_by_hand_stays_without_a_seal(
    sessions: sessionmaker[Session], engine: Engine, whole: list[str]
) -> None:
    """The next writer seals its own entries only."""
    with by_hand(engine) as connection:
        connection.exec_driver_sql(TAMPERING["entry put in"][0])
    with sessions() as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SELECT setval('audit_entry_id_seq', 60)"))
        record(session, SYSTEM, AuditAction.PAGE_CHANGED, 1)
        session.commit()
        assert not is_complete(session)
    assert look(sessions).broken == Break(Fault.UNSEALED, 7, 50)


def rewrite(connection: Connection, change: Callable[[dict[str, Any]], None]) -> None:
    """As somebody would who owns the database and has read the document: all is sealed anew."""
    connection.execute(text("DELETE FROM audit_seal"))
    rows = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).mappings()
    previous = FIRST
    for position, row in enumerate(rows.all(), start=1):
        values = dict(row)
        change(values)
        connection.execute(
            text("UPDATE audit_entry SET data = :data WHERE id = :id"),
            {"data": json.dumps(values["data"]), "id": values["id"]},
        )
        previous = link(position, previous, AuditEntry(**values))
        connection.execute(
            text("INSERT INTO audit_seal (position, entry_id, hash) VALUES (:p, :e, :h)"),
            {"p": position, "e": values["id"], "h": previous},
        )


def test_verify_with_a_noted_hash_finds_a_rewritten_chain(
    sessions: sessionmaker[Session], engine: Engine, whole: list[str]
) -> None:
    def lie(values: dict[str, Any]) -> None:
        if values["id"] == 2:
            values["data"] = {"language": "ru"}

    with by_hand(engine) as connection:
        rewrite(connection, lie)
    assert look(sessions).broken is None
    assert look(sessions, whole[0]).broken is None
    assert look(sessions, whole[-1]).broken == Break(Fault.UNKNOWN_HEAD, ENTRIES)


def test_verify_with_a_noted_hash_finds_an_end_cut_off(
    sessions: sessionmaker[Session], engine: Engine, whole: list[str]
) -> None:
    with by_hand(engine) as connection:
        connection.execute(text("DELETE FROM audit_seal WHERE position > 4"))
        connection.execute(text("DELETE FROM audit_entry WHERE id > 4"))
    assert look(sessions) == Chain(4, whole[3])
    assert look(sessions, whole[-1]).broken == Break(Fault.UNKNOWN_HEAD, 4)


def test_database_refuses_to_change_or_delete_a_seal(
    sessions: sessionmaker[Session], whole: list[str]
) -> None:
    for statement in ("UPDATE audit_seal SET hash = ''", "DELETE FROM audit_seal"):
        with sessions() as session, pytest.raises(Exception, match="append-only"):
            session.execute(text(statement))
    assert look(sessions) == Chain(ENTRIES, whole[-1])


def test_verify_reads_a_thousand_rows_at_a_time(
    sessions: sessionmaker[Session], engine: Engine
) -> None:
    """More than one portion, and the chain goes on from one to the next."""
    with sessions() as session:
        for number in range(2_500):
            record(session, SYSTEM, AuditAction.PAGE_CHANGED, number)
        session.commit()
    assert look(sessions).length == 2_500
