"""What is counted, and that nothing else is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, AuditEntry
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.appeals.models import Appeal
from app.moderation.appeals.models import Outcome as AppealOutcome
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.reports.models import CaseOutcome, Complaint, Report, ReportCase
from app.moderation.sampling.models import SecondLook
from app.moderation.transparency import counting
from app.moderation.transparency.counting import AGE, figures, refresh, stale
from app.moderation.transparency.models import TransparencyReport
from tests.factories import Cast, make_contribution, make_edition

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def numbers(session: Session, edition: Edition, table: str) -> dict[str, int | None]:
    """What is shown of that table, without zeros."""
    cells = figures(session, edition.id)["tables"][table]["cells"]
    return {key: number for key, number in cells if number != 0}


def essays(
    session: Session, cast: Cast, edition: Edition, number: int, **changes: Any
) -> list[Contribution]:
    with clock.standing_at(BEGIN):
        return [
            make_contribution(session, cast.author, edition=edition, **changes)
            for _ in range(number)
        ]


def decided(
    session: Session, cast: Cast, essay: Contribution, days: float = 1, **changes: Any
) -> Decision:
    values = {
        "contribution_id": essay.id,
        "revision_id": essay.revision_id,
        "moderator_id": cast.moderator.id,
        "verdict": Verdict.ACCEPT.value,
        "reasons": [Reason.RELEVANT.value],
        "decided_at": BEGIN + timedelta(days=days),
    }
    decision = Decision(**(values | changes))
    session.add(decision)
    session.flush()
    return decision


def mark(session: Session, decision: Decision, kind: MarkKind, days: float = 1) -> None:
    session.add(
        DecisionMark(decision_id=decision.id, kind=kind.value, at=BEGIN + timedelta(days=days))
    )
    session.flush()


def test_figures_of_contributions(session: Session, cast: Cast, edition: Edition) -> None:
    essays(session, cast, edition, 6)
    essays(session, cast, edition, 5, language="ar", track=TrackCode.DIGITAL_ACTOR)
    essays(session, cast, edition, 7, state=State.REMOVED)
    essays(session, cast, edition, 3, state=State.DRAFT)
    essays(session, cast, make_edition(session, "other"), 20)
    assert numbers(session, edition, "tracks") == {"jurist": 13, "digital_actor": 5}
    assert numbers(session, edition, "languages") == {"fr": 13, "ar": 5}
    assert numbers(session, edition, "outcomes") == {"waiting": 11, "removed": 7}
    assert figures(session, edition.id)["tables"]["tracks"]["total"] == 18


def test_figures_of_decisions_not_told_yet_wait(
    session: Session, cast: Cast, edition: Edition
) -> None:
    for essay in essays(session, cast, edition, 12):
        decided(session, cast, essay, standing=Standing.PENDING.value)
        essay.state = State.DECIDED.value
    assert numbers(session, edition, "verdicts") == {}
    assert numbers(session, edition, "outcomes") == {"waiting": 12}


def test_figures_of_decisions(session: Session, cast: Cast, edition: Edition) -> None:
    """Twenty told, one each released only, proposed and undone; the kept took until told."""
    waiting = essays(session, cast, edition, 23)
    for essay in waiting[:14]:
        decided(session, cast, essay, days=2.5)
    for essay in waiting[14:20]:
        decision = decided(
            session,
            cast,
            essay,
            verdict=Verdict.REJECT.value,
            reasons=[Reason.OFF_TOPIC.value, "track_own", "another_own"],
            standing=Standing.PENDING.value,
        )
        mark(session, decision, MarkKind.RELEASED, days=39)
        session.add(
            AuditEntry(
                action=AuditAction.CONTRIBUTION_DECIDED.value,
                subject="contribution",
                subject_id=essay.id,
                data={"decision": decision.id},
                at=BEGIN + timedelta(days=40),
            )
        )
    # Released, and not told yet.
    kept = decided(session, cast, waiting[20], standing=Standing.PENDING.value)
    mark(session, kept, MarkKind.RELEASED, days=39)
    decided(session, cast, waiting[21], standing=Standing.PROPOSED.value)
    mark(session, decided(session, cast, waiting[22]), MarkKind.UNDONE)
    assert numbers(session, edition, "verdicts") == {"accept": 14, "reject": 6}
    assert numbers(session, edition, "reasons") == {"relevant": 14, "off_topic": 6, "other": 6}
    assert numbers(session, edition, "waits") == {"week": 14, "two_months": 6}
    assert figures(session, edition.id)["days"] == {"median": 3, "ninetieth": 40}


def test_figures_of_days_of_few_decisions_are_not_told(
    session: Session, cast: Cast, edition: Edition
) -> None:
    for essay in essays(session, cast, edition, 9):
        decided(session, cast, essay)
    assert figures(session, edition.id)["days"] is None


def test_figures_of_second_opinions(session: Session, cast: Cast, edition: Edition) -> None:
    waiting = essays(session, cast, edition, 17)
    made = [decided(session, cast, essay, standing=Standing.PROPOSED.value) for essay in waiting]
    for decision in made[:6]:
        mark(session, decision, MarkKind.SECONDED)
        mark(session, decision, MarkKind.RELEASED)
    for decision in made[6:11]:
        mark(session, decision, MarkKind.OVERRULED)
    assert numbers(session, edition, "second_opinions") == {
        "waiting": 6,
        "seconded": 6,
        "overruled": 5,
    }


def test_figures_of_second_looks(session: Session, cast: Cast, edition: Edition) -> None:
    """Of those looked at, that would have been decided the same; neither what waits nor left."""
    for place, essay in enumerate(essays(session, cast, edition, 20)):
        made = decided(session, cast, essay)
        look = SecondLook(decision_id=made.id, track=essay.track)
        if place < 16:
            said = Verdict.ACCEPT if place < 11 else Verdict.REJECT
            look.looked_at, look.verdict = BEGIN, said.value
        elif place == 16:
            look.left_at = BEGIN
        session.add(look)
    session.flush()
    assert numbers(session, edition, "second_looks") == {"same": 11, "otherwise": 5}
    assert figures(session, edition.id)["tables"]["second_looks"]["total"] == 16
    for look in session.scalars(select(SecondLook).limit(2)):
        look.verdict = Verdict.REJECT.value
    for look in session.scalars(select(SecondLook).where(SecondLook.verdict == "reject").limit(4)):
        look.verdict = Verdict.ACCEPT.value
    session.flush()
    # Three that would have been decided otherwise are too few to show, and could be reckoned.
    assert numbers(session, edition, "second_looks") == {"same": None, "otherwise": None}


def test_figures_of_appeals_and_reports(session: Session, cast: Cast, edition: Edition) -> None:
    for place, essay in enumerate(essays(session, cast, edition, 12)):
        outcome = AppealOutcome.UPHELD if place < 7 else AppealOutcome.GRANTED
        session.add(
            Appeal(
                contribution_id=essay.id,
                decision_id=decided(session, cast, essay).id,
                words="Non.",
                language="fr",
                outcome=outcome.value,
                answered_at=BEGIN,
            )
        )
        closed = CaseOutcome.KEPT if place < 5 else CaseOutcome.REMOVED
        case = ReportCase(contribution_id=essay.id, outcome=closed.value)
        session.add(case)
        session.flush()
        reasons = (Complaint.FALSE, Complaint.COPYRIGHT)
        session.add_all(Report(case_id=case.id, reason=reason.value) for reason in reasons)
    session.flush()
    assert numbers(session, edition, "appeals") == {"upheld": 7, "granted": 5}
    assert numbers(session, edition, "cases") == {"kept": 5, "removed": 7}
    assert numbers(session, edition, "reports") == {"copyright": 12, "false": 12}


def test_figures_of_anything_hold_no_small_number(
    session: Session, cast: Cast, edition: Edition
) -> None:
    essays(session, cast, edition, 9)
    essays(session, cast, edition, 2, language="ko")
    assert numbers(session, edition, "languages") == {"fr": None, "ko": None}


def test_refresh_keeps_one_report_an_edition(
    session: Session, cast: Cast, edition: Edition, at: Callable[[datetime], None]
) -> None:
    at(BEGIN)
    assert stale(session) == [edition.id]
    refresh(session, edition.id)
    assert stale(session) == []
    essays(session, cast, edition, 10)
    at(BEGIN + AGE)
    assert stale(session) == [edition.id]
    refresh(session, edition.id)
    [report] = session.query(TransparencyReport).all()
    assert report.counted_at == BEGIN + AGE
    assert report.figures == figures(session, edition.id)


def test_refresh_of_an_edition_that_is_gone_does_nothing(session: Session) -> None:
    refresh(session, 99)
    assert session.query(TransparencyReport).all() == []


def test_figures_take_the_same_number_of_queries(
    session: Session, cast: Cast, edition: Edition, engine: Engine, count_queries: Any
) -> None:
    for number in (1, 3):
        for essay in essays(session, cast, edition, number):
            decided(session, cast, essay)
        with count_queries(engine) as statements:
            figures(session, edition.id)
        assert len(statements) == 9


def test_every_state_that_was_handed_in_has_an_outcome() -> None:
    assert set(counting.OUTCOMES) == set(State) - {State.DRAFT}
