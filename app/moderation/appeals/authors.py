"""Appeals as authors see them: what they may appeal against, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, TakeDown
from app.contributions.policy import owns
from app.contributions.states import State
from app.core import clock
from app.core.db import word
from app.core.policy import Actor
from app.editions import policy as editions
from app.editions.models import Edition
from app.moderation.appeals import policy
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.queries import told_at


@dataclass(frozen=True, slots=True)
class Chance:
    """A decision, or a taking down, its author may appeal against now, and until when."""

    decision_id: int | None
    until: datetime
    take_down_id: int | None = None

    @property
    def against(self) -> dict[str, int]:
        """The one it is, by its column."""
        found = {"decision_id": self.decision_id, "take_down_id": self.take_down_id}
        return {name: id for name, id in found.items() if id is not None}


@dataclass(frozen=True, slots=True)
class AuthorsAppeal:
    """An appeal as its author sees it: without names of moderators.

    Attributes:
        is_against_take_down: else it is against a decision.
        is_moot: it needs no answer, since what it is against has been undone.
    """

    id: int
    words: str
    language: str
    filed_at: datetime
    outcome: Outcome
    answered_at: datetime | None
    reply: str
    reply_language: str
    is_against_take_down: bool
    is_moot: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.outcome == Outcome.OPEN and not self.is_moot


def chance(
    session: Session, actor: Actor, contribution: Contribution, edition: Edition
) -> Chance | None:
    """What the actor may appeal against now; None for nothing. At most one query."""
    if contribution.state not in policy.APPEALED or not owns(actor, contribution):
        return None
    if contribution.state == State.REMOVED:
        return _chance_against_take_down(session, actor, contribution, edition)
    row = session.execute(
        select(
            Decision,
            told_at().label("told_at"),
            exists().where(Appeal.decision_id == Decision.id),
        )
        .where(Decision.contribution_id == contribution.id, ~is_undone(Decision.id))
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    if row is None or row[2]:
        return None
    until = policy.appeal_until(row.Decision, edition, row.told_at)
    if until is None or not policy.can_appeal(actor, contribution, until, clock.now()):
        return None
    return Chance(row.Decision.id, until)


def _chance_against_take_down(
    session: Session, actor: Actor, contribution: Contribution, edition: Edition
) -> Chance | None:
    made = session.scalar(
        select(TakeDown).where(
            TakeDown.contribution_id == contribution.id,
            TakeDown.reversed_at.is_(None),
            ~exists().where(Appeal.take_down_id == TakeDown.id),
        )
    )
    until = editions.appeal_until(edition, made.taken_at) if made else None
    if made is None or until is None:
        return None
    may = policy.can_appeal(actor, contribution, until, clock.now())
    return Chance(None, until, made.id) if may else None


def of_author(session: Session, contribution: Contribution) -> list[AuthorsAppeal]:
    """All appeals of an essay's author, newest first. One query."""
    rows = session.execute(
        select(Appeal, or_(is_undone(Appeal.decision_id), TakeDown.reversed_at.is_not(None)))
        .outerjoin(TakeDown, TakeDown.id == Appeal.take_down_id)
        .where(Appeal.contribution_id == contribution.id)
        .order_by(Appeal.id.desc())
    )
    return [
        AuthorsAppeal(
            id=each.id,
            words=each.words,
            language=each.language,
            filed_at=each.filed_at,
            outcome=Outcome(each.outcome),
            answered_at=each.answered_at,
            reply=each.reply,
            reply_language=each.reply_language,
            is_against_take_down=each.take_down_id is not None,
            is_moot=each.outcome == Outcome.OPEN
            and not policy.is_open(each, contribution, undone=undone),
        )
        for each, undone in rows
    ]


def is_undone(decision_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether that decision (of the surrounding statement) was undone."""
    undone = exists().where(
        DecisionMark.decision_id == decision_id, DecisionMark.kind == word(MarkKind.UNDONE)
    )
    return undone.correlate(Decision, Appeal)
