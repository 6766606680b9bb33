"""Who had a part in what is appealed against, and so has none in the answer."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, or_, select

from app.contributions.models import Contribution
from app.core.audit import AuditEntry
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.talk.models import Message

_ME: Final[BindParameter[int]] = bindparam("me")


def had_part() -> ColumnElement[bool]:
    """Whether the account ``me`` decided, held, noted or wrote anything there before the appeal.

    Whatever they did since then, they did for the answer.
    """
    return or_(*(exists().where(*conditions).correlate(Appeal) for conditions in _parts()))


def _parts() -> Iterator[tuple[ColumnElement[bool], ...]]:
    essay = Appeal.contribution_id
    yield Decision.contribution_id == essay, Decision.moderator_id == _ME
    yield (
        Decision.contribution_id == essay,
        DecisionMark.decision_id == Decision.id,
        DecisionMark.account_id == _ME,
        DecisionMark.at <= Appeal.filed_at,
    )
    yield (
        AuditEntry.subject == "contribution",
        AuditEntry.subject_id == essay,
        AuditEntry.actor_id == _ME,
        AuditEntry.at <= Appeal.filed_at,
    )
    yield (
        Message.contribution_id == essay,
        Message.sender_id == _ME,
        Message.sent_at <= Appeal.filed_at,
    )


def set_aside() -> Select[int]:
    """Ids of contributions that are looked at anew, since what ``me`` decided did not stand."""
    return (
        select(Decision.contribution_id)
        .join(Appeal, Appeal.decision_id == Decision.id)
        .where(Decision.moderator_id == _ME, Appeal.outcome == Outcome.GRANTED.value)
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
