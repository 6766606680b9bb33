"""Who had a part in what is appealed against, and so has none in the answer."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, bindparam, exists, or_
from sqlalchemy.orm import aliased

from app.accounts.models import Account
from app.contributions.models import Contribution, TakeDown
from app.core.audit import AuditEntry
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.reports.models import Report, ReportCase
from app.moderation.talk.models import Message

_ME: Final[BindParameter[int]] = bindparam("me")

#: The columns of an account and of a contribution, and what makes them belong together.
Pair = tuple[Any, Any, tuple[ColumnElement[bool], ...]]


def had_part(account_id: SQLColumnExpression[int] = _ME) -> ColumnElement[bool]:
    """Whether an account (``me``, or a column's) decided, held, noted or wrote anything there
    before the appeal, took it down, reported it or closed a case of reports on it.

    Whatever they did since then, they did for the answer.
    """
    return or_(
        *(
            exists().where(*conditions).correlate(Appeal, Account)
            for conditions in _parts(account_id)
        )
    )


def _parts(me: SQLColumnExpression[int]) -> Iterator[tuple[ColumnElement[bool], ...]]:
    essay = Appeal.contribution_id
    yield Decision.contribution_id == essay, Decision.moderator_id == me
    yield (
        Decision.contribution_id == essay,
        DecisionMark.decision_id == Decision.id,
        DecisionMark.account_id == me,
        DecisionMark.at <= Appeal.filed_at,
    )
    yield (
        AuditEntry.subject == "contribution",
        AuditEntry.subject_id == essay,
        AuditEntry.actor_id == me,
        AuditEntry.at <= Appeal.filed_at,
    )
    yield TakeDown.contribution_id == essay, TakeDown.account_id == me
    yield ReportCase.contribution_id == essay, ReportCase.closed_by_id == me
    yield (
        ReportCase.contribution_id == essay,
        Report.case_id == ReportCase.id,
        Report.reporter_id == me,
    )
    yield (
        Message.contribution_id == essay,
        Message.sender_id == me,
        Message.sent_at <= Appeal.filed_at,
    )


def set_aside() -> tuple[Pair, Pair, Pair]:
    """Accounts, and contributions that are looked at anew since what those decided did not stand.

    Whoever made the decision an appeal was granted against, or another one on the same revision
    before it, and whoever seconded one of these; and whoever took down what was put back so.
    """
    against = aliased(Decision)
    did_not_stand = (
        Appeal.outcome == Outcome.GRANTED.value,
        Appeal.decision_id == against.id,
        against.revision_id == Decision.revision_id,
        against.id >= Decision.id,
    )
    seconded = (
        DecisionMark.decision_id == Decision.id,
        DecisionMark.kind == MarkKind.SECONDED.value,
    )
    put_back = (
        Appeal.outcome == Outcome.GRANTED.value,
        Appeal.take_down_id == TakeDown.id,
        TakeDown.account_id.is_not(None),
    )
    return (
        (TakeDown.account_id, TakeDown.contribution_id, put_back),
        # Plus nothing, lest all the decisions of a moderator be gone through, thousands, instead of
        # the few appeals that were granted.
        (Decision.moderator_id + 0, Decision.contribution_id, did_not_stand),
        (DecisionMark.account_id, Decision.contribution_id, (*seconded, *did_not_stand)),
    )


def after_appeal() -> ColumnElement[bool]:
    """Whether a contribution waits for a decision anew since its author's appeal was granted."""
    granted = exists().where(
        Appeal.contribution_id == Contribution.id,
        Appeal.outcome == Outcome.GRANTED.value,
        Decision.id == Appeal.decision_id,
        Decision.revision_id == Contribution.revision_id,
    )
    return granted.correlate(Contribution)
