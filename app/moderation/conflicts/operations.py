"""Declaring a conflict of interest, and lifting what was declared."""

from typing import Final

from sqlalchemy.orm import Session

from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import NotFound
from app.core.policy import Actor, can_organise
from app.documents.remarks import remark
from app.moderation.claims.operations import claim_of, entrusted, let_go
from app.moderation.conflicts import policy
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.organising.operations import organised
from app.moderation.policy import holds

LONGEST: Final = 2_000


def declare(
    session: Session, actor: Actor, contribution_id: int, kind: ConflictKind, *, words: str = ""
) -> Conflict:
    """Say that one should have no part in it: it is let go of, and hidden from then on.

    ``words`` are for organisers. Raises NotFound for whom it is none of their business (any more),
    Forbidden for organisers who are in conflict with it already, Invalid for words that are missing
    (:attr:`ConflictKind.OTHER` needs them) or can't be kept.
    """
    theirs = organised if can_organise(actor) else entrusted
    contribution = theirs(session, actor, contribution_id)
    if not policy.can_declare(actor, contribution):
        raise NotFound("contribution.unknown")
    conflict = Conflict(
        account_id=actor.id,
        contribution_id=contribution_id,
        kind=kind.value,
        words=remark(words, "conflict_words", most=LONGEST, needed=kind is ConflictKind.OTHER),
        declared_at=clock.now(),
    )
    session.add(conflict)
    held = claim_of(session, contribution_id)
    if held is not None and holds(actor, held):
        let_go(session, actor, contribution, held)
    session.flush()
    record(session, actor, AuditAction.CONFLICT_DECLARED, contribution_id, kind=kind.value)
    return conflict


def lift(session: Session, actor: Actor, contribution_id: int, account_id: int) -> None:
    """Let that moderator or organiser have a part in it again.

    Raises NotFound where they have declared nothing, Forbidden for all but organisers without a
    conflict of interest: nobody lifts their own.
    """
    organised(session, actor, contribution_id)
    conflict = session.get(Conflict, (account_id, contribution_id), populate_existing=True)
    if conflict is None:
        raise NotFound("conflict.unknown")
    record(
        session,
        actor,
        AuditAction.CONFLICT_LIFTED,
        contribution_id,
        account=account_id,
        kind=conflict.kind,
    )
    session.delete(conflict)
    session.flush()
