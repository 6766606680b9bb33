"""Rejections that wait for a second opinion."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.db import word
from app.core.errors import Conflict
from app.core.policy import Actor
from app.moderation.decisions.models import Decision, DecisionMark, Standing

_ME: Final[BindParameter[int]] = bindparam("me")


def is_open() -> ColumnElement[bool]:
    """Whether a decision is a proposal about what its contribution (joined) still is."""
    return and_(
        Decision.standing == word(Standing.PROPOSED),
        Decision.revision_id == Contribution.revision_id,
        ~exists().where(DecisionMark.decision_id == Decision.id).correlate(Decision),
    )


def open_proposal(session: Session, contribution_id: int) -> Decision | None:
    """The rejection somebody has proposed and nobody has seconded or overruled. One query."""
    return session.scalar(
        select(Decision)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(Decision.contribution_id == contribution_id, is_open())
        .order_by(Decision.id.desc())
        .limit(1)
    )


def must_be_anothers(actor: Actor, proposal: Decision | None) -> None:
    """Raises Conflict where the actor proposed it: a second opinion is somebody else's."""
    if proposal is not None and proposal.moderator_id == actor.id:
        raise Conflict("decision.own_proposal")


def wants_second_opinion() -> ColumnElement[bool]:
    """Whether a contribution (of the surrounding statement) waits for one."""
    return (
        exists()
        .where(Decision.contribution_id == Contribution.id, is_open())
        .correlate(Contribution)
    )


def proposers(accounts: Collection[int]) -> Select[int, int]:
    """Which of these accounts has proposed to reject which contribution."""
    return (
        select(Decision.moderator_id, Decision.contribution_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(Decision.moderator_id.in_(accounts), is_open())
    )


def own_proposals() -> Select[int]:
    """Ids of contributions whose rejection the account ``me`` has proposed."""
    return (
        select(Decision.contribution_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(Decision.moderator_id == _ME, is_open())
    )
