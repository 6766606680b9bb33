"""Noting that a moderator looks at an essay: for their own eyes, so it leaves no entry."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.policy import Actor
from app.moderation.claims.operations import entrusted
from app.moderation.decisions.models import Decision
from app.moderation.looks.models import Look
from app.moderation.looks.queries import is_same, look


def note(
    session: Session, actor: Actor, contribution_id: int, *, revision: int, signs: Iterable[str]
) -> bool:
    """Keep that the actor was shown that revision with these signs; whether it is another look.

    Raises NotFound for whom it is none of their business.
    """
    entrusted(session, actor, contribution_id)
    known = look(session, actor, contribution_id)
    decided_at = session.scalar(
        select(func.max(Decision.decided_at)).where(Decision.contribution_id == contribution_id)
    )
    if is_same(known, revision, decided_at):
        return False
    if known is None:
        known = Look(contribution_id=contribution_id, moderator_id=actor.id)
        session.add(known)
    else:
        known.earlier_revision, known.earlier_at = known.revision, known.at
        known.earlier_signs = known.signs
    known.revision, known.at, known.signs = revision, clock.now(), sorted(signs)
    session.flush()
    return True
