"""Which decisions are looked at a second time: chance says, as often as their track wants it.

Steps of what makes a decision count, and of what undoes it. Nobody did them, so that whoever
decided is not told by the record of their own acts.
"""

from random import Random
from secrets import SystemRandom
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.policy import SYSTEM
from app.editions.queries import track_of
from app.moderation.decisions.models import Decision
from app.moderation.sampling.models import SecondLook

_CHANCE: Final = SystemRandom()


def is_drawn(percent: int, chance: Random = _CHANCE) -> bool:
    """Whether this one is among so many of a hundred."""
    return chance.randrange(100) < percent


def draw(session: Session, contribution: Contribution, decision: Decision) -> None:
    """Let chance say whether a decision that counts from now on is looked at again.

    What was decided on the essay before needs no second look any more.
    """
    leave(session, contribution.id)
    track = track_of(session, contribution.edition_id, contribution.track)
    if is_drawn(track.sampled_percent):
        session.add(SecondLook(decision_id=decision.id, track=track.code, drawn_at=clock.now()))
        action = AuditAction.SECOND_LOOK_DRAWN
        record(session, SYSTEM, action, decision.id, contribution=contribution.id)


def leave(session: Session, contribution_id: int, *, only: int | None = None) -> None:
    """Take what waits for a second look of an essay out of the sample; it stays on record.

    ``only``: that decision, where the others on the essay still stand.
    """
    waiting = session.scalars(
        select(SecondLook)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .where(
            Decision.contribution_id == contribution_id,
            true() if only is None else Decision.id == only,
            SecondLook.looked_at.is_(None),
            SecondLook.left_at.is_(None),
        )
    ).all()
    for each in waiting:
        each.left_at = clock.now()
        action = AuditAction.SECOND_LOOK_LEFT
        record(session, SYSTEM, action, each.decision_id, contribution=contribution_id)
