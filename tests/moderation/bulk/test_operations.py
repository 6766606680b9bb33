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
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action, offered
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.conflicts.models import Conflict as ConflictOfInterest
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.search.language import EVERYTHING, Search
from app.moderation.talk.models import Message
from tests.factories import Cast, make_contribution
from tests.moderation.conftest import answer, state

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


def start(session: Session, cast: Cast, name: str, *args: Any) -> int:
    """Prepared, and confirmed as it was found."""
    run = operations.prepare(session, cast.actor(name), *args)
    session.commit()
    assert operations.confirm(session, cast.actor(name), run.id)
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
    moderator = cast.actor("moderator")
    kept = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {})
    old = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {}).id
    others = operations.prepare(
        session, cast.actor("jurist_moderator"), Action.SPAM, EVERYTHING, {}
    ).id
    at(now + operations.KEPT_UNCONFIRMED - timedelta(seconds=5))
    recent = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {}).id
    assert set(session.scalars(select(BulkRun.id))) == {kept, old, others, recent}
    at(now + operations.KEPT_UNCONFIRMED + timedelta(hours=1))
    new = operations.prepare(session, moderator, Action.SPAM, EVERYTHING, {}).id
    assert set(session.scalars(select(BulkRun.id))) == {kept, others, recent, new}
    assert set(session.scalars(select(BulkItem.run_id))) == {kept, others, recent, new}


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


def test_run_does_each_and_reports_each_answer(session: Session, cast: Cast, many: Many) -> None:
    done, held, gone, mine = many(4)
    claiming.claim(session, cast.actor("moderator"), held.id)
    claiming.claim(session, cast.actor("jurist_moderator"), mine.id)
    session.commit()
    run_id = start(session, cast, "jurist_moderator", Action.REJECT, EVERYTHING, REJECT)
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
    moderator = cast.actor("jurist_moderator")
    refused, _ = queries.items(session, moderator, run_id, only=ItemState.REFUSED)
    assert [each.id for each in refused] == [held.id, gone.id]
    assert refused[0].data["holder"] == cast.moderator.name
    made = session.scalars(select(Decision)).all()
    assert {each.words for each in made} == {"Hors sujet."}
    told = session.scalars(select(AuditEntry.data).where(AuditEntry.action == "bulk:started")).all()
    assert told == [{"what": "reject", "number": 4}]


def test_run_asks_anew_who_may_for_each(session: Session, cast: Cast, many: Many) -> None:
    first, second = many(2)
    session.commit()
    run_id = start(session, cast, "jurist_moderator", Action.SPAM, EVERYTHING, {})
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
    run_id = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {})
    do_all(session, run_id)
    assert answers(session, run_id) == {
        one.id: ("done", ""),
        other.id: ("refused", "claim.nobodys"),
    }
    assert session.scalars(select(Claim)).all() == []
    to = {"to": cast.jurist_moderator.id}
    run_id = start(session, cast, "organiser", Action.ASSIGN, EVERYTHING, to)
    do_all(session, run_id)
    holders = session.scalars(select(Claim.moderator_id)).all()
    assert holders == [cast.jurist_moderator.id] * 2
    run_id = start(session, cast, "organiser", Action.ASSIGN, EVERYTHING, {"to": cast.moderator.id})
    do_all(session, run_id)
    assert {code for _state, code in answers(session, run_id).values()} == {"claim.held_by_other"}


def test_run_takes_decisions_back(session: Session, cast: Cast, many: Many) -> None:
    rejected, others, undecided = many(3)
    session.commit()
    mine = Search.parse(f"number:{rejected.number}")
    do_all(session, start(session, cast, "moderator", Action.REJECT, mine, REJECT))
    his = Search.parse(f"number:{others.number}")
    do_all(session, start(session, cast, "jurist_moderator", Action.SPAM, his, {}))
    every = Search.parse("state:rejected,spam,submitted")
    run_id = start(session, cast, "moderator", Action.UNDO, every, {"note": "Par erreur."})
    do_all(session, run_id)
    assert answers(session, run_id) == {
        rejected.id: ("done", ""),
        others.id: ("refused", "contribution.unknown"),
        undecided.id: ("refused", "bulk.undecided"),
    }
    assert state(session, rejected) == State.SUBMITTED
    run_id = start(session, cast, "organiser", Action.UNDO, every, {"note": "Par erreur."})
    do_all(session, run_id)
    assert answers(session, run_id)[others.id] == ("done", "")
    assert answers(session, run_id)[rejected.id] == ("refused", "bulk.undecided")
    marks = session.scalars(select(DecisionMark).order_by(DecisionMark.decision_id)).all()
    assert [(each.kind, each.words) for each in marks] == [("undone", "Par erreur.")] * 2


def test_run_writes_to_authors_and_to_moderators(session: Session, cast: Cast, many: Many) -> None:
    essay, spam = many(1)[0], many(1, state=State.SPAM)[0]
    session.commit()
    every = Search.parse("state:submitted,spam")
    words = {"words": " Où en êtes-vous ? ", "words_language": "fr", "note": "not this"}
    run_id = start(session, cast, "organiser", Action.MESSAGE, every, words)
    do_all(session, run_id)
    assert answers(session, run_id) == {
        essay.id: ("done", ""),
        spam.id: ("refused", "contribution.moved_on"),
    }
    run_id = start(session, cast, "moderator", Action.NOTE, every, {"note": "À relire."})
    do_all(session, run_id)
    assert {code for code, _ in answers(session, run_id).values()} == {"done"}
    written = session.scalars(select(Message).order_by(Message.id)).all()
    assert [(each.audience, each.words) for each in written] == [
        ("author", "Où en êtes-vous ?"),
        ("moderators", "À relire."),
        ("moderators", "À relire."),
    ]
    mails = session.scalars(select(OutboxMail).where(OutboxMail.kind == MailKind.MESSAGE.value))
    assert len(mails.all()) == 1


