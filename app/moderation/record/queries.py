"""The record of a contribution: every act, with its place in the chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core.audit import AuditAction, AuditEntry
from app.core.seals import AuditSeal
from app.moderation.appeals.models import Appeal
from app.moderation.record.timeline import CO_AUTHOR, concerns, names_appeal
from app.moderation.reports.models import Report, ReportCase
from app.moderation.talk.models import Audience, Message

REPORT: Final = "report"


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the record.

    Attributes:
        seal: its position in the chain of all entries; None where it has none.
        name: of who did it; "" for the system, a deleted account, and an author who isn't named.
        is_system: nobody did it. ``is_hidden``: an author did, whom the reader may not know.
        is_reader: a reader did, whom nobody at the desk is told.
        before, after: states, where the act changed it; "" else.
        data: the entry's own ids and codes.
        is_of_taking_down: it concerns an appeal against one.
    """

    seal: int | None
    at: datetime
    action: AuditAction
    actor_id: int | None
    name: str
    is_hidden: bool
    is_reader: bool
    before: str
    after: str
    data: Mapping[str, Any]
    is_of_taking_down: bool = False

    @property
    def is_system(self) -> bool:
        return self.actor_id is None and not self.is_reader

    @property
    def is_renewal(self) -> bool:
        """Whether a moderator only kept in hand what they had in hand."""
        claimed = self.action is AuditAction.CONTRIBUTION_CLAIMED
        return claimed and self.data.get("before") == self.actor_id


def acts(session: Session, contribution: Contribution, *, authors: bool) -> list[Act]:
    """All of them, the newest first. One query.

    ``authors`` says whether the authors among those who acted are named.
    """
    rows = session.execute(
        select(AuditEntry, Account.name, AuditSeal.position, Appeal.take_down_id)
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .outerjoin(Appeal, names_appeal())
        .where(or_(concerns(contribution.id), _besides(contribution.id)))
        .order_by(AuditEntry.id.desc())
    )
    return [_act(contribution, *row, authors=authors) for row in rows]


def _besides(contribution_id: int) -> ColumnElement[bool]:
    """Entries which only the record tells: conflicts, what was said, readers' reports and cases."""
    messages = select(Message.id).where(Message.contribution_id == contribution_id)
    cases = select(ReportCase.id).where(ReportCase.contribution_id == contribution_id)
    reports = select(Report.id).where(Report.case_id.in_(cases))
    return or_(
        and_(AuditEntry.subject == "conflict", AuditEntry.subject_id == contribution_id),
        and_(AuditEntry.subject == "message", AuditEntry.subject_id.in_(messages)),
        and_(AuditEntry.subject == "case", AuditEntry.subject_id.in_(cases)),
        and_(AuditEntry.subject == REPORT, AuditEntry.subject_id.in_(reports)),
    )


def _act(
    contribution: Contribution,
    entry: AuditEntry,
    name: str | None,
    position: int | None,
    take_down_id: int | None,
    *,
    authors: bool,
) -> Act:
    written = {contribution.owner_id, *map(int, contribution.co_authors)}
    # Also somebody who is a co-author no longer.
    is_answer = entry.data.get("audience") == Audience.FROM_AUTHOR.value
    is_author = entry.actor_id in written or entry.subject == CO_AUTHOR or is_answer
    # Who reported an essay is none of the desk's business, as on the case's own page.
    is_reader = entry.subject == REPORT
    hidden = is_author and not authors and entry.actor_id is not None
    changes = "after" in entry.data
    return Act(
        seal=position,
        at=entry.at,
        action=AuditAction(entry.action),
        actor_id=entry.actor_id,
        name="" if hidden or is_reader else name or "",
        is_hidden=hidden and not is_reader,
        is_reader=is_reader,
        before=str(entry.data["before"]) if changes else "",
        after=str(entry.data["after"]) if changes else "",
        data=entry.data,
        is_of_taking_down=take_down_id is not None,
    )
