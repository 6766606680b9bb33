"""An author's appeal against the taking down of what was published."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, PublishedText, TakeDown
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY
from app.editions.models import Edition
from app.moderation.appeals import authors, operations, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims.queries import in_hand
from app.moderation.conflicts.queries import in_conflict, is_conflicted
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising import operations as organising
from app.moderation.queue.overview import overview
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint, ReportCase
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.appeals.conftest import WORDS, acts, answered
from tests.moderation.conftest import state

At = Callable[[Any], None]


@pytest.fixture
def essay(session: Session, cast: Cast, edition: Edition) -> Contribution:
    """The author's, in French, for jurists, published without any moderator's part."""
    return make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)


def reported(session: Session, essay: Contribution, cast: Cast, name: str = "stranger") -> int:
    made = reporting.file(
        session,
        cast.actor(name),
        essay.number or "",
        Complaint.FALSE,
        words="Faux.",
        language="fr",
    )
    return made.case_id


@pytest.fixture
def down(session: Session, cast: Cast, essay: Contribution) -> TakeDown:
    """By the moderator, after a report."""
    case = reported(session, essay, cast)
    reporting.remove(
        session, cast.moderator.actor, case, reason="Faux.", words="", language="fr", rule=""
    )
    return session.scalars(select(TakeDown)).one()


def file(session: Session, cast: Cast, down: TakeDown, name: str = "author", **said: str) -> Appeal:
    words = {"words": WORDS, "language": "fr"} | said
    return operations.file_against_take_down(session, cast.actor(name), down.id, **words)


@pytest.fixture
def filed(session: Session, cast: Cast, down: TakeDown) -> Appeal:
    return file(session, cast, down)


def waiting(session: Session, cast: Cast, name: str) -> list[int]:
    found = [item.id for item in queries.appeals(session, cast.actor(name)).items]
    assert overview(session, cast.actor(name)).appeals.number == len(found)
    return found


def test_file_waits_for_a_moderator_who_had_no_part(
    session: Session, cast: Cast, essay: Contribution, filed: Appeal
) -> None:
    assert (filed.decision_id, filed.outcome) == (None, Outcome.OPEN)
    assert state(session, essay) == State.REMOVED
    assert acts(session, filed) == ["appeal:filed"]
    assert waiting(session, cast, "moderator") == []
    assert waiting(session, cast, "other_moderator") == [filed.id]
    shown = queries.appeal(session, cast.other_moderator.actor, filed.id)
    assert shown.decided is None
    assert shown.down is not None
    assert (shown.down.reason, shown.down.reports, shown.down.complaints) == (
        "Faux.",
        1,
        (Complaint.FALSE,),
    )
    assert not hasattr(shown.down, "account_id")


@pytest.mark.parametrize(
    "name", ["stranger", "moderator", "other_moderator", "organiser", "administrator"]
)
def test_file_by_anybody_else_finds_nothing(
    session: Session, cast: Cast, down: TakeDown, name: str
) -> None:
    with pytest.raises(NotFound):
        file(session, cast, down, name)
    with pytest.raises(NotFound):
        operations.file_against_take_down(session, NOBODY, down.id, words=WORDS, language="fr")
    with pytest.raises(NotFound):
        operations.file_against_take_down(
            session, cast.author.actor, down.id + 1, words=WORDS, language="fr"
        )
    assert session.scalars(select(Appeal)).all() == []


def test_file_within_the_edition_s_days_only(
    session: Session, cast: Cast, essay: Contribution, edition: Edition, down: TakeDown, at: At
) -> None:
    until = down.taken_at + timedelta(days=30)
    chance = authors.chance(session, cast.author.actor, essay, edition)
    assert chance == authors.Chance(None, until, down.id)
    at(until)
    assert authors.chance(session, cast.author.actor, essay, edition) is None
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        file(session, cast, down)
    at(until - timedelta(seconds=1))
    edition.appeal_days = 0
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        file(session, cast, down)
    edition.appeal_days = 30
    assert file(session, cast, down)


def test_file_once_only(session: Session, cast: Cast, down: TakeDown, filed: Appeal) -> None:
    assert file(session, cast, down, words=f"{WORDS} ") is filed
    with pytest.raises(Conflict, match=r"appeal\.filed"):
        file(session, cast, down, words="Encore.")


@pytest.mark.parametrize(
    "part", ["closed an earlier case", "reported it", "decided", "organised", "noted in the record"]
)
def test_whoever_had_a_part_answers_nothing(
    session: Session,
    cast: Cast,
    edition: Edition,
    decide: Callable[..., Any],
    part: str,
) -> None:
    essay = make_contribution(
        session,
        cast.author,
        edition=edition,
        state=State.SUBMITTED if part == "decided" else State.PUBLISHED,
    )
    if part == "decided":
        decide("other_moderator", essay, Verdict.ACCEPT)
    if part == "closed an earlier case":
        case = reported(session, essay, cast)
        reporting.keep(session, cast.other_moderator.actor, case, words="Non.", language="fr")
    case = reported(session, essay, cast, "other_moderator" if part == "reported it" else "author")
    if part == "organised":
        reporting.remove(
            session, cast.organiser.actor, case, reason="Faux.", words="", language="fr"
        )
        cast.other_moderator.roles = cast.organiser.roles
    elif part == "noted in the record":
        organising.remove(session, cast.organiser.actor, essay.id, reason="Faux.", language="fr")
        reporting.remove(
            session, cast.other_moderator.actor, case, reason="", words="", language="fr"
        )
    else:
        reporting.remove(
            session, cast.moderator.actor, case, reason="Faux.", words="", language="fr"
        )
    session.flush()
    made = file(session, cast, session.scalars(select(TakeDown)).one())
    assert waiting(session, cast, "other_moderator") == []
    with pytest.raises(NotFound):
        answered(session, cast, made, Outcome.GRANTED)
    assert waiting(session, cast, "jurist_moderator") == [made.id]
    free = queries.colleagues(session, made, session.get_one(Contribution, made.contribution_id))
    assert cast.jurist_moderator.id in {each.id for each in free}
    assert cast.other_moderator.id not in {each.id for each in free}


def told(session: Session) -> OutboxMail:
    kind = OutboxMail.kind == MailKind.APPEAL_ANSWERED.value
    return session.scalars(select(OutboxMail).where(kind)).one()


def test_granted_publishes_the_essay_again(
    session: Session, cast: Cast, essay: Contribution, down: TakeDown, filed: Appeal
) -> None:
    essay.co_authors = {str(cast.stranger.id): False}
    operations.claim(session, cast.other_moderator.actor, filed.id)
    [held] = in_hand(session, cast.other_moderator.id, limit=5)
    assert held.appeal_id == filed.id
    answered(session, cast, filed, Outcome.GRANTED)
    assert state(session, essay) == State.PUBLISHED
    assert session.scalars(select(PublishedText.contribution_id)).all() == [essay.id]
    session.refresh(down)
    assert down.reversed_at is not None
    assert acts(session, filed)[-1] == "appeal:granted"
    last = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "contribution").order_by(AuditEntry.id)
    ).all()[-1]
    assert (last.action, last.data["before"]) == ("contribution:published", "removed")
    assert (told(session).data["outcome"], told(session).data["taken_down"]) == ("granted", True)
    # Who appealed has it from the answer; the co-author has not.
    restored = OutboxMail.kind == MailKind.RESTORED.value
    assert session.scalars(select(OutboxMail.recipient).where(restored)).all() == [
        "stranger@example.org"
    ]
    # The case can't put back what is back.
    case = session.scalars(select(ReportCase.id)).one()
    with pytest.raises(Conflict):
        reporting.reverse(session, cast.organiser.actor, case)


def test_upheld_leaves_it_down_and_is_final(
    session: Session, cast: Cast, essay: Contribution, edition: Edition, filed: Appeal
) -> None:
    answered(session, cast, filed, Outcome.UPHELD)
    assert state(session, essay) == State.REMOVED
    assert (told(session).data["outcome"], told(session).data["taken_down"]) == ("upheld", True)
    assert authors.chance(session, cast.author.actor, essay, edition) is None
    assert waiting(session, cast, "jurist_moderator") == []


def test_published_again_otherwise_it_needs_no_answer(
    session: Session, cast: Cast, essay: Contribution, edition: Edition, filed: Appeal, at: At
) -> None:
    organising.restore(session, cast.organiser.actor, essay.id)
    [seen] = authors.of_author(session, essay)
    assert (seen.is_moot, seen.is_against_take_down) == (True, True)
    assert waiting(session, cast, "other_moderator") == []
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        answered(session, cast, filed, Outcome.GRANTED)
    # Taken down once more, it may be appealed against once more; the earlier appeal stays needless.
    at(clock.now() + timedelta(minutes=1))
    again = organising.remove(
        session, cast.organiser.actor, essay.id, reason="Encore.", language="fr"
    )
    assert waiting(session, cast, "other_moderator") == []
    made = file(session, cast, again)
    assert waiting(session, cast, "other_moderator") == [made.id]
    operations.claim(session, cast.other_moderator.actor, made.id)
    assert [each.appeal_id for each in in_hand(session, cast.other_moderator.id, limit=5)] == [
        made.id
    ]


def test_an_appeal_against_a_decision_that_was_undone_stays_needless_when_it_is_taken_down(
    session: Session, cast: Cast, edition: Edition, decide: Callable[..., Any]
) -> None:
    essay = make_contribution(session, cast.author, edition=edition)
    rejection = decide("moderator", essay, Verdict.REJECT)
    first = operations.file(session, cast.author.actor, rejection.id, words=WORDS, language="fr")
    undo(session, cast.organiser.actor, rejection.id, "Non.")
    decide("moderator", essay, Verdict.ACCEPT)
    organising.remove(session, cast.organiser.actor, essay.id, reason="Droits.", language="fr")
    assert waiting(session, cast, "other_moderator") == []
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        answered(session, cast, first, Outcome.GRANTED)
    assert state(session, essay) == State.REMOVED


@pytest.mark.parametrize("at_state", [each for each in State if each is not State.REMOVED])
def test_in_any_other_state_nothing_is_appealed_against_or_answered(
    session: Session, cast: Cast, essay: Contribution, filed: Appeal, at_state: State
) -> None:
    essay.state = at_state.value
    session.flush()
    assert waiting(session, cast, "other_moderator") == []
    with pytest.raises(Conflict, match=r"appeal\.answered"):
        answered(session, cast, filed, Outcome.GRANTED)
    session.delete(filed)
    session.flush()
    down = session.scalars(select(TakeDown)).one()
    with pytest.raises(Conflict, match=r"appeal\.too_late"):
        file(session, cast, down)


def test_what_was_put_back_is_not_taken_down_again_by_the_same(
    session: Session, cast: Cast, essay: Contribution, down: TakeDown
) -> None:
    appeal = operations.file_against_take_down(
        session, cast.actor("author"), down.id, words=WORDS, language="fr"
    )
    answered(session, cast, appeal, Outcome.GRANTED)
    case = reported(session, essay, cast)
    moderator, other = cast.actor("moderator"), cast.actor("other_moderator")
    said = {"reason": "Faux.", "words": "", "language": "fr"}
    with pytest.raises(NotFound):
        reporting.remove(session, moderator, case, **said)
    assert reporting.remove(session, other, case, **said).outcome == "removed"
    # Who took it down for the second time is nobody's to keep away yet.
    assert not is_conflicted(session, other, essay.id)
    assert in_conflict(session, essay.id) == {cast.author.id, cast.moderator.id}
