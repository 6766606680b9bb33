"""Digests: when they are due, and what they tell."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Digest
from app.contributions.states import State
from app.core import clock
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import NOBODY
from app.editions.models import Edition
from app.moderation.appeals import operations as appealing
from app.moderation.appeals import queries as appeal_queries
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.digests import operations
from app.moderation.queue import queries
from app.moderation.queue.overview import _overview
from app.moderation.reports import operations as reporting
from app.moderation.reports import queries as report_queries
from app.moderation.reports.models import Complaint
from app.notifications.mails import render
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.digests.conftest import DAY, HOUR, MONDAY, At, one
from tests.notifications.conftest import postbox, server, settings  # noqa: F401


def owed(session: Session) -> list[OutboxMail]:
    session.flush()
    wanted = select(OutboxMail).where(OutboxMail.kind == MailKind.DIGEST.value)
    return list(session.scalars(wanted.order_by(OutboxMail.id)))


@pytest.mark.parametrize(
    ("digest", "now", "expected"),
    [
        (Digest.DAILY, MONDAY, MONDAY),
        (Digest.DAILY, MONDAY - timedelta(seconds=1), MONDAY - DAY),
        (Digest.WEEKLY, MONDAY, MONDAY),
        (Digest.WEEKLY, MONDAY - timedelta(seconds=1), MONDAY - 7 * DAY),
        (Digest.WEEKLY, MONDAY + 6 * DAY, MONDAY),
    ],
)
def test_begun_is_the_last_morning_or_monday(
    digest: Digest, now: datetime, expected: datetime
) -> None:
    assert operations.begun(digest, now) == expected


# On both databases


def test_owe_is_done_once_in_each_rhythm(session: Session, at: At, request: Any) -> None:
    at(MONDAY - DAY)
    cast: Cast = request.getfixturevalue("cast")
    one(session, cast, request.getfixturevalue("edition"))
    numbers = []
    for moment in (-1.0, 0.0, 0.5, 23.9, 24.0, 47.0, 48.0):
        at(MONDAY + moment * HOUR)
        for _ in range(2):
            for id in operations.due(session):
                operations.owe(session, id, overdue_days=7)
            operations.owe(session, cast.moderator.id, overdue_days=7)
        numbers.append(len(owed(session)))
    assert numbers == [0, 1, 1, 1, 2, 2, 3]


def test_owe_when_nothing_waits_is_not_asked_again(session: Session, cast: Cast, at: At) -> None:
    at(MONDAY + 7 * DAY)
    assert set(operations.due(session)) == {
        cast.moderator.id,
        cast.other_moderator.id,
        cast.jurist_moderator.id,
        cast.organiser.id,
    }
    for id in operations.due(session):
        operations.owe(session, id, overdue_days=7)
    session.flush()
    assert operations.due(session) == []
    assert owed(session) == []


@pytest.mark.parametrize("why", ["never", "closed", "unconfirmed", "no moderator", "new"])
def test_due_leaves_out(session: Session, cast: Cast, edition: Edition, at: At, why: str) -> None:
    one(session, cast, edition)
    match why:
        case "never":
            cast.moderator.digest = Digest.NEVER.value
        case "closed":
            cast.moderator.active = False
        case "unconfirmed":
            cast.moderator.confirmed_at = None
        case "no moderator":
            cast.moderator.roles = []
        case "new":
            cast.moderator.created_at = MONDAY + 7 * DAY + HOUR
    session.flush()
    at(MONDAY + 7 * DAY + 2 * HOUR)
    assert operations.due(session) == []
    operations.owe(session, cast.moderator.id, overdue_days=7)
    assert owed(session) == []


def test_contents_tell_what_waits_and_what_is_overdue(
    session: Session, at: At, request: Any
) -> None:
    at(MONDAY - 8 * DAY)
    cast: Cast = request.getfixturevalue("cast")
    edition: Edition = request.getfixturevalue("edition")
    old = make_contribution(session, cast.author, edition=edition)
    at(MONDAY)
    make_contribution(session, cast.moderator, edition=edition)
    for _ in range(6):
        make_contribution(session, cast.author, edition=edition, language="ar")
    claiming.claim(session, cast.actor("moderator"), old.id)
    session.flush()
    data = operations.contents(session, cast.actor("moderator"), MONDAY - 7 * DAY)
    assert data["lanes"] == [
        {"track": "jurist", "language": "ar", "number": 6, "more": False},
        {"track": "jurist", "language": "fr", "number": 1, "more": False},
    ]
    assert [each["overdue"] for each in data["oldest"]] == [True, False, False, False, False]
    assert data["oldest"][0]["number"] == old.number
    assert [each["number"] for each in data["held"]] == [old.number]
    assert data["appeals"] == 0


def reported(session: Session, cast: Cast, edition: Edition) -> None:
    """The author's essay, published, and reported by a reader."""
    essay = make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)
    number = essay.number or ""
    reporting.file(session, NOBODY, number, Complaint.PRIVACY, words="Names.", language="en")


