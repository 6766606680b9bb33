"""Counts what the public is told of an edition's moderation."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.languages import CODES
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.moderation.appeals.models import Appeal
from app.moderation.appeals.models import Outcome as AppealOutcome
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.queries import is_told, told_at
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.reports.models import CaseOutcome, Complaint, Report, ReportCase
from app.moderation.sampling.models import SecondLook
from app.moderation.transparency.models import TransparencyReport
from app.moderation.transparency.suppressing import LEAST_TOTAL, Table, suppress, suppress_linked

AGE: Final = timedelta(hours=1)
"""Figures are counted anew when they are older."""


class Outcome(StrEnum):
    """Where a contribution stands, as far as the public is told."""

    WAITING = "waiting"
    CHANGES = "changes"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


# What is decided but not told yet still waits.
OUTCOMES: Final = {
    State.SUBMITTED: Outcome.WAITING,
    State.DECIDED: Outcome.WAITING,
    State.CHANGES_REQUESTED: Outcome.CHANGES,
    State.ACCEPTED: Outcome.ACCEPTED,
    State.PUBLISHED: Outcome.ACCEPTED,
    State.REJECTED: Outcome.REJECTED,
    State.SPAM: Outcome.SPAM,
    State.WITHDRAWN: Outcome.WITHDRAWN,
    State.REMOVED: Outcome.REMOVED,
}
_LINKS: Final = (
    ({Outcome.CHANGES}, {Verdict.CHANGES}),
    ({Outcome.ACCEPTED}, {Verdict.ACCEPT}),
    ({Outcome.REJECTED}, {Verdict.REJECT, Verdict.DUPLICATE}),
    ({Outcome.SPAM}, {Verdict.SPAM}),
)

OTHER_REASON: Final = "other"
"""Any reason of a track's own."""

REASONS: Final = (*Reason, OTHER_REASON)
WAITS: Final = {"week": 7, "fortnight": 14, "month": 30, "two_months": 60, "longer": None}
"""How many days a decision took at most."""


class SecondOpinion(StrEnum):
    """What became of a proposed rejection."""

    WAITING = "waiting"
    SECONDED = "seconded"
    OVERRULED = "overruled"


class SecondLookSaid(StrEnum):
    """What those who looked at a decision a second time would have decided."""

    SAME = "same"
    OTHERWISE = "otherwise"


def refresh(session: Session, edition_id: int) -> None:
    """Count an edition's figures and keep them."""
    keep(session, edition_id, figures(session, edition_id))


def keep(session: Session, edition_id: int, counted: dict[str, Any]) -> None:
    """Put them in the place of the older ones; nothing where the edition is gone."""
    if session.get(Edition, edition_id) is None:
        return
    report = session.get(TransparencyReport, edition_id)
    if report is None:
        report = TransparencyReport(edition_id=edition_id)
        session.add(report)
    report.figures = counted
    report.counted_at = clock.now()
    session.flush()


def stale(session: Session) -> list[int]:
    """The editions whose figures were never counted, or too long ago."""
    counted = TransparencyReport.counted_at
    return list(
        session.scalars(
            select(Edition.id)
            .outerjoin(TransparencyReport, TransparencyReport.edition_id == Edition.id)
            .where(or_(counted.is_(None), counted <= clock.now() - AGE))
            .order_by(Edition.id)
        )
    )


def figures(session: Session, edition_id: int) -> dict[str, Any]:
    """What a report holds: tables by name, small numbers left out, and days to a decision."""
    outcomes: Counter[str] = Counter()
    by_state = _contributions(session, edition_id, Contribution.state)
    for state, number in by_state.items():
        outcomes[OUTCOMES[State(state)]] += number
    verdicts, reasons, days = _decisions(session, edition_id)
    shown = suppress_linked(_whole(outcomes, Outcome), _whole(verdicts, Verdict), _LINKS)
    waits = Counter(_wait(each) for each in days)
    tables = {
        "tracks": suppress(
            _whole(_contributions(session, edition_id, Contribution.track), TrackCode)
        ),
        "languages": suppress(
            _whole(_contributions(session, edition_id, Contribution.language), CODES)
        ),
        "outcomes": shown[0],
        "verdicts": shown[1],
        "reasons": suppress(_whole(reasons, REASONS)),
        "waits": suppress(_whole(waits, WAITS)),
        "second_opinions": suppress(_whole(_seconds(session, edition_id), SecondOpinion)),
        "second_looks": suppress(_whole(_second_looks(session, edition_id), SecondLookSaid)),
        "appeals": suppress(_whole(_appeals(session, edition_id), AppealOutcome)),
        "cases": suppress(_whole(_cases(session, edition_id), CaseOutcome)),
        "reports": suppress(_whole(_reports(session, edition_id), Complaint)),
    }
    return {"tables": {name: _kept(table) for name, table in tables.items()}, "days": _days(days)}


