"""Runs on both databases: each action, and each item's own answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Forbidden, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.moderation.bulk import operations, queries
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import ItemState, RunState
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.verdicts import Verdict
from app.moderation.search.language import EVERYTHING, Search
from app.moderation.talk.models import Message
from tests.factories import Cast
from tests.moderation.bulk.conftest import REJECT, Many, answers, do_all, start
from tests.moderation.conftest import state
from tests.moderation.reasons.conftest import track_of


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


def given(session: Session) -> list[OutboxMail]:
    rows = session.scalars(
        select(OutboxMail).where(OutboxMail.kind.startswith("handed_over")).order_by(OutboxMail.id)
    )
    return list(rows)


def test_who_is_given_many_gets_one_mail_about_them_all(
    session: Session, cast: Cast, many: Many, at: Callable[[Any], None]
) -> None:
    now = clock.now()
    at(now)
    theirs, *rest = many(4)
    claiming.claim(session, cast.actor("jurist_moderator"), theirs.id)
    session.commit()
    to = {"to": cast.jurist_moderator.id, "note": "Voyez."}
    run_id = start(session, cast, "organiser", Action.ASSIGN, EVERYTHING, to)
    assert operations.take(session, run_id)
    for each in (theirs, *rest):
        operations.do(session, run_id, each.id)
    session.delete(session.get_one(Claim, rest[0].id))  # decided on meanwhile
    assert given(session) == [], "it is told when the run is over"
    operations.finish(session, run_id)
    operations.finish(session, run_id)
    [mail] = given(session)
    assert (mail.kind, mail.recipient) == ("handed_over_together", cast.jurist_moderator.email)
    assert [each["id"] for each in mail.data["essays"]] == [each.id for each in rest[1:]]
    assert mail.data["number_given"] == 2
    assert (mail.data["giver"], mail.data["words"]) == (cast.organiser.name, "Voyez.")
    assert mail.data["until"] == (now + handing.GIVEN).isoformat()


def test_a_stopped_run_tells_of_what_was_given_until_then(
    session: Session, cast: Cast, many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "MOST_NAMED", 1)
    essays = many(3)
    for each in essays:
        claiming.claim(session, cast.actor("moderator"), each.id)
    session.commit()
    to = {"to": cast.jurist_moderator.id}
    run_id = start(session, cast, "moderator", Action.HAND_OVER, EVERYTHING, to)
    assert operations.take(session, run_id)
    for each in essays[:2]:
        operations.do(session, run_id, each.id)
    operations.stop(session, cast.actor("moderator"), run_id)
    [mail] = given(session)
    assert mail.data["number_given"] == 2
    assert [each["number"] for each in mail.data["essays"]] == [essays[0].number]


def test_what_was_given_to_nobody_is_told_to_nobody(
    session: Session, cast: Cast, many: Many
) -> None:
    [free] = many(1)
    session.commit()
    to = {"to": cast.jurist_moderator.id}
    run_id = start(session, cast, "moderator", Action.HAND_OVER, EVERYTHING, to)
    do_all(session, run_id)
    assert answers(session, run_id) == {free.id: ("refused", "claim.ran_out")}
    assert given(session) == []


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.REJECT, Action.SPAM])
def test_a_proposed_rejection_is_seconded_by_nobody_who_has_not_looked(
    session: Session,
    cast: Cast,
    edition: Edition,
    many: Many,
    decide: Callable[..., Decision],
    action: Action,
) -> None:
    track_of(session, edition).wants_second_opinion = True
    [proposed] = many(1)
    decide("moderator", proposed, Verdict.REJECT)
    session.commit()
    for name, code in (("jurist_moderator", "bulk.proposed"), ("moderator", None)):
        run_id = start(session, cast, name, action, EVERYTHING, REJECT)
        do_all(session, run_id)
        [(answer, said)] = answers(session, run_id).values()
        assert answer == "refused"
        assert said == (code or "decision.own_proposal")
    assert state(session, proposed) == State.SUBMITTED
    assert [each.verdict for each in session.scalars(select(Decision))] == [Verdict.REJECT]


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
