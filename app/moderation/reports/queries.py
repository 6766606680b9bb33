"""Cases of readers' reports: what waits, and one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true, tuple_
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, TakeDown
from app.contributions.states import State
from app.core.errors import NotFound
from app.core.policy import Actor, TrackCode, can_organise
from app.moderation.conflicts.queries import conflicted_ids, is_conflicted
from app.moderation.lanes import in_lanes
from app.moderation.queue.queries import MOST_COUNTED, PAGE, Page, Place
from app.moderation.reports import policy
from app.moderation.reports.models import IS_OPEN, CaseOutcome, Complaint, Report, ReportCase
from app.moderation.search.conditions import conditions
from app.moderation.search.language import EVERYTHING, Search

#: Of one case on its page; who floods an essay with reports says nothing new with the rest.
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ReportedEssay:
    """A published essay, as far as its readers need it to report it."""

    number: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One line of the list of cases. ``moment`` is when it was opened, or closed."""

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    outcome: CaseOutcome
    moment: datetime
    reports: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What one reader reported, without who it was."""

    complaint: Complaint
    words: str
    language: str
    at: datetime
    wants_answer: bool


@dataclass(frozen=True, slots=True)
class OneCase:
    """One case with its reports, newest first and at most :data:`MOST_SHOWN`.

    Attributes:
        number_of_reports: all there are. ``closed_by``: a name, "" while it is open.
        is_reversible: the essay is down because of this case.
    """

    case: ReportCase
    contribution: Contribution
    reports: list[Reported]
    number_of_reports: int
    closed_by: str
    is_reversible: bool


def published(session: Session, number: str) -> ReportedEssay | None:
    """What a reader is about to report, if everybody can read it."""
    row = session.execute(
        select(Contribution.number, Contribution.title, Contribution.language).where(
            Contribution.number == number, Contribution.state == State.PUBLISHED.value
        )
    ).one_or_none()
    return ReportedEssay(**row._mapping) if row else None


def cases(
    session: Session,
    actor: Actor,
    search: Search = EVERYTHING,
    *,
    closed: bool = False,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[CaseItem]:
    """The actor's cases: what waits, the oldest first, or what was closed last. One query.

    Of those the search finds; what it says of waiting is the case's.
    """
    if not policy.has_cases(actor):
        return Page([])
    moment = ReportCase.closed_at if closed else ReportCase.opened_at
    place = tuple_(moment, ReportCase.id)
    rows = (
        select(
            ReportCase.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            ReportCase.outcome,
            moment.label("moment"),
            select(func.count())
            .where(Report.case_id == ReportCase.id)
            .correlate(ReportCase)
            .scalar_subquery()
            .label("reports"),
        )
        .join(Contribution, Contribution.id == ReportCase.contribution_id)
        .where(
            _within(actor),
            Contribution.id.not_in(conflicted_ids()),
            _is_open(not closed),
            *conditions(search, actor, since=ReportCase.opened_at.expression),
        )
        .order_by(*((moment.desc(), ReportCase.id.desc()) if closed else (moment, ReportCase.id)))
        .limit(limit + 1)
    )
    if after is not None:
        here = tuple_(after.since, after.id)
        rows = rows.where(place < here if closed else place > here)
    found = session.execute(rows, {"me": actor.id}).all()
    items = [_item(row) for row in found]
    return Page.of(items, limit, lambda item: Place(item.moment, item.id))


def counting(actor: Actor, excluded: Select[int], *, dated: bool) -> Select[int]:
    """The number of their cases that wait, up to one more than is counted.

    Without essays that are ``excluded``; where it is dated, of cases opened ``until`` then.
    """
    since = bindparam("until", type_=ReportCase.opened_at.type)
    waiting = (
        select(ReportCase.id)
        .join(Contribution, Contribution.id == ReportCase.contribution_id)
        .where(_within(actor), Contribution.id.not_in(excluded), _is_open(True))
        .where(*([ReportCase.opened_at <= since] if dated else []))
        .limit(MOST_COUNTED + 1)
    ).subquery()
    return select(func.count()).select_from(waiting)


def case(session: Session, actor: Actor, case_id: int) -> OneCase:
    """One case. Raises NotFound for whom it is none of their business."""
    row = session.execute(
        select(ReportCase, Contribution, Account.name, TakeDown)
        .join(Contribution, Contribution.id == ReportCase.contribution_id)
        .outerjoin(Account, Account.id == ReportCase.closed_by_id)
        .outerjoin(TakeDown, TakeDown.id == ReportCase.take_down_id)
        .where(ReportCase.id == case_id)
    ).one_or_none()
    if row is None or not policy.can_handle(
        actor, row.Contribution, conflicted=is_conflicted(session, actor, row.Contribution.id)
    ):
        raise NotFound("case.unknown")
    reports = session.scalars(
        select(Report).where(Report.case_id == case_id).order_by(Report.id.desc()).limit(MOST_SHOWN)
    ).all()
    number = session.scalar(select(func.count()).where(Report.case_id == case_id)) or 0
    return OneCase(
        case=row.ReportCase,
        contribution=row.Contribution,
        reports=[_reported(each) for each in reports],
        number_of_reports=number,
        closed_by=row.name or "",
        is_reversible=policy.is_reversible(row.TakeDown),
    )


def _within(actor: Actor) -> ColumnElement[bool]:
    """Cases about essays of the actor's lanes, or all of an organiser's."""
    return true() if can_organise(actor) else in_lanes(actor)


def _is_open(wanted: bool) -> ColumnElement[bool]:
    return IS_OPEN if wanted else ~IS_OPEN


def _item(row: Any) -> CaseItem:
    return CaseItem(
        id=row.id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        outcome=CaseOutcome(row.outcome),
        moment=row.moment,
        reports=row.reports,
    )


def _reported(report: Report) -> Reported:
    return Reported(
        complaint=Complaint(report.reason),
        words=report.words,
        language=report.language,
        at=report.reported_at,
        wants_answer=bool(report.email),
    )
