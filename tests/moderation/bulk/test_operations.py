"""Runs on both databases: what they find, who may ask, each item's own answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import DomainError, Forbidden, Invalid, NotFound, Several
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action, offered
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision
from app.moderation.search.language import EVERYTHING, Search
from tests.factories import Cast, make_contribution
from tests.moderation.conftest import state

REJECT = {"reasons": ["off_topic"], "words": "Hors sujet.", "words_language": "fr"}
Many = Callable[..., list[Contribution]]


@pytest.fixture
def many(session: Session, cast: Cast, edition: Edition) -> Many:
    """``many(3)`` waiting contributions of the author."""

    def make(number: int, **changes: Any) -> list[Contribution]:
        values = {"owner": cast.author, "edition": edition} | changes
        return [make_contribution(session, **values) for _ in range(number)]

    return make


def do_all(session: Session, run_id: int) -> None:
    """What the worker does, in one session."""
    assert operations.take(session, run_id)
    session.commit()
    while (contribution_id := operations.next_item(session, run_id)) is not None:
        try:
            operations.do(session, run_id, contribution_id)
        except DomainError as error:
            session.rollback()
            operations.refuse(session, run_id, contribution_id, error)
        session.commit()
    operations.finish(session, run_id)
    session.commit()


def answers(session: Session, run_id: int) -> dict[int, tuple[str, str]]:
    rows = session.scalars(
        select(BulkItem).where(BulkItem.run_id == run_id).execution_options(populate_existing=True)
    )
    return {row.contribution_id: (row.state, row.code) for row in rows}


def start(session: Session, cast: Cast, name: str, *args: Any, **more: Any) -> int:
    run = operations.start(session, cast.actor(name), *args, **more)
    session.commit()
    return run.id


def test_found_is_what_lies_in_a_moderators_lanes(session: Session, cast: Cast, many: Many) -> None:
    waiting = many(2)
    arabic = many(1, language="ar")
    other = many(1, track=TrackCode.DIGITAL_ACTOR)
    own = many(1, owner=cast.jurist_moderator)
    rejected = many(1, state=State.REJECTED)
    for hidden in (State.DRAFT, State.WITHDRAWN):
        many(1, state=hidden)
    session.commit()

    def found(name: str, text: str = "") -> list[int]:
        return queries.found(session, cast.actor(name), Search.parse(text))

    assert found("jurist_moderator") == [each.id for each in waiting]
    assert found("jurist_moderator", "state:rejected") == [rejected[0].id]
    assert found("jurist_moderator", "lang:ar") == []
    everything = {each.id for each in (*waiting, *arabic, *other, *own, *rejected)}
    assert set(found("organiser")) == everything
    narrowed = found("organiser", "-lang:ar track:jurist state:submitted")
    assert narrowed == [each.id for each in (*waiting, *own)]
    assert found("stranger") == found("author") == []
    assert found("organiser", "state:withdrawn") == []


def test_offered_goes_by_role(session: Session, cast: Cast) -> None:
    moderators = (Action.ACCEPT, Action.CHANGES, Action.REJECT, Action.SPAM, Action.RELEASE)
    assert offered(cast.actor("moderator")) == moderators
    assert offered(cast.actor("organiser")) == (Action.ASSIGN, Action.TELL)
    assert offered(cast.actor("author")) == ()


@pytest.mark.parametrize("action", list(Action))
def test_start_by_a_stranger_leaves_nothing(
    session: Session, cast: Cast, many: Many, action: Action
) -> None:
    many(1)
    with pytest.raises(Forbidden):
        operations.start(session, cast.actor("stranger"), action, EVERYTHING, REJECT, number_seen=1)
    assert session.scalars(select(BulkRun)).all() == []


def test_start_refuses_what_was_not_seen_or_is_incomplete(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(2)
    moderator = cast.actor("moderator")

    def code(action: Action, choices: dict[str, Any], seen: int = 2, text: str = "") -> str:
        search = Search.parse(text)
        with pytest.raises(Invalid) as raised:
            operations.start(session, moderator, action, search, choices, number_seen=seen)
        error = raised.value
        return ",".join(e.code for e in error.errors) if isinstance(error, Several) else error.code

    assert code(Action.REJECT, REJECT, seen=1) == "bulk.changed"
    assert code(Action.REJECT, REJECT, text="lang:ar") == "bulk.nothing"
    assert code(Action.REJECT, {}) == "decision.reasons_needed,decision.words_needed"
    assert code(Action.ACCEPT, {}) == "decision.reasons_needed"
    assert code(Action.REJECT, REJECT | {"words": "x" * 5_001}) == "text.too_long"
    monkeypatch.setattr(operations, "MOST", 1)
    assert code(Action.REJECT, REJECT) == "bulk.too_many"


def test_run_does_each_and_reports_each_answer(session: Session, cast: Cast, many: Many) -> None:
    done, held, gone, mine = many(4)
    claiming.claim(session, cast.actor("moderator"), held.id)
    claiming.claim(session, cast.actor("jurist_moderator"), mine.id)
    session.commit()
    run_id = start(
        session, cast, "jurist_moderator", Action.REJECT, EVERYTHING, REJECT, number_seen=4
    )
    late = many(1)[0]
    from app.contributions.following import operations as lifecycle

    lifecycle.withdraw(session, cast.author.actor, gone.id)
    session.commit()
    do_all(session, run_id)
    assert answers(session, run_id) == {
        done.id: ("done", ""),
        mine.id: ("done", ""),
        held.id: ("refused", "claim.held_by_other"),
        gone.id: ("refused", "contribution.moved_on"),
    }
    assert state(session, done) == state(session, mine) == State.REJECTED
    assert state(session, late) == State.SUBMITTED, "it was not there when it was confirmed"
    line = queries.run(session, cast.actor("jurist_moderator"), run_id)
    assert (line.state, line.done, line.refused, line.waiting) == (RunState.DONE, 2, 2, 0)
    assert line.finished_at is not None
    refused = queries.items(session, run_id)[0]
    assert refused.state is ItemState.REFUSED
    assert refused.data["holder"] == cast.moderator.name
    made = session.scalars(select(Decision)).all()
    assert {each.words for each in made} == {"Hors sujet."}
    told = session.scalars(select(AuditEntry.data).where(AuditEntry.action == "bulk:started")).all()
    assert told == [{"what": "reject", "number": 4}]


def test_run_asks_anew_who_may_for_each(session: Session, cast: Cast, many: Many) -> None:
    first, second = many(2)
    session.commit()
    run_id = start(session, cast, "jurist_moderator", Action.SPAM, EVERYTHING, {}, number_seen=2)
    assert operations.take(session, run_id)
    operations.do(session, run_id, first.id)
    session.get_one(Account, cast.jurist_moderator.id).serves = []
    session.commit()
    with pytest.raises(NotFound):
        operations.do(session, run_id, second.id)
    session.rollback()
    session.get_one(Account, cast.jurist_moderator.id).active = False
    session.commit()
    with pytest.raises(Forbidden):
        operations.do(session, run_id, second.id)
    session.rollback()
    assert state(session, first) == State.SPAM
    assert state(session, second) == State.SUBMITTED
    assert answers(session, run_id)[second.id] == ("waiting", ""), "rolled back with the rest"


def test_run_lets_go_and_gives(session: Session, cast: Cast, many: Many) -> None:
    one, other = many(2)
    claiming.claim(session, cast.actor("moderator"), one.id)
    session.commit()
    run_id = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {}, number_seen=2)
    do_all(session, run_id)
    assert answers(session, run_id) == {
        one.id: ("done", ""),
        other.id: ("refused", "claim.nobodys"),
    }
    assert session.scalars(select(Claim)).all() == []
    to = {"to": cast.jurist_moderator.id}
    run_id = start(session, cast, "organiser", Action.ASSIGN, EVERYTHING, to, number_seen=2)
    do_all(session, run_id)
    holders = session.scalars(select(Claim.moderator_id)).all()
    assert holders == [cast.jurist_moderator.id] * 2
    run_id = start(
        session,
        cast,
        "organiser",
        Action.ASSIGN,
        EVERYTHING,
        {"to": cast.moderator.id},
        number_seen=2,
    )
    do_all(session, run_id)
    assert {code for _state, code in answers(session, run_id).values()} == {"claim.held_by_other"}


def test_run_announces_what_is_kept(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    edition.decides_together = True
    kept, waiting = many(2)
    session.commit()
    run_id = start(
        session,
        cast,
        "moderator",
        Action.REJECT,
        Search.parse(f"number:{kept.number}"),
        REJECT,
        number_seen=1,
    )
    do_all(session, run_id)
    assert state(session, kept) == State.DECIDED
    search = Search.parse("state:decided,submitted")
    run_id = start(session, cast, "organiser", Action.TELL, search, {}, number_seen=2)
    do_all(session, run_id)
    assert state(session, kept) == State.REJECTED
    assert answers(session, run_id) == {
        kept.id: ("done", ""),
        waiting.id: ("refused", "contribution.moved_on"),
    }


def test_do_does_nothing_twice_and_nothing_once_stopped(
    session: Session, cast: Cast, many: Many
) -> None:
    first, second = many(2)
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {}, number_seen=2)
    with pytest.raises(NotFound):
        operations.stop(session, cast.actor("organiser"), run_id)
    assert operations.take(session, run_id)
    assert not operations.take(session, run_id), "somebody is at it"
    operations.do(session, run_id, first.id)
    session.commit()
    session.execute(delete(Claim))
    operations.do(session, run_id, first.id)
    session.commit()
    assert len(session.scalars(select(Decision)).all()) == 1
    assert operations.stop(session, cast.actor("moderator"), run_id)
    session.commit()
    assert not operations.stop(session, cast.actor("moderator"), run_id)
    operations.do(session, run_id, second.id)
    session.commit()
    assert state(session, second) == State.SUBMITTED
    assert operations.next_item(session, run_id) is None
    operations.finish(session, run_id)
    line = queries.run(session, cast.actor("moderator"), run_id)
    assert (line.state, line.done, line.waiting) == (RunState.STOPPED, 1, 1)


def test_due_again_when_its_worker_has_fallen_silent(
    session: Session, cast: Cast, many: Many, at: Callable[[Any], None]
) -> None:
    many(1)
    now = clock.now()
    at(now)
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {}, number_seen=1)
    assert operations.due(session) == [run_id]
    assert operations.take(session, run_id)
    session.commit()
    assert operations.due(session) == []
    at(now + operations.LEASE + timedelta(seconds=1))
    assert operations.due(session) == [run_id]
    do_all(session, run_id)
    assert operations.due(session) == []


def test_runs_are_ones_own(session: Session, cast: Cast, many: Many) -> None:
    many(1)
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {}, number_seen=1)
    assert [each.id for each in queries.runs(session, cast.actor("moderator"))] == [run_id]
    assert queries.runs(session, cast.actor("organiser")) == []
    with pytest.raises(NotFound):
        queries.run(session, cast.actor("organiser"), run_id)
