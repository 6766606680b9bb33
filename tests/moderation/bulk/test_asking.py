"""What a run finds, who may ask for what, and what is confirmed, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, Several
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action, offered
from app.moderation.bulk.models import (
    KEPT_EXPIRED,
    KEPT_UNCONFIRMED,
    BulkItem,
    BulkRun,
    ItemState,
)
from app.moderation.decisions.models import Decision
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.search.language import EVERYTHING, Search
from app.moderation.talk.models import Message
from tests.factories import Cast
from tests.moderation.bulk.conftest import REJECT, Many, answers, do_all, start
from tests.moderation.conftest import answer, state


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
        search, actor = Search.parse(text), cast.actor(name)
        ids = [row[1] for row in session.execute(queries.as_items(actor, search, 1))]
        assert queries.count(session, actor, search) == len(ids)
        assert len(queries.first(session, actor, search)) == min(len(ids), queries.SHOWN)
        return ids

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
    both = {Action.UNDO, Action.MESSAGE, Action.NOTE}
    decides = {Action.ACCEPT, Action.CHANGES, Action.REJECT, Action.SPAM}
    moderators = both | decides | {Action.RELEASE, Action.HAND_OVER}
    organisers = both | {Action.ASSIGN, Action.TELL, Action.PUBLISH}
    assert set(offered(cast.actor("moderator"))) == moderators
    assert set(offered(cast.actor("organiser"))) == organisers
    assert set(offered(cast.actor("administrator"))) == organisers
    assert offered(cast.actor("author")) == ()


@pytest.mark.parametrize("action", list(Action))
def test_prepare_by_a_stranger_leaves_nothing(
    session: Session, cast: Cast, many: Many, action: Action
) -> None:
    many(1)
    with pytest.raises(Forbidden):
        operations.prepare(session, cast.actor("stranger"), action, EVERYTHING, REJECT)
    assert session.scalars(select(BulkRun)).all() == []


def test_prepare_refuses_what_is_nothing_or_too_much_or_incomplete(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(2)
    session.commit()

    def code(
        action: Action, choices: dict[str, Any], text: str = "", who: str = "moderator"
    ) -> str:
        search = Search.parse(text)
        with pytest.raises(Invalid) as raised:
            operations.prepare(session, cast.actor(who), action, search, choices)
        session.rollback()
        error = raised.value
        return ",".join(e.code for e in error.errors) if isinstance(error, Several) else error.code

    assert code(Action.REJECT, REJECT, text="lang:ar") == "bulk.nothing"
    assert code(Action.REJECT, {}) == "decision.reasons_needed,decision.words_needed"
    assert code(Action.CHANGES, REJECT | {"words": "", "points": [" "]}) == "decision.words_needed"
    assert code(Action.ACCEPT, {}) == "decision.reasons_needed"
    assert code(Action.REJECT, REJECT | {"words": "x" * 5_001}) == "text.too_long"
    assert code(Action.REJECT, REJECT | {"words_language": "xx"}) == "language.unknown"
    assert code(Action.MESSAGE, {"words_language": "xx"}) == "required,language.unknown"
    assert code(Action.NOTE, {"note": " "}) == code(Action.UNDO, {}) == "required"
    assert code(Action.HAND_OVER, {"note": "x" * 2_001}) == "required,text.too_long"
    assert code(Action.NOTE, {"note": "a\u202eb"}) != ""
    assert code(Action.ASSIGN, {}, who="organiser") == "required"
    monkeypatch.setattr(operations, "MOST", 1)
    assert code(Action.REJECT, REJECT) == "bulk.too_many"
    assert session.scalars(select(BulkRun)).all() == []


def test_nothing_is_done_before_it_is_confirmed(session: Session, cast: Cast, many: Many) -> None:
    [essay] = many(1)
    session.commit()
    moderator = cast.actor("moderator")
    run = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {})
    session.commit()
    assert operations.due(session) == []
    assert not operations.take(session, run.id)
    line = queries.run(session, moderator, run.id)
    assert (line.is_confirmed, line.is_open, line.number) == (False, False, 1)
    for name in ("organiser", "stranger"):
        with pytest.raises(NotFound):
            operations.confirm(session, cast.actor(name), run.id)
        with pytest.raises(NotFound):
            operations.leave_out(session, cast.actor(name), run.id, [essay.id])
    assert operations.confirm(session, moderator, run.id)
    assert not operations.confirm(session, moderator, run.id), "a second click is no second run"
    session.commit()
    assert operations.due(session) == [run.id]
    started = select(AuditEntry).where(AuditEntry.action == "bulk:started")
    assert len(session.scalars(started).all()) == 1


def test_what_is_left_out_is_not_touched(session: Session, cast: Cast, many: Many) -> None:
    spam, essay = many(2)
    session.commit()
    moderator = cast.actor("moderator")
    run = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {})
    operations.leave_out(session, moderator, run.id, [essay.id, 12345])
    session.commit()
    assert operations.confirm(session, moderator, run.id)
    operations.leave_out(session, moderator, run.id, [spam.id])
    session.commit()
    do_all(session, run.id)
    assert answers(session, run.id) == {spam.id: ("done", "")}
    assert state(session, essay) == State.SUBMITTED
    rest = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {})
    operations.leave_out(session, moderator, rest.id, [essay.id])
    with pytest.raises(Invalid, match=r"bulk\.nothing"):
        operations.confirm(session, moderator, rest.id)


def test_what_was_never_confirmed_is_forgotten(
    session: Session, cast: Cast, many: Many, at: Callable[[Any], None]
) -> None:
    many(1)
    session.commit()
    now = clock.now()
    at(now)
    moderator = cast.actor("moderator")

    def prepared() -> int:
        return operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {}).id

    started = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {})
    old = prepared()
    at(now + KEPT_UNCONFIRMED - timedelta(seconds=5))
    recent = prepared()
    at(now + KEPT_UNCONFIRMED)
    with pytest.raises(Conflict, match=r"bulk\.too_old"):
        operations.confirm(session, moderator, old)
    assert operations.confirm(session, moderator, recent)
    at(now + KEPT_UNCONFIRMED + KEPT_EXPIRED - timedelta(seconds=5))
    assert operations.expired(session) == []
    operations.forget(session, old)
    assert session.get(BulkRun, old, populate_existing=True), "its choices can be begun from"
    at(now + KEPT_UNCONFIRMED + KEPT_EXPIRED)
    assert operations.expired(session) == [old]
    for id in (started, old, recent):
        operations.forget(session, id)
    assert set(session.scalars(select(BulkRun.id))) == {started, recent}
    assert set(session.scalars(select(BulkItem.run_id))) == {started, recent}


def test_what_changed_since_it_was_seen_is_left_alone_and_reported(
    session: Session, cast: Cast, many: Many, decide: Callable[..., Decision]
) -> None:
    same, revised = many(2)
    session.commit()
    run_id = start(session, cast, "jurist_moderator", Action.REJECT, EVERYTHING, REJECT)
    message = {"words": "Bonjour.", "words_language": "fr"}
    told = start(session, cast, "organiser", Action.MESSAGE, EVERYTHING, message)
    decide("moderator", revised, Verdict.CHANGES)
    answer(session, cast, revised)
    session.commit()
    assert state(session, revised) == State.SUBMITTED, "it waits again, but is another text"
    for id in (run_id, told):
        do_all(session, id)
        assert answers(session, id) == {
            same.id: ("done", ""),
            revised.id: ("refused", "decision.newer_revision"),
        }
    moderator = cast.actor("jurist_moderator")
    [refused], _ = queries.items(session, moderator, run_id, only=ItemState.REFUSED)
    assert refused.data == {"number": 2}
    assert [each.words for each in session.scalars(select(Message))] == ["Bonjour."]


def test_a_newer_revision_is_not_told_to_whom_it_is_no_business(
    session: Session, cast: Cast, many: Many, decide: Callable[..., Decision]
) -> None:
    [revised] = many(1)
    session.commit()
    run_id = start(session, cast, "jurist_moderator", Action.SPAM, EVERYTHING, {})
    decide("moderator", revised, Verdict.CHANGES)
    answer(session, cast, revised)
    session.get_one(Account, cast.jurist_moderator.id).serves = []
    session.commit()
    do_all(session, run_id)
    assert answers(session, run_id) == {revised.id: ("refused", "contribution.unknown")}


def test_a_decision_made_since_is_neither_announced_nor_undone(
    session: Session, cast: Cast, edition: Edition, many: Many, decide: Callable[..., Decision]
) -> None:
    edition.decides_together = True
    essay, fresh = many(2)
    first = decide("moderator", essay, Verdict.REJECT)
    session.commit()
    search = Search.parse("state:decided,submitted")
    note = {"note": "Trop vite."}
    telling = start(session, cast, "organiser", Action.TELL, search, {})
    undoing_ = start(session, cast, "organiser", Action.UNDO, search, note)
    undo(session, cast.actor("moderator"), first.id, "Non.")
    decide("moderator", essay, Verdict.ACCEPT)
    session.commit()
    do_all(session, telling)
    do_all(session, undoing_)
    assert answers(session, telling)[essay.id] == ("refused", "decision.superseded")
    # It has been undone already, which is as good; what came after it stands.
    assert answers(session, undoing_)[fresh.id] == ("refused", "bulk.undecided")
    assert state(session, essay) == State.DECIDED
