"""Reporting a published essay, and closing the case that gathers what was reported."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.operations import normal_email
from app.contributions.models import Contribution, TakeDown
from app.contributions.moves import lock
from app.contributions.publishing import put_back, take_down
from app.contributions.states import State
from app.core import clock, outbox
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.policy import Actor
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.reports import policy
from app.moderation.reports.models import IS_OPEN, CaseOutcome, Complaint, Report, ReportCase
from app.moderation.reports.taken_down import complaints
from app.moderation.wording import kept


def file(
    session: Session,
    actor: Actor,
    number: str,
    complaint: Complaint,
    *,
    words: str,
    language: str,
    email: str = "",
) -> Report:
    """Report a published essay; everybody may, signed in or not. Sent twice it is one report.

    The first one opens a case, to which all others come until it is closed. Raises NotFound unless
    published, Invalid for missing words, words that can't be kept or an ``email`` that is none.
    """
    found = session.scalar(select(Contribution.id).where(Contribution.number == number))
    if found is None:
        raise NotFound("contribution.unknown")
    contribution = lock(session, found)
    if contribution.state != State.PUBLISHED:
        raise NotFound("contribution.unknown")
    written = kept(words, "words", language=language)
    address = normal_email(email) if email.strip() else ""
    case = _open_case(session, contribution.id)
    made = Report(
        case_id=case.id,
        reason=complaint.value,
        words=written,
        language=language,
        reporter_id=actor.id,
        email=address,
        reported_at=clock.now(),
    )
    if (same := _same(session, made)) is not None:
        return same
    session.add(made)
    session.flush()
    record(
        session,
        actor,
        AuditAction.REPORT_FILED,
        made.id,
        contribution=contribution.id,
        case=case.id,
        reason=complaint.value,
    )
    return made


def keep(session: Session, actor: Actor, case_id: int, *, words: str, language: str) -> ReportCase:
    """Close a case: the essay stays. ``words`` say why, for moderators and organisers.

    Raises NotFound for whom it is none of their business, Conflict when it is closed already
    (``case.closed``) or the essay is down meanwhile, Invalid for missing words.
    """
    case, contribution = _handled(session, actor, case_id)
    _must_be_open(case)
    if contribution.state != State.PUBLISHED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    case.words = kept(words, "words", language=language)
    _close(session, actor, case, contribution, CaseOutcome.KEPT, language)
    return case


def remove(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    reason: str,
    words: str,
    language: str,
    rule: str = "",
) -> ReportCase:
    """Close a case and take the essay down, if it isn't down already; ``reason`` is for readers.

    ``rule`` is that of the charter it rests on. Raises as :func:`keep`, but ``words`` may be none;
    Invalid for a missing reason or an unknown rule.
    """
    case, contribution = _handled(session, actor, case_id)
    _must_be_open(case)
    case.words = kept(words, "words", language=language, needed=False)
    if contribution.state != State.REMOVED:
        public = kept(reason, "reason", language=language)
        found = complaints(session, case.id)
        made = take_down(
            session,
            actor,
            contribution,
            reason=public,
            language=language,
            rule=rule,
            reports=found.reports,
            complaints=[each.value for each in found.complaints],
        )
        case.take_down_id = made.id
    _close(session, actor, case, contribution, CaseOutcome.REMOVED, language)
    return case


def reverse(session: Session, actor: Actor, case_id: int) -> None:
    """Put back what this case took down, and tell the authors; the case stays closed as it was.

    Raises NotFound for whom it is none of their business, Conflict unless the essay is down because
    of this case.
    """
    case, contribution = _handled(session, actor, case_id)
    made = session.get(TakeDown, case.take_down_id) if case.take_down_id else None
    if not policy.is_reversible(made):
        raise Conflict("contribution.moved_on", state=contribution.state)
    put_back(session, actor, contribution)
    record(session, actor, AuditAction.CASE_REVERSED, case.id, contribution=contribution.id)


def _open_case(session: Session, contribution_id: int) -> ReportCase:
    # The contribution is locked, so that two first reports make one case.
    known = session.scalar(
        select(ReportCase).where(ReportCase.contribution_id == contribution_id, IS_OPEN)
    )
    if known is not None:
        return known
    case = ReportCase(contribution_id=contribution_id, opened_at=clock.now())
    session.add(case)
    session.flush()
    return case


def _same(session: Session, made: Report) -> Report | None:
    """The report that was sent before, where it is the same."""
    return session.scalars(
        select(Report)
        .where(
            Report.case_id == made.case_id,
            Report.reason == made.reason,
            Report.words == made.words,
            Report.email == made.email,
            Report.reporter_id.is_not_distinct_from(made.reporter_id),
        )
        .limit(1)
    ).first()


def _handled(session: Session, actor: Actor, case_id: int) -> tuple[ReportCase, Contribution]:
    """The case and its contribution, locked; NotFound for whom it is none of their business."""
    case = session.get(ReportCase, case_id)
    if case is None:
        raise NotFound("case.unknown")
    contribution = lock(session, case.contribution_id)
    session.refresh(case)
    conflicted = is_conflicted(session, actor, contribution.id)
    if not policy.can_handle(actor, contribution, conflicted=conflicted):
        raise NotFound("case.unknown")
    return case, contribution


def _must_be_open(case: ReportCase) -> None:
    if case.outcome != CaseOutcome.OPEN:
        raise Conflict("case.closed")


def _close(
    session: Session,
    actor: Actor,
    case: ReportCase,
    contribution: Contribution,
    outcome: CaseOutcome,
    language: str,
) -> None:
    """Note what came of it, tell those who wanted to hear, and forget their addresses."""
    case.outcome, case.language = outcome.value, language if case.words else ""
    case.closed_at, case.closed_by_id = clock.now(), actor.id
    _answer(session, case, contribution)
    action = AuditAction.CASE_KEPT if outcome is CaseOutcome.KEPT else AuditAction.CASE_REMOVED
    number = session.scalar(select(func.count()).where(Report.case_id == case.id))
    record(session, actor, action, case.id, contribution=contribution.id, reports=number)


def _answer(session: Session, case: ReportCase, contribution: Contribution) -> None:
    """One mail to each address, in the language of its last report; then no address is left."""
    wants_answer = (Report.case_id == case.id, Report.email != "")
    last = select(func.max(Report.id)).where(*wants_answer).group_by(Report.email)
    addresses = session.execute(
        select(Report.id, Report.email, Report.language)
        .where(Report.id.in_(last))
        .order_by(Report.id)
    )
    for report_id, address, language in addresses.all():
        outbox.put(
            session,
            outbox.MailKind.REPORT_ANSWERED,
            # Kept when the address is forgotten.
            key=f"{outbox.MailKind.REPORT_ANSWERED}:{report_id}",
            recipient=address,
            recipient_id=None,
            language=language,
            data={
                "contribution": contribution.id,
                "number": contribution.number,
                "title": contribution.title,
                "title_language": contribution.language,
                "outcome": case.outcome,
            },
        )
    session.execute(update(Report).where(*wants_answer).values(email=""))