def _whole(counted: Mapping[str, int], keys: Iterable[str]) -> dict[str, int]:
    """Every key in its order, with 0 where nothing was counted."""
    return {str(key): counted.get(str(key), 0) for key in keys}


def _kept(table: Table) -> dict[str, Any]:
    # A list, since PostgreSQL puts an object's members in an order of its own.
    return {"cells": [list(cell) for cell in table.cells.items()], "total": table.total}


def _days(days: list[int]) -> dict[str, int] | None:
    """Median and ninetieth percentile, by nearest rank; None for too few to tell."""
    if len(days) < LEAST_TOTAL:
        return None
    ordered = sorted(days)
    rank = {"median": 0.5, "ninetieth": 0.9}
    return {name: ordered[math.ceil(share * len(ordered)) - 1] for name, share in rank.items()}


def _wait(days: int) -> str:
    return next(name for name, most in WAITS.items() if most is None or days <= most)


def _contributions(session: Session, edition_id: int, column: Any) -> dict[str, int]:
    """Contributions that were submitted at least once, by that column."""
    return _by(
        session,
        select(column, func.count())
        .where(Contribution.edition_id == edition_id, Contribution.state != State.DRAFT.value)
        .group_by(column),
    )


def _by(session: Session, statement: Any) -> dict[str, int]:
    return dict(session.execute(statement).all())


def _marked(kind: MarkKind) -> Any:
    return exists().where(DecisionMark.decision_id == Decision.id, DecisionMark.kind == kind.value)


def _decisions(session: Session, edition_id: int) -> tuple[Counter[str], Counter[str], list[int]]:
    """Verdicts, reasons and days taken of the decisions that were told and stand. One query."""
    rows = session.execute(
        select(
            Decision.verdict,
            Decision.reasons,
            Decision.decided_at,
            told_at().label("told_at"),
            Revision.created_at,
        )
        .join(Revision, Revision.id == Decision.revision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            Contribution.edition_id == edition_id,
            is_told(),
            ~_marked(MarkKind.UNDONE),
        )
        .execution_options(yield_per=1_000)
    )
    verdicts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    days: list[int] = []
    for row in rows:
        verdicts[row.verdict] += 1
        reasons.update({code if code in set(Reason) else OTHER_REASON for code in row.reasons})
        days.append(_taken(row))
    return verdicts, reasons, days


def _taken(row: Any) -> int:
    """Whole days, begun ones included, from the submission until the author was told."""
    told: datetime = row.told_at or row.decided_at
    since: datetime = row.created_at
    return max(0, math.ceil((told - since) / timedelta(days=1)))


def _seconds(session: Session, edition_id: int) -> dict[str, int]:
    """Proposals by what the second moderator said."""
    rows = session.execute(
        select(
            _marked(MarkKind.SECONDED).label("seconded"),
            _marked(MarkKind.OVERRULED).label("overruled"),
        )
        .select_from(Decision)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(
            Contribution.edition_id == edition_id,
            Decision.standing == Standing.PROPOSED.value,
            ~and_(_marked(MarkKind.UNDONE), ~_marked(MarkKind.SECONDED)),
        )
    )
    return Counter(_said(row) for row in rows)


def _said(row: Row[Any]) -> str:
    if row.seconded:
        return SecondOpinion.SECONDED
    return SecondOpinion.OVERRULED if row.overruled else SecondOpinion.WAITING


def _second_looks(session: Session, edition_id: int) -> dict[str, int]:
    """Decisions somebody has looked at again, by whether they would have decided the same."""
    said = case(
        (SecondLook.verdict == Decision.verdict, SecondLookSaid.SAME.value),
        else_=SecondLookSaid.OTHERWISE.value,
    )
    return _by(
        session,
        select(said, func.count())
        .select_from(SecondLook)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(Contribution.edition_id == edition_id, SecondLook.looked_at.is_not(None))
        .group_by(said),
    )


def _appeals(session: Session, edition_id: int) -> dict[str, int]:
    return _by(
        session,
        select(Appeal.outcome, func.count())
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .where(Contribution.edition_id == edition_id)
        .group_by(Appeal.outcome),
    )


def _cases(session: Session, edition_id: int) -> dict[str, int]:
    """Essays that readers reported, once for each time they were looked at."""
    return _by(
        session,
        select(ReportCase.outcome, func.count())
        .join(Contribution, Contribution.id == ReportCase.contribution_id)
        .where(Contribution.edition_id == edition_id)
        .group_by(ReportCase.outcome),
    )


def _reports(session: Session, edition_id: int) -> dict[str, int]:
    return _by(
        session,
        select(Report.reason, func.count())
        .join(ReportCase, ReportCase.id == Report.case_id)
        .join(Contribution, Contribution.id == ReportCase.contribution_id)
        .where(Contribution.edition_id == edition_id)
        .group_by(Report.reason),
    )
