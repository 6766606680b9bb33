"""Who had a part in an essay, and so has none in the answer to an appeal, or in a second look."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    SQLColumnExpression,
    bindparam,
    exists,
    or_,
    true,
)
from sqlalchemy.orm import aliased

from app.accounts.models import Account
from app.contributions.models import Contribution, TakeDown
from app.core.audit import AuditEntry
from app.core.db import word
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.looks.models import Look
from app.moderation.reports.models import Report, ReportCase
from app.moderation.sampling.models import SecondLook
from app.moderation.talk.models import Message

_ME: Final[BindParameter[int]] = bindparam("me")

#: The columns of an account and of a contribution, and what makes them belong together.
Pair = tuple[Any, Any, tuple[ColumnElement[bool], ...]]


def had_part(account_id: SQLColumnExpression[int] = _ME) -> ColumnElement[bool]:
    """Whether an account (``me``, or a column's) decided, held, noted or wrote anything there
    before the appeal, took it down, reported it, closed a case of reports on it or looked at a
    decision on it a second time.

    Whatever they did since then, they did for the answer.
    """
    parts = _parts(account_id, Appeal.contribution_id, Appeal.filed_at)
    return or_(*(exists().where(*each).correlate(Appeal, Account) for each in parts))


def had_any_part(essay: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether ``me`` ever did any of that there, or answered an appeal, or opened the essay's page
    at the desk since the decision, which names whoever made it.

    ``essay``: the id of the surrounding statement's contribution; the decision is its, too.
    """
    answered = (Appeal.contribution_id == essay, Appeal.answered_by_id == _ME)
    parts = (*_parts(_ME, essay, None), answered)
    was_told = (
        Look.contribution_id == essay,
        Look.moderator_id == _ME,
        Look.at >= Decision.decided_at,
    )
    return or_(
        *(exists().where(*each).correlate(Contribution) for each in parts),
        exists().where(*was_told).correlate(Contribution, Decision),
    )


def _parts(
    me: SQLColumnExpression[int],
    essay: SQLColumnExpression[int],
    until: SQLColumnExpression[datetime] | None,
) -> Iterator[tuple[ColumnElement[bool], ...]]:
    def then(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        return true() if until is None else moment <= until

    yield Decision.contribution_id == essay, Decision.moderator_id == me
    yield (
        Decision.contribution_id == essay,
        DecisionMark.decision_id == Decision.id,
        DecisionMark.account_id == me,
        then(DecisionMark.at),
    )
    yield (
        AuditEntry.subject == word("contribution"),
        AuditEntry.subject_id == essay,
        AuditEntry.actor_id == me,
        then(AuditEntry.at),
    )
    yield TakeDown.contribution_id == essay, TakeDown.account_id == me
    yield ReportCase.contribution_id == essay, ReportCase.closed_by_id == me
    yield (
        ReportCase.contribution_id == essay,
        Report.case_id == ReportCase.id,
        Report.reporter_id == me,
    )
    yield Message.contribution_id == essay, Message.sender_id == me, then(Message.sent_at)
    yield (
        Decision.contribution_id == essay,
        SecondLook.decision_id == Decision.id,
        SecondLook.looked_by_id == me,
        then(SecondLook.looked_at),
    )


def set_aside() -> tuple[Pair, Pair, Pair]:
    """Accounts, and contributions that are looked at anew since what those decided did not stand.

    Whoever made the decision an appeal was granted against, or another one on the same revision
    before it, and whoever seconded one of these; and whoever took down what was put back so.
    """
    against = aliased(Decision)
    did_not_stand = (
        Appeal.outcome == word(Outcome.GRANTED),
        Appeal.decision_id == against.id,
        against.revision_id == Decision.revision_id,
        against.id >= Decision.id,
    )
    seconded = (
        DecisionMark.decision_id == Decision.id,
        DecisionMark.kind == word(MarkKind.SECONDED),
    )
    put_back = (
        Appeal.outcome == word(Outcome.GRANTED),
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
        Appeal.outcome == word(Outcome.GRANTED),
        Decision.id == Appeal.decision_id,
        Decision.revision_id == Contribution.revision_id,
    )
    return granted.correlate(Contribution)