def test_run_asks_for_changes_point_by_point(session: Session, cast: Cast, many: Many) -> None:
    essay, _other = many(2)
    session.commit()
    asked = {"reasons": ["sources"], "points": ["Une source", "", " Une  date "]}
    run_id = start(
        session, cast, "moderator", Action.CHANGES, EVERYTHING, asked | {"words_language": "fr"}
    )
    do_all(session, run_id)
    made = session.scalars(select(Decision).where(Decision.contribution_id == essay.id)).one()
    assert (made.points, made.words_language) == (["Une source", "Une date"], "fr")


def test_run_hands_over_what_one_holds(session: Session, cast: Cast, many: Many) -> None:
    held, free = many(2)
    claiming.claim(session, cast.actor("moderator"), held.id)
    session.commit()
    to = {"to": cast.jurist_moderator.id, "note": "Je pars."}
    run_id = start(session, cast, "moderator", Action.HAND_OVER, EVERYTHING, to)
    do_all(session, run_id)
    assert answers(session, run_id) == {
        held.id: ("done", ""),
        free.id: ("refused", "claim.ran_out"),
    }
    assert session.scalars(select(Claim.moderator_id)).all() == [cast.jurist_moderator.id]
    assert session.scalars(select(Message.words)).all() == ["Je pars."]
    line = queries.run(session, cast.actor("moderator"), run_id)
    assert queries.receiver(session, line) == cast.jurist_moderator.name


def test_run_publishes_what_is_accepted(
    session: Session, cast: Cast, edition: Edition, many: Many, decide: Callable[..., Decision]
) -> None:
    edition.release_later = True
    accepted, waiting = many(2)
    decide("moderator", accepted, Verdict.ACCEPT)
    session.commit()
    run_id = start(session, cast, "organiser", Action.PUBLISH, EVERYTHING, {})
    do_all(session, run_id)
    assert answers(session, run_id) == {
        accepted.id: ("done", ""),
        waiting.id: ("refused", "contribution.moved_on"),
    }
    assert state(session, accepted) == State.PUBLISHED


def test_run_announces_what_is_kept(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    edition.decides_together = True
    kept, waiting = many(2)
    session.commit()
    run_id = start(
        session, cast, "moderator", Action.REJECT, Search.parse(f"number:{kept.number}"), REJECT
    )
    do_all(session, run_id)
    assert state(session, kept) == State.DECIDED
    search = Search.parse("state:decided,submitted")
    run_id = start(session, cast, "organiser", Action.TELL, search, {})
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
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
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
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
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
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
    assert [each.id for each in queries.runs(session, cast.actor("moderator"))[0]] == [run_id]
    assert queries.runs(session, cast.actor("organiser")) == ([], None)
    with pytest.raises(NotFound):
        queries.run(session, cast.actor("organiser"), run_id)


def test_titles_go_with_what_made_them_visible(
    session: Session, cast: Cast, edition: Edition, many: Many
) -> None:
    kept, withdrawn, removed, conflicting, moved = many(5)
    session.commit()
    run_id = start(session, cast, "moderator", Action.RELEASE, EVERYTHING, {})

    def titles(name: str = "moderator") -> dict[int, str]:
        lines, _ = queries.items(session, cast.actor(name), run_id)
        return {each.id: each.title for each in lines if each.title}

    assert len(titles()) == 5
    withdrawn.state, removed.state = State.WITHDRAWN.value, State.REMOVED.value
    session.add(
        ConflictOfInterest(
            contribution_id=conflicting.id, account_id=cast.moderator.id, kind="personal"
        )
    )
    moved.track = TrackCode.DIGITAL_ACTOR.value
    session.get_one(Account, cast.moderator.id).serves = [TrackCode.JURIST.value]
    session.commit()
    assert titles() == {kept.id: kept.title}
    assert set(titles("organiser")) == {kept.id, conflicting.id, moved.id}
    assert titles("stranger") == {}


def test_pages_of_a_run_are_kept_apart_by_key(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [each.id for each in many(5)]
    session.commit()
    run_id = start(session, cast, "moderator", Action.SPAM, EVERYTHING, {})
    assert operations.take(session, run_id)
    for id in ids[:3]:
        operations.do(session, run_id, id)
    session.commit()
    monkeypatch.setattr(queries, "PAGE", 2)
    moderator = cast.actor("moderator")

    def walk(only: ItemState | None) -> list[list[int]]:
        pages, after = [], None
        while True:
            lines, after = queries.items(session, moderator, run_id, only=only, after=after)
            pages.append([each.id for each in lines])
            if after is None:
                return pages

    assert walk(None) == [ids[:2], ids[2:4], ids[4:]]
    assert walk(ItemState.DONE) == [ids[:2], ids[2:3]]
    assert walk(ItemState.WAITING) == [ids[3:]]
    assert walk(ItemState.REFUSED) == [[]]


def test_pages_of_runs_are_kept_apart_by_key(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(1)
    session.commit()
    made = [start(session, cast, "moderator", Action.SPAM, EVERYTHING, {}) for _ in range(3)]
    monkeypatch.setattr(queries, "RUNS", 2)
    moderator = cast.actor("moderator")
    first, after = queries.runs(session, moderator)
    second, end = queries.runs(session, moderator, before=after)
    assert [each.id for each in (*first, *second)] == made[::-1]
    assert end is None
