"""What the author of an essay that was taken down is told of it: never who did it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import TakeDown
from app.moderation.reports.models import Complaint, Report, ReportCase


@dataclass(frozen=True, slots=True)
class Complaints:
    """What readers had reported: how many did, and what was wrong; nothing of who they were."""

    reports: int
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class TakenDown:
    """One taking down.

    Attributes:
        language: of the reason; "" where it isn't known.
        rule: the rule of the charter it rests on; "" for none in particular.
        reports, complaints: what readers had reported; none where there were no reports.
    """

    id: int
    at: datetime
    reason: str
    language: str
    rule: str
    reports: int
    complaints: tuple[Complaint, ...]
    reversed_at: datetime | None


NOTHING: Final = Complaints(0, ())

#: The case whose reports lay there when it was taken down, be it through the case or by organisers,
#: whose taking down the case does not name: who handles the case can't put that back.
LAY_THERE: Final = or_(
    ReportCase.take_down_id == TakeDown.id,
    and_(
        ReportCase.contribution_id == TakeDown.contribution_id,
        ReportCase.opened_at <= TakeDown.taken_at,
        or_(ReportCase.closed_at.is_(None), ReportCase.closed_at > TakeDown.taken_at),
    ),
)


def complaints(session: Session, case_id: int, *, until: datetime | None = None) -> Complaints:
    """What was reported in a case, until that moment if one is given. One query."""
    wanted = select(Report.reason).where(Report.case_id == case_id)
    if until is not None:
        wanted = wanted.where(Report.reported_at <= until)
    reasons = session.scalars(wanted).all()
    return Complaints(len(reasons), tuple(each for each in Complaint if each in reasons))


def standing(session: Session, contribution_id: int) -> TakenDown | None:
    """How it is down now; None where it is not. Three queries at most."""
    made = session.scalar(
        select(TakeDown).where(
            TakeDown.contribution_id == contribution_id, TakeDown.reversed_at.is_(None)
        )
    )
    return told(session, made) if made else None


def told(session: Session, made: TakeDown) -> TakenDown:
    """What its author is told of that one. Two queries."""
    case = session.scalars(
        select(ReportCase.id)
        .join(TakeDown, LAY_THERE)
        .where(TakeDown.id == made.id)
        .order_by(ReportCase.id.desc())
        .limit(1)
    ).first()
    # A case that stays open goes on to gather reports once the essay was put back.
    found = complaints(session, case, until=made.taken_at) if case else NOTHING
    return TakenDown(
        id=made.id,
        at=made.taken_at,
        reason=made.reason,
        language=made.language,
        rule=made.rule,
        reports=found.reports,
        complaints=found.complaints,
        reversed_at=made.reversed_at,
    )
