"""What a moderator saw of an essay the last time, and what has happened to it since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditAction, AuditEntry
from app.core.policy import Actor
from app.moderation.decisions.queries import HistoryItem
from app.moderation.looks.models import Look
from app.moderation.talk.models import Audience
from app.moderation.talk.queries import Said

#: What is opened again within it, before anything is decided, is still the same look: one takes in
#: hand, and reads on.
SAME_LOOK: Final = timedelta(minutes=30)

_ACTS: Final = (
    AuditAction.CONTRIBUTION_CLAIMED.value,
    AuditAction.CONTRIBUTION_DECIDED.value,
    AuditAction.CONTRIBUTION_DECISION_KEPT.value,
    AuditAction.CONTRIBUTION_REJECTION_PROPOSED.value,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there at a look: the revision's number, the keys of the signs, the moment.

    Attributes:
        signs: None where it isn't known which.
    """

    revision: int
    signs: frozenset[str] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """What is new since a look, for who looks again. What they did themselves is not new to them.

    Attributes:
        revision: what was looked at, where there is a newer one. ``signs``: keys of the new ones.
        decisions, messages: ids of those made or undone, and of those written.
        notes: how many of the messages are notes of colleagues.
    """

    at: datetime
    revision: int | None
    decisions: frozenset[int]
    messages: frozenset[int]
    notes: int
    signs: frozenset[str]

    @property
    def letters(self) -> int:
        """How many of the messages are to or from the author."""
        return len(self.messages) - self.notes

    def __bool__(self) -> bool:
        return bool(self.revision or self.decisions or self.messages or self.signs)


def look(session: Session, actor: Actor, contribution_id: int) -> Look | None:
    """The actor's newest look at it. One query."""
    return session.get(Look, (contribution_id, actor.id))


def is_same(newest: Look | None, revision: int, decided_at: datetime | None) -> bool:
    """Whether opening that revision now belongs to that look.

    ``decided_at``: when the last decision was made. Who looks again after it learns of it.
    """
    if newest is None or newest.revision != revision:
        return False
    soon = newest.at > clock.now() - SAME_LOOK
    return soon and (decided_at is None or newest.at >= decided_at)


def seen_before(
    session: Session,
    actor: Actor,
    contribution_id: int,
    newest: Look | None,
    revision: int,
    decided_at: datetime | None,
) -> Seen | None:
    """What was there at the last look before this one; at this one's beginning where it is the
    first, and None before it.

    ``decided_at``: as in :func:`is_same`. Whoever decided on an earlier revision without opening
    it, or before looks were kept, has seen that one: in that case, one query.
    """
    if newest is not None and not is_same(newest, revision, decided_at):
        return Seen(newest.revision, frozenset(newest.signs), newest.at)
    if newest is not None and newest.earlier_at and newest.earlier_revision:
        signs = frozenset(newest.earlier_signs)
        return Seen(newest.earlier_revision, signs, newest.earlier_at)
    acted_on = _acted_on(session, actor, contribution_id, revision) if revision > 1 else None
    if acted_on or newest is None:
        return acted_on
    # The signs are found while one reads.
    return Seen(newest.revision, None, newest.at)


def _acted_on(session: Session, actor: Actor, contribution_id: int, newest: int) -> Seen | None:
    """The last revision before the newest that the actor claimed or decided on."""
    found = session.execute(
        select(AuditEntry.data, AuditEntry.at)
        .where(
            AuditEntry.subject == "contribution",
            AuditEntry.subject_id == contribution_id,
            AuditEntry.actor_id == actor.id,
            AuditEntry.action.in_(_ACTS),
        )
        .order_by(AuditEntry.id.desc())
    )
    for data, at in found:
        if 0 < (data.get("revision") or 0) < newest:
            return Seen(data["revision"], None, at)
    return None


def since(
    actor: Actor,
    seen: Seen,
    *,
    revision: int,
    history: Iterable[HistoryItem],
    said: Iterable[Said],
    signs: Iterable[str],
) -> Since:
    """What of all that is shown is new since then."""
    made = {
        each.id
        for each in history
        if (each.decided_at > seen.at and each.moderator_id != actor.id)
        or (
            each.undone_at is not None
            and each.undone_at > seen.at
            and each.undone_by_id != actor.id
        )
    }
    written = [each for each in said if each.sent_at > seen.at and not each.mine]
    return Since(
        at=seen.at,
        revision=seen.revision if seen.revision < revision else None,
        decisions=frozenset(made),
        messages=frozenset(each.id for each in written),
        notes=sum(each.audience is Audience.MODERATORS for each in written),
        signs=frozenset() if seen.signs is None else frozenset(signs) - seen.signs,
    )
