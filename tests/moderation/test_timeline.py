"""What is told of a contribution, from its audit entries; points and the answers to them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution, Draft, TakeDown
from app.core.audit import AuditAction, record
from app.core.errors import Several
from app.core.languages import LANGUAGES
from app.core.policy import SYSTEM
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.decisions import queries as decided
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising import operations as organising
from app.moderation.record.labels import EVENTS, event_title
from app.moderation.record.timeline import HIDDEN, Event, timeline
from tests.factories import Cast, make_contribution, make_essay

Decide = Callable[..., Decision]
POINTS = ["Citez vos sources.", "Abrégez l’introduction."]
OF_CONTRIBUTIONS = [
    each for each in AuditAction if each.startswith(("contribution:", "co_author:"))
]


@pytest.mark.parametrize("action", OF_CONTRIBUTIONS)
def test_every_act_has_words_or_is_hidden_for_a_reason(action: AuditAction) -> None:
    assert (action in EVENTS) != (action in HIDDEN)
    assert HIDDEN.get(action, "why")


@pytest.fixture
def history(session: Session, cast: Cast, essay: Contribution, decide: Decide) -> Contribution:
    """An essay that went through nearly everything."""
    author = cast.author.actor
    decide("moderator", essay, Verdict.CHANGES, points=POINTS, words="Merci.")
    draft = session.get_one(Draft, essay.id)
    operations.save_draft(
        session,
        author,
        essay.id,
        make_essay(
            "fr",
            title="De la paix, revu",
            question_id=essay.question_id,
            answers=("C’est fait.", ""),
            note="Merci à vous.",
        ),
        seen_version=draft.version,
    )
    operations.submit(session, author, essay.id)
    lifecycle.withdraw(session, author, essay.id, reason="J’hésite.")
    lifecycle.revive(session, author, essay.id)
    until = datetime(2099, 1, 1, tzinfo=UTC)
    organising.extend(session, cast.actor("organiser"), essay.id, until=until, reason="Malade.")
    operations.submit(session, author, essay.id)
    claiming.claim(session, cast.actor("moderator"), essay.id)
    decide("moderator", essay, Verdict.ACCEPT, revision_seen=3)
    organising.remove(session, SYSTEM, essay.id, reason="Plainte.", language="en")
    organising.restore(session, SYSTEM, essay.id)
    session.flush()
    return essay


def test_timeline_tells_everything_newest_first(session: Session, history: Contribution) -> None:
    events = timeline(session, history, names=False)
    assert [event.action.partition(":")[2] for event in reversed(events)] == [
        *("opened", "submitted", "claimed", "decided", "submitted", "withdrawn", "revived"),
        *("extended", "submitted", "claimed", "decided", "published", "removed", "published"),
    ]
    made = [(e.action, e.revision.number) for e in reversed(events) if e.revision]
    assert made == [(AuditAction.CONTRIBUTION_SUBMITTED, number) for number in (1, 2, 3)]
    assert {event.actor for event in events} == {""}
    told = {event.action: event for event in reversed(events)}
    assert told[AuditAction.CONTRIBUTION_WITHDRAWN].words == "J’hésite."
    assert told[AuditAction.CONTRIBUTION_EXTENDED].words == "Malade."
    assert told[AuditAction.CONTRIBUTION_EXTENDED].until == datetime(2099, 1, 1, tzinfo=UTC)
    second = next(e for e in events if e.revision and e.revision.number == 2)
    assert second.revision is not None
    assert second.revision.note == "Merci à vous."
    assert [(each.point, each.answer) for each in second.revision.answers] == [
        (POINTS[0], "C’est fait."),
        (POINTS[1], ""),
    ]


@pytest.mark.parametrize("kept", [False, True])
def test_timeline_gives_an_old_taking_down_no_reason_but_its_own(
    session: Session, history: Contribution, *, kept: bool
) -> None:
    # Entries once did not name it; where it was put back, then, nothing was kept of it.
    action = AuditAction.CONTRIBUTION_REMOVED
    record(session, SYSTEM, action, history.id, before="published")
    if kept:
        now = datetime.now(UTC)
        old = TakeDown(contribution_id=history.id, reason="Alt.", language="de", rule="")
        old.taken_at = old.reversed_at = now
        session.add(old)
    session.flush()
    organising.remove(session, SYSTEM, history.id, reason="Neuf.", language="fr")
    session.flush()
    taken = [each for each in timeline(session, history, names=False) if each.action == action]
    assert [each.words for each in taken] == ["Neuf.", "Alt." if kept else "", "Plainte."]


def test_timeline_names_people_to_organisers_only(
    session: Session, cast: Cast, history: Contribution
) -> None:
    named = {event.actor for event in timeline(session, history, names=True)}
    assert {cast.moderator.name, cast.author.name, cast.organiser.name} <= named
    decided = [e.decision for e in timeline(session, history, names=False) if e.decision]
    assert all(not hasattr(each, "moderator") for each in decided)


def test_timeline_takes_four_queries_for_any_history(
    session: Session, engine: Engine, history: Contribution, count_queries: Any
) -> None:
    for _ in range(3):
        record(session, SYSTEM, AuditAction.CONTRIBUTION_RELEASED, history.id)
        session.flush()
        with count_queries(engine) as statements:
            timeline(session, history, names=True)
        # Three where nothing was ever taken down.
        assert len(statements) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_event_title_has_words_for_every_act(app: Flask, language: str) -> None:
    with app.app_context(), force_locale(LANGUAGES[language].locale):
        for action in EVENTS:
            event = Event(
                at=datetime.now(UTC),
                action=action,
                actor="",
                before="",
                revision=None,
                decision=None,
                words="",
                until=None,
                data={},
            )
            assert event_title(event).strip()


def test_decide_keeps_points_instead_of_words(
    session: Session, essay: Contribution, decide: Decide
) -> None:
    made = decide(
        "moderator",
        essay,
        Verdict.CHANGES,
        points=[" Citez  vos sources. ", "", POINTS[1]],
        words="",
        words_language="fr",
    )
    assert (made.points, made.words, made.words_language) == (POINTS, "", "fr")
    request = decided.request_to_answer(session, essay)
    assert request is not None
    assert request.asked == tuple(POINTS)


def test_decide_without_points_makes_its_words_the_one_point(
    session: Session, essay: Contribution, decide: Decide
) -> None:
    decide("moderator", essay, Verdict.CHANGES, words="Citez vos sources.")
    request = decided.request_to_answer(session, essay)
    assert request is not None
    assert request.asked == ("Citez vos sources.",)


@pytest.mark.parametrize(
    ("verdict", "points", "code"),
    [
        (Verdict.ACCEPT, POINTS, "decision.points_without_changes"),
        (Verdict.CHANGES, ["x"] * 31, "decision.too_many_points"),
        (Verdict.CHANGES, ["x" * 5001], "text.too_long"),
        (Verdict.CHANGES, ["a\x07b"], "text.control_characters"),
    ],
)
def test_decide_refuses_points(
    essay: Contribution, decide: Decide, verdict: Verdict, points: list[str], code: str
) -> None:
    with pytest.raises(Several) as refused:
        decide("moderator", essay, verdict, points=points)
    assert [(each.code, each.field) for each in refused.value.errors] == [(code, "points")]


def test_request_to_answer_is_gone_once_answered(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    assert decided.request_to_answer(session, essay) is None
    decide("moderator", essay, Verdict.CHANGES, points=POINTS)
    operations.submit(session, cast.author.actor, essay.id)
    assert decided.request_to_answer(session, essay) is None
    draft = session.get_one(Draft, essay.id)
    assert (draft.note, draft.answers) == ("", [])


def test_another_essay_s_acts_are_not_told(
    session: Session, cast: Cast, essay: Contribution, edition: Edition
) -> None:
    make_contribution(session, cast.stranger, edition=edition)
    assert len(timeline(session, essay, names=True)) == 2
