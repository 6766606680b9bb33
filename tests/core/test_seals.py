"""The chain of audit entries: written by whoever writes an entry, whole under any crowd."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.core import clock, seals
from app.core.audit import AuditAction, AuditEntry, record
from app.core.chain import Chain, head, verify
from app.core.db import begin_write
from app.core.policy import SYSTEM
from app.core.seals import FIRST, AuditSeal, canonical
from app.editions.models import Edition
from tests.factories import make_edition

CROWD = 8
EACH = 12


def act(session: Session, subject_id: int = 1, **data: Any) -> AuditEntry:
    return record(session, SYSTEM, AuditAction.PAGE_CHANGED, subject_id, **data)


def positions(session: Session) -> list[tuple[int, int]]:
    """(position, entry's id) of every seal."""
    statement = select(AuditSeal.position, AuditSeal.entry_id).order_by(AuditSeal.position)
    return [tuple(row) for row in session.execute(statement)]  # type: ignore[misc]


def test_record_is_sealed_in_its_order(session: Session) -> None:
    made = [act(session, number) for number in (7, 8)]
    session.commit()
    made.append(act(session, 9))
    session.commit()
    assert positions(session) == [(1, made[0].id), (2, made[1].id), (3, made[2].id)]
    assert verify(session) == Chain(3, head(session)[1])


def test_seal_is_what_the_document_says(session: Session) -> None:
    """Reckoned here anew, from ``docs/audit-events.md`` and what the database holds."""
    moment = datetime(2026, 11, 22, 6, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    with clock.standing_at(moment):
        act(
            session,
            4,
            language="zh",
            words=["和平", 'é\u2028\u0007"\\'],
            whole={"b": None, "a": True},
        )
        act(session, 5)
    session.commit()
    session.expire_all()
    previous = "0" * 64
    for entry, seal in session.execute(
        select(AuditEntry, AuditSeal)
        .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .order_by(AuditSeal.position)
    ):
        text = json.dumps(
            {
                "action": "page:changed",
                "actor_id": None,
                "at": "2026-11-22T04:30:00.000005Z",
                "data": entry.data,
                "entry_id": entry.id,
                "position": seal.position,
                "previous": previous,
                "subject": "page",
                "subject_id": entry.subject_id,
            },
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )
        previous = hashlib.sha256(text.encode("utf-8")).hexdigest()
        assert seal.hash == previous
    assert verify(session).broken is None


def test_canonical_is_these_bytes() -> None:
    entry = AuditEntry(
        id=12,
        at=datetime(2026, 11, 22, 4, 5, tzinfo=UTC),
        actor_id=3,
        action="contribution:decided",
        subject="contribution",
        subject_id=42,
        data={"verdict": "accept", "reasons": ("relevant",), "revision": 1},
    )
    assert canonical(9, FIRST, entry).decode() == (
        '{"action":"contribution:decided","actor_id":3,"at":"2026-11-22T04:05:00.000000Z",'
        '"data":{"reasons":["relevant"],"revision":1,"verdict":"accept"},"entry_id":12,'
        f'"position":9,"previous":"{"0" * 64}","subject":"contribution","subject_id":42}}'
    )
    assert canonical(9, FIRST, AuditEntry(id=1, at=entry.at, data={7: "x"})) == canonical(
        9, FIRST, AuditEntry(id=1, at=entry.at, data={"7": "x"})
    )


def test_canonical_of_a_fraction_is_refused() -> None:
    entry = AuditEntry(id=1, at=datetime(2026, 1, 1, tzinfo=UTC), data={"share": 0.5})
    with pytest.raises(TypeError):
        canonical(1, FIRST, entry)


def test_nothing_is_sealed_of_what_was_rolled_back(session: Session) -> None:
    act(session)
    session.flush()
    session.rollback()
    kept = act(session)
    session.commit()
    assert positions(session) == [(1, kept.id)]


def test_savepoint_seals_nothing_and_its_rollback_takes_its_entries_along(
    session: Session,
) -> None:
    first = act(session)
    with session.begin_nested():
        second = act(session)
    session.flush()
    assert session.scalars(select(AuditSeal)).all() == []
    savepoint = session.begin_nested()
    act(session, 99)
    session.flush()
    savepoint.rollback()
    session.commit()
    assert positions(session) == [(1, first.id), (2, second.id)]
    assert verify(session).length == 2


def test_session_closed_in_the_middle_can_be_used_again(session: Session) -> None:
    act(session)
    session.flush()
    session.close()
    kept = act(session)
    session.commit()
    assert positions(session) == [(1, kept.id)]


def test_session_of_any_making_seals(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        act(session)
    with sessionmaker(engine).begin() as session:
        act(session)
        session.flush()
        session.expunge_all()
    with Session(engine) as session:
        assert verify(session).length == 2
        assert verify(session).broken is None


def test_record_by_many_at_once_makes_one_chain(sessions: sessionmaker[Session]) -> None:
    """Crossing row locks too: each holds an edition while it waits for the chain."""
    with sessions() as session:
        for slug in ("one", "two", "three"):
            make_edition(session, slug)
        session.commit()
        ids = session.scalars(select(Edition.id).order_by(Edition.id)).all()
    start = Barrier(CROWD)

    def write(number: int) -> int:
        random, made = Random(number), 0
        start.wait()
        for turn in range(EACH):
            with sessions() as session:
                begin_write(session)
                held = sorted(random.sample(ids, 2))
                for edition_id in held:
                    edition = session.get(Edition, edition_id, with_for_update=True)
                    assert edition is not None
                    edition.position += 1
                    act(session, edition_id, writer=number, turn=turn)
                    session.flush()
                if turn % 5 == 4:
                    session.rollback()
                    continue
                session.commit()
                made += len(held)
        return made

    with ThreadPoolExecutor(CROWD) as pool:
        made = sum(pool.map(write, range(CROWD)))
    with sessions() as session:
        assert verify(session) == Chain(made, head(session)[1])
        assert [position for position, _ in positions(session)] == list(range(1, made + 1))


def test_sealing_costs_little(
    sessions: sessionmaker[Session], count_queries: Any, engine: Engine
) -> None:
    """One look at the last seal and one insert for a whole transaction; one lock on PostgreSQL."""
    with sessions() as session:
        begin_write(session)
        for number in range(50):
            act(session, number)
        session.flush()
        with count_queries(engine) as statements:
            session.commit()
    assert len(statements) == (3 if engine.dialect.name == "postgresql" else 2)
    with sessions() as session, count_queries(engine) as statements:
        session.scalar(select(AuditEntry.id).limit(1))
        session.commit()
    assert len(statements) == 1


def test_link_takes_microseconds() -> None:
    """No key stretching has crept in: the chain of a large record is verified in seconds."""
    entry = AuditEntry(
        id=1, at=clock.now(), action="a:b", subject="a", subject_id=1, data={"revision": 3}
    )
    began = time.process_time()
    for position in range(1_000):
        seals.link(position, FIRST, entry)
    assert time.process_time() - began < 1
