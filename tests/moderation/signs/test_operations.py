"""An inspection's life on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.editions.models import Edition
from app.moderation.decisions.verdicts import Verdict
from app.moderation.signs import operations, queries
from app.moderation.signs.inspecting import Sign
from app.moderation.signs.models import Inspection, Sketch
from app.moderation.signs.operations import MOST_ATTEMPTS, SILENCE, UNREADABLE
from app.moderation.signs.sketches import BANDS
from tests.factories import Cast, make_contribution
from tests.moderation.conftest import answer
from tests.moderation.signs.conftest import LONG

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)


Inspect = Callable[[int], list[Sign]]


def copy_of(other: Contribution) -> Sign:
    return {"kind": "duplicate", "contribution": other.id, "percent": 50}


def test_due_is_what_was_handed_in_once(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    inspect: Inspect,
) -> None:
    make = {"edition": edition, "owner": cast.author}
    for state in (State.DRAFT, State.WITHDRAWN):
        make_contribution(session, state=state, **make)
    published = make_contribution(session, state=State.PUBLISHED, **make)
    later = make_contribution(session, **make)
    session.commit()
    assert operations.due(session) == [essay.id, later.id, published.id]
    for contribution_id in (essay.id, later.id, published.id):
        inspect(contribution_id)
    assert operations.due(session) == []
    assert operations.begin(session, essay.id) is None


def test_due_costs_nothing_for_essays_at_which_nobody_has_to_look(
    session: Session, cast: Cast, edition: Edition, essay: Contribution, engine: Engine
) -> None:
    session.execute(update(Contribution).values(inspect_at=None))
    for statement in (operations.waiting(), operations.by_other_rules(7)):
        compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        if engine.dialect.name == "postgresql":
            # A table of one page is always read as a whole.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {compiled}")))
        assert "ix_contribution_inspect_at" in plan or "ix_inspection_inspector" in plan, plan
        assert "SCAN contribution" not in plan
        assert "SCAN inspection" not in plan
        assert "Seq Scan" not in plan


def test_withdrawn_is_not_due_until_it_is_handed_in_again(
    session: Session, cast: Cast, edition: Edition, essay: Contribution, inspect: Inspect
) -> None:
    inspect(essay.id)
    lifecycle_withdraw(session, cast, essay)
    assert operations.due(session) == []
    assert essay.inspect_at is None
    assert operations.begin(session, essay.id) is None


def lifecycle_withdraw(session: Session, cast: Cast, essay: Contribution) -> None:
    lifecycle.withdraw(session, cast.actor("author"), essay.id, reason="")
    session.flush()


def test_due_again_after_a_resubmission(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    decide: Callable[..., Any],
    inspect: Inspect,
) -> None:
    inspect(essay.id)
    decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    session.commit()
    assert operations.due(session) == [essay.id]
    assert queries.noticed(session, cast.actor("moderator"), essay).is_waiting
    assert queries.kinds(session, essay) == []
    inspect(essay.id)
    assert operations.due(session) == []


def test_due_again_after_a_change_of_the_rules(
    session: Session,
    edition: Edition,
    essay: Contribution,
    inspect: Inspect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inspect(essay.id)
    monkeypatch.setattr(operations, "INSPECTOR", "another")
    assert operations.due(session) == [essay.id]
    inspect(essay.id)
    assert operations.due(session) == []


def test_begin_leaves_a_worker_that_is_at_it_alone(
    session: Session, edition: Edition, essay: Contribution, at: Callable[[Any], None]
) -> None:
    at(NOW)
    first = operations.begin(session, essay.id)
    assert first is not None
    session.commit()
    assert operations.due(session) == []
    assert operations.begin(session, essay.id) is None
    at(NOW + SILENCE + timedelta(seconds=1))
    assert operations.due(session) == [essay.id]
    second = operations.begin(session, essay.id)
    assert second is not None
    assert not operations.finish(session, first, [UNREADABLE], frozenset({1})), "it was slow"
    assert operations.finish(session, second, [], frozenset({2}))
    assert session.scalars(select(Sketch.value)).all() == [2]
    assert queries.kinds(session, essay) == []


def test_begin_gives_up_a_text_that_kills_workers(
    session: Session, cast: Cast, edition: Edition, essay: Contribution, at: Callable[[Any], None]
) -> None:
    for number in range(MOST_ATTEMPTS):
        at(NOW + number * 2 * SILENCE)
        assert operations.begin(session, essay.id) is not None
        session.commit()
    at(NOW + MOST_ATTEMPTS * 2 * SILENCE)
    assert operations.begin(session, essay.id) is None
    session.commit()
    assert operations.due(session) == []
    assert queries.kinds(session, essay) == ["unreadable"]


def test_begin_and_finish_bear_that_it_is_gone(
    session: Session, edition: Edition, essay: Contribution
) -> None:
    assert operations.begin(session, 4_711) is None
    begun = operations.begin(session, essay.id)
    assert begun is not None
    session.delete(session.get_one(Inspection, essay.id))
    session.flush()
    assert not operations.finish(session, begun, [], frozenset())


def test_finish_replaces_the_sketch(
    session: Session,
    edition: Edition,
    essay: Contribution,
    inspect: Inspect,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied = make_contribution(session, cast.author, edition=edition, body=LONG)
    session.commit()
    inspect(copied.id)
    monkeypatch.setattr(operations, "INSPECTOR", "another")
    inspect(copied.id)
    assert session.scalar(select(func.count()).select_from(Sketch)) == BANDS


def test_candidates_are_of_any_author_and_never_private(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    inspect: Inspect,
) -> None:
    make = {"edition": edition, "body": LONG}
    first = make_contribution(session, cast.stranger, **make)
    spam = make_contribution(session, cast.stranger, state=State.SPAM, **make)
    mine = make_contribution(session, cast.author, **make)
    session.commit()
    assert inspect(first.id) == []
    assert inspect(spam.id) == [copy_of(first)]
    assert inspect(mine.id) == [copy_of(first), copy_of(spam)]
    lifecycle.withdraw(session, cast.stranger.actor, first.id)
    session.commit()
    shown = queries.noticed(session, cast.actor("moderator"), mine)
    assert [each.number for each in shown.duplicates] == [spam.number], "the other was taken back"


def test_history_counts_by_outcome_what_has_become_of_the_others_by_now(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    inspect: Inspect,
) -> None:
    actor = cast.actor("moderator")
    assert queries.noticed(session, actor, essay).signs == [], "nobody has looked"
    inspect(essay.id)
    assert queries.kinds(session, essay) == []
    for state in (
        State.DRAFT,
        State.WITHDRAWN,
        State.ACCEPTED,
        State.PUBLISHED,
        State.REJECTED,
        State.SPAM,
        State.REMOVED,
        State.CHANGES_REQUESTED,
        State.SUBMITTED,
    ):
        made = make_contribution(session, cast.author, edition=edition, state=state)
    session.commit()
    expected = {"accepted": 2, "rejected": 1, "spam": 1, "removed": 1, "waiting": 2}
    assert queries.noticed(session, actor, essay).signs == [{"kind": "history", **expected}]
    assert queries.kinds(session, essay) == ["history"]
    made.state = State.SPAM.value
    session.flush()
    expected |= {"spam": 2, "waiting": 1}
    assert queries.noticed(session, actor, essay).signs == [{"kind": "history", **expected}]


def test_noticed_links_only_to_what_the_moderator_may_read(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    make = {"edition": edition}
    others = {
        "theirs": make_contribution(session, cast.stranger, **make),
        "arabic": make_contribution(session, cast.stranger, language="ar", **make),
        "withdrawn": make_contribution(session, cast.stranger, state=State.WITHDRAWN, **make),
        "moderator’s own": make_contribution(session, cast.jurist_moderator, **make),
    }
    signs = [
        {"kind": "duplicate", "contribution": other.id, "percent": 50} for other in others.values()
    ]
    session.add(
        Inspection(
            contribution_id=essay.id,
            revision_id=essay.revision_id,
            inspected_at=clock.now(),
            signs=[*signs, {"kind": "language", "found": "de"}],
        )
    )
    session.commit()
    shown = queries.noticed(session, cast.actor("jurist_moderator"), essay)
    assert [(each.number, each.id is not None) for each in shown.duplicates] == [
        (others["theirs"].number, True),
        (others["arabic"].number, False),
        (others["moderator’s own"].number, False),
    ]
    assert shown.signs == [{"kind": "language", "found": "de"}]
    assert queries.kinds(session, essay) == ["duplicate", "language"]
