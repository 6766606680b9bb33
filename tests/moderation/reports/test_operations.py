"""Reporting, gathering in cases, closing them: who may, and what comes of it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions.models import Contribution, PublishedText, TakeDown
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY, Actor
from app.editions.models import Edition
from app.moderation.conflicts.models import Conflict as Declared
from app.moderation.organising import operations as organising
from app.moderation.queue.overview import overview
from app.moderation.reports import operations, queries
from app.moderation.reports.models import CaseOutcome, Complaint, Report, ReportCase
from tests.factories import Cast, make_account, make_edition
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import state
from tests.moderation.crowds import CROWD, at_once
from tests.moderation.reports.conftest import WORDS, report

At = Callable[[Any], None]
HANDLERS = ["moderator", "other_moderator", "jurist_moderator", "organiser", "administrator"]
OTHERS = ["author", "stranger"]


def acts(session: Session, subject: str) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
        )
    )


def answers(session: Session) -> list[OutboxMail]:
    kind = OutboxMail.kind == MailKind.REPORT_ANSWERED.value
    return list(session.scalars(select(OutboxMail).where(kind).order_by(OutboxMail.id)))


# Reporting


def test_file_by_anybody_goes_into_one_case(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    first = report(session, essay)
    second = report(session, essay, cast.stranger.actor, email=" Reader@Example.org ")
    assert first.case_id == second.case_id
    assert (first.reporter_id, second.reporter_id) == (None, cast.stranger.id)
    assert (first.email, second.email) == ("", "reader@example.org")
    assert acts(session, "report") == ["report:filed", "report:filed"]


def test_file_twice_is_one_report(session: Session, essay: Contribution) -> None:
    assert report(session, essay) is report(session, essay, words=f"{WORDS}\r\n")
    assert session.scalar(select(func.count()).select_from(Report)) == 1


@pytest.mark.parametrize("before", [each for each in State if each != State.PUBLISHED])
def test_file_about_what_readers_cannot_see_finds_nothing(
    session: Session, cast: Cast, edition: Edition, before: State
) -> None:
    hidden = make_contribution(session, cast.author, edition=edition)
    hidden.state = before.value
    session.flush()
    with pytest.raises(NotFound):
        report(session, hidden)
    with pytest.raises(NotFound):
        operations.file(session, NOBODY, "S-J-999", Complaint.OTHER, words=WORDS, language="en")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"words": " "}, "required"),
        ({"words": "x" * 5_001}, "text.too_long"),
        ({"words": "a\x00b"}, "text.control_characters"),
        ({"language": "tlh"}, "language.unknown"),
        ({"email": "nobody"}, "email.form"),
    ],
)
def test_file_with_what_cannot_be_kept(
    session: Session, essay: Contribution, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        report(session, essay, **changes)
    assert refused.value.code == code


def test_file_after_closing_opens_another_case(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    operations.keep(session, cast.moderator.actor, case.id, words="No.", language="en")
    assert report(session, essay).case_id != case.id


def test_answer_keeps_the_address_in_one_place_where_it_is_forgotten(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    case_id = report(session, essay, email="reader@example.org").case_id
    operations.keep(session, cast.moderator.actor, case_id, words="No.", language="en")
    [mail] = answers(session)
    values = {each.key: getattr(mail, each.key) for each in inspect(mail).mapper.column_attrs}
    assert [name for name, value in values.items() if "reader@" in str(value)] == ["recipient"]


# Who may


@pytest.mark.parametrize("name", HANDLERS)
def test_case_is_for_moderators_of_the_lane_and_organisers(
    session: Session, cast: Cast, case: ReportCase, name: str
) -> None:
    actor = cast.actor(name)
    [item] = queries.cases(session, actor).items
    assert (item.id, item.reports) == (case.id, 1)
    assert overview(session, actor).cases.number == 1
    [seen] = queries.case(session, actor, case.id).reports
    assert (seen.words, seen.complaint, seen.wants_answer) == (WORDS, Complaint.PRIVACY, True)
    assert not hasattr(seen, "reporter_id")
    operations.keep(session, actor, case.id, words="No.", language="en")
    assert case.closed_by_id == actor.id


def refused_everywhere(session: Session, actor: Actor, case: ReportCase) -> None:
    assert queries.cases(session, actor).items == []
    assert overview(session, actor).cases.number == 0
    said = {"words": "No.", "language": "en"}
    for act in (
        lambda: queries.case(session, actor, case.id),
        lambda: operations.keep(session, actor, case.id, **said),
        lambda: operations.remove(session, actor, case.id, reason="Why.", **said),
        lambda: operations.reverse(session, actor, case.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert case.outcome == CaseOutcome.OPEN


@pytest.mark.parametrize("name", OTHERS)
def test_case_is_none_of_their_business(
    session: Session, cast: Cast, case: ReportCase, name: str
) -> None:
    refused_everywhere(session, cast.actor(name), case)


@pytest.mark.parametrize("why", ["lane", "conflict", "own"])
def test_case_is_not_for_moderators_who_should_have_no_part(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase, why: str
) -> None:
    if why == "lane":
        cast.moderator.reads = ["ar"]
    if why == "conflict":
        session.add(
            Declared(account_id=cast.moderator.id, contribution_id=essay.id, kind="rivalry")
        )
    if why == "own":
        essay.owner_id = cast.moderator.id
    session.flush()
    refused_everywhere(session, cast.moderator.actor, case)


def test_case_is_not_for_an_organiser_about_their_own_essay(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    essay.owner_id = cast.organiser.id
    session.flush()
    refused_everywhere(session, cast.organiser.actor, case)


# Closing


def test_keep_tells_who_wanted_to_hear_and_forgets_addresses(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    report(session, essay, words="Again.", language="fr", email="READER@example.org")
    report(session, essay, words="Too.", language="ar", email="other@example.org")
    report(session, essay, words="No answer, please.")
    operations.keep(session, cast.moderator.actor, case.id, words="All public.", language="en")
    assert state(session, essay) == State.PUBLISHED
    assert (case.outcome, case.words, case.closed_by_id) == (
        CaseOutcome.KEPT,
        "All public.",
        cast.moderator.id,
    )
    assert [(mail.recipient, mail.language, mail.data["outcome"]) for mail in answers(session)] == [
        ("reader@example.org", "fr", "kept"),
        ("other@example.org", "ar", "kept"),
    ]
    assert set(session.scalars(select(Report.email))) == {""}
    assert acts(session, "case") == ["case:kept"]


def test_remove_leaves_a_tombstone(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    operations.remove(
        session, cast.moderator.actor, case.id, reason="Private data.", words="", language="en"
    )
    assert state(session, essay) == State.REMOVED
    made = session.scalars(select(TakeDown)).one()
    assert (made.reason, made.language, made.account_id) == (
        "Private data.",
        "en",
        cast.moderator.id,
    )
    assert case.take_down_id == made.id
    assert session.scalars(select(PublishedText)).all() == []
    assert [mail.data["outcome"] for mail in answers(session)] == ["removed"]
    told = session.scalars(
        select(OutboxMail).where(OutboxMail.kind == MailKind.REMOVED.value)
    ).one()
    assert told.recipient == "author@example.org"
    assert (told.data["reason"], told.data["words_language"]) == ("Private data.", "en")
    assert (told.data["reports"], told.data["complaints"]) == (1, ["privacy"])
    assert told.data["appeal_until"] == (made.taken_at + timedelta(days=30)).isoformat()
    assert acts(session, "case") == ["case:removed"]


def test_reverse_puts_the_essay_back(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    actor = cast.jurist_moderator.actor
    operations.remove(session, actor, case.id, reason="Why.", words="", language="en")
    assert queries.case(session, actor, case.id).is_reversible
    operations.reverse(session, actor, case.id)
    assert state(session, essay) == State.PUBLISHED
    assert len(session.scalars(select(PublishedText)).all()) == 1
    assert case.outcome == CaseOutcome.REMOVED
    assert acts(session, "case") == ["case:removed", "case:reversed"]
    restored = OutboxMail.kind == MailKind.RESTORED.value
    assert session.scalars(select(OutboxMail.recipient).where(restored)).one() == (
        "author@example.org"
    )
    with pytest.raises(Conflict):
        operations.reverse(session, actor, case.id)


def test_reverse_leaves_what_organisers_took_down(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    organising.remove(session, cast.organiser.actor, essay.id, reason="Ours.", language="en")
    operations.remove(session, cast.moderator.actor, case.id, reason="", words="", language="en")
    assert case.outcome == CaseOutcome.REMOVED
    assert session.scalars(select(TakeDown.reason)).all() == ["Ours."]
    assert case.take_down_id is None
    with pytest.raises(Conflict):
        operations.reverse(session, cast.moderator.actor, case.id)
    assert state(session, essay) == State.REMOVED


def test_organisers_restore_what_a_case_took_down(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    operations.remove(
        session, cast.moderator.actor, case.id, reason="Why.", words="", language="en"
    )
    organising.restore(session, cast.organiser.actor, essay.id)
    assert state(session, essay) == State.PUBLISHED
    with pytest.raises(Conflict):
        operations.reverse(session, cast.moderator.actor, case.id)


def test_keep_of_what_is_down_is_refused(
    session: Session, cast: Cast, essay: Contribution, case: ReportCase
) -> None:
    organising.remove(session, cast.organiser.actor, essay.id, reason="Ours.", language="en")
    with pytest.raises(Conflict, match=r"contribution\.moved_on"):
        operations.keep(session, cast.moderator.actor, case.id, words="No.", language="en")


def test_close_twice_is_refused(session: Session, cast: Cast, case: ReportCase) -> None:
    operations.keep(session, cast.moderator.actor, case.id, words="No.", language="en")
    with pytest.raises(Conflict, match=r"case\.closed"):
        operations.keep(session, cast.moderator.actor, case.id, words="No.", language="en")
    with pytest.raises(Conflict, match=r"case\.closed"):
        operations.remove(
            session, cast.organiser.actor, case.id, reason="Why.", words="", language="en"
        )


def test_close_needs_its_words(session: Session, cast: Cast, case: ReportCase) -> None:
    actor = cast.moderator.actor
    with pytest.raises(Invalid, match="required"):
        operations.keep(session, actor, case.id, words=" ", language="en")
    with pytest.raises(Invalid, match="required"):
        operations.remove(session, actor, case.id, reason=" ", words="x", language="en")


# Lists


def test_cases_in_order_by_parts_at_constant_cost(
    session: Session, cast: Cast, edition: Edition, at: At, count_queries: Callable[..., Any]
) -> None:
    start, made = clock.now(), []
    actor = cast.moderator.actor
    for index in range(3):
        at(start + timedelta(minutes=index))
        essay = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
        made.append(report(session, essay).case_id)
        session.flush()
        with count_queries(session.get_bind()) as statements:
            found = queries.cases(session, actor)
        assert [item.id for item in found.items] == made
        assert len(statements) == 1
    first = queries.cases(session, actor, limit=2)
    rest = queries.cases(session, actor, limit=2, after=first.after)
    assert [item.id for item in (*first.items, *rest.items)] == made
    for index, id in enumerate(made):
        at(start + timedelta(hours=index + 1))
        operations.keep(session, actor, id, words="No.", language="en")
    assert queries.cases(session, actor).items == []
    first = queries.cases(session, actor, closed=True, limit=2)
    rest = queries.cases(session, actor, closed=True, limit=2, after=first.after)
    assert [item.id for item in (*first.items, *rest.items)] == made[::-1]


# At the same instant


def test_first_reports_at_once_make_one_case(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        author = make_account(session, "author@example.org")
        essay = make_contribution(
            session, author, edition=make_edition(session), state=State.PUBLISHED
        )
        session.commit()
    said = count()
    made = at_once(
        sessions,
        [NOBODY] * CROWD,
        lambda session, actor: report(session, essay, actor, words=f"{next(said)}"),
    )
    assert len({each.case_id for each in made}) == 1
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(ReportCase)) == 1
        assert session.scalar(select(func.count()).select_from(Report)) == CROWD