def appealed(session: Session, cast: Cast, edition: Edition) -> None:
    """The author's essay, rejected by one moderator, who isn't told of the appeal."""
    essay = make_contribution(session, cast.author, edition=edition)
    other = cast.actor("other_moderator")
    reasons = {"reasons": [Reason.OFF_TOPIC], "words": "Non.", "words_language": "fr"}
    made = deciding.claim_and_decide(session, other, essay.id, Verdict.REJECT, **reasons)
    appealing.file(session, cast.actor("author"), made.id, words="Si.", language="fr")


@pytest.mark.parametrize(("days", "old"), [(8, 1), (1, 0)])
def test_contents_tell_of_reports_and_of_what_is_overdue(
    session: Session, at: At, request: Any, days: int, old: int
) -> None:
    at(MONDAY - days * DAY)
    cast: Cast = request.getfixturevalue("cast")
    edition: Edition = request.getfixturevalue("edition")
    reported(session, cast, edition)
    appealed(session, cast, edition)
    at(MONDAY)
    overdue = MONDAY - 7 * DAY
    told = ("appeals", "old_appeals", "cases", "old_cases")
    mine = operations.contents(session, cast.actor("moderator"), overdue)
    assert [mine[name] for name in told] == [1, old, 1, old]
    assert (mine["ageing"], mine["old_appeals_everywhere"], mine["organises"]) == ([], 0, False)
    # Who decided has no part in the appeal.
    theirs = operations.contents(session, cast.actor("other_moderator"), overdue)
    assert [theirs[name] for name in told] == [0, 0, 1, old]
    organised = operations.contents(session, cast.actor("organiser"), overdue)
    assert [organised[name] for name in told] == [0, 0, 1, old]
    assert organised["old_appeals_everywhere"] == old
    author = operations.contents(session, cast.actor("author"), overdue)
    assert author["old_appeals_everywhere"] == 0


@pytest.mark.parametrize("most", [1, 2])
def test_contents_do_not_state_where_counting_stopped_as_the_number(
    session: Session,
    cast: Cast,
    edition: Edition,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    for _ in range(2):
        reported(session, cast, edition)
        appealed(session, cast, edition)
    for where in (queries, appeal_queries, report_queries):
        monkeypatch.setattr(where, "MOST_COUNTED", most)
    # What was planned with another number is not kept beside it.
    _overview.cache_clear()
    mine, organised = (
        operations.contents(session, cast.actor(who), clock.now())
        for who in ("moderator", "organiser")
    )
    _overview.cache_clear()
    more = most < 2
    for name in ("appeals", "old_appeals", "cases", "old_cases"):
        assert (mine[name], mine[f"more_{name}"]) == (most, more), name
    everywhere = "old_appeals_everywhere"
    assert (mine[everywhere], mine[f"more_{everywhere}"]) == (0, False)
    assert (organised[everywhere], organised[f"more_{everywhere}"]) == (most, more)
    said = {
        1: (
            "More than 1 appeal waits for an answer. More than 1 of them is overdue.",
            "More than 1 essay is reported by readers. More than 1 of them is overdue.",
            "More than 1 appeal in any track or language is overdue.",
        ),
        2: (
            "Good day, 2 appeals wait for an answer. 2 of them are overdue.",
            " 2 essays are reported by readers. 2 of them are overdue.",
            " 2 appeals in all tracks and languages are overdue.",
        ),
    }[most]
    text = ""
    for data in (mine, organised):
        mail = OutboxMail(kind=MailKind.DIGEST.value, language="en", recipient_id=3, data=data)
        with app.test_request_context():
            text += " ".join(render(mail, "https://site.example").text.split())
    assert [each for each in said if each not in text] == []
    assert ("ore than" in text) is more


def test_organisers_are_told_of_lanes_that_age(session: Session, at: At, request: Any) -> None:
    at(MONDAY - 9 * DAY)
    cast: Cast = request.getfixturevalue("cast")
    edition: Edition = request.getfixturevalue("edition")
    make_contribution(session, cast.author, edition=edition, language="ar")
    make_contribution(session, cast.organiser, edition=edition)
    at(MONDAY)
    make_contribution(session, cast.author, edition=edition, language="zh")
    data = operations.contents(session, cast.actor("organiser"), MONDAY - 7 * DAY)
    assert data["ageing"] == [
        {
            "track": "jurist",
            "language": "ar",
            "number": 1,
            "since": (MONDAY - 9 * DAY).isoformat(),
            "served": True,
        }
    ]
    assert (data["lanes"], data["oldest"], data["held"]) == ([], [], [])
    for id in operations.due(session):
        operations.owe(session, id, overdue_days=7)
    assert cast.organiser.id in {mail.recipient_id for mail in owed(session)}


def test_organisers_are_told_nothing_where_nothing_ages(
    session: Session, cast: Cast, edition: Edition, at: At
) -> None:
    make_contribution(session, cast.author, edition=edition)
    at(MONDAY + 7 * DAY)
    operations.owe(session, cast.organiser.id, overdue_days=3_000)
    assert owed(session) == []


def test_due_takes_one_query(
    session: Session, engine: Engine, cast: Cast, at: At, count_queries: Any
) -> None:
    session.flush()
    at(MONDAY + 7 * DAY)
    with count_queries(engine) as statements:
        operations.due(session)
    assert len(statements) == 1
