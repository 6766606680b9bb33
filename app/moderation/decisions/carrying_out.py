"""What a decision causes: a move, the publication, the mail; or that it is kept for later."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Revision
from app.contributions.moves import move
from app.contributions.publishing import publish
from app.contributions.queries import number_of
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.editions import charter
from app.editions.models import Edition
from app.moderation.appeals.policy import appeal_until
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.verdicts import LEADS_TO, Verdict
from app.moderation.reasons.rules import rules_of
from app.moderation.sampling.drawing import draw, leave


def carry_out(
    session: Session, actor: Actor, contribution: Contribution, decision: Decision
) -> None:
    """Do what it says and tell the author, except of spam. A step of others, which check who may.

    Raises Conflict where the contribution is no longer where that is possible.
    """
    verdict = Verdict(decision.verdict)
    said, to = _said(session, decision), LEADS_TO[verdict]
    move(session, actor, contribution, to, AuditAction.CONTRIBUTION_DECIDED, **said)
    draw(session, contribution, decision)
    edition = session.get_one(Edition, contribution.edition_id)
    until = appeal_until(decision, edition, clock.now())
    if verdict is Verdict.ACCEPT and not edition.release_later:
        publish(session, actor, contribution)
    if verdict is not Verdict.SPAM:
        tell_owner(
            session,
            MailKind.DECISION,
            contribution,
            decision.id,
            **letter(session, decision, edition, until),
        )


def letter(
    session: Session, decision: Decision, edition: Edition, until: datetime | None
) -> dict[str, Any]:
    """What the mail about a decision is given; ``until``: when an appeal is possible."""
    return {
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "reason_texts": decision.reason_texts,
        "rules": charter.named(session, rules_of(decision.reasons, decision.reason_rules)),
        "words": decision.words,
        "words_language": decision.words_language,
        "points": decision.points,
        "duplicate_of": number_of(session, decision.duplicate_of_id),
        "new_track": decision.new_track,
        "revision": session.get_one(Revision, decision.revision_id).number,
        "decided_at": decision.decided_at.isoformat(),
        "signs": decision.signs,
        "zone": edition.time_zone,
        "appeal_until": until.isoformat() if until else "",
    }


def keep(session: Session, actor: Actor, contribution: Contribution, decision: Decision) -> None:
    """Leave it until it is released with others; to its authors nothing has happened."""
    action = AuditAction.CONTRIBUTION_DECISION_KEPT
    move(session, actor, contribution, State.DECIDED, action, **_said(session, decision))


def propose(session: Session, actor: Actor, contribution: Contribution, decision: Decision) -> None:
    """Leave it where it waits, for a second moderator."""
    action = AuditAction.CONTRIBUTION_REJECTION_PROPOSED
    record(session, actor, action, contribution.id, **_said(session, decision))


def mark(
    session: Session, actor: Actor, decision: Decision, kind: MarkKind, words: str = ""
) -> None:
    """Note what became of a decision; one that is undone needs no second look any more."""
    session.add(
        DecisionMark(
            decision_id=decision.id,
            kind=kind.value,
            account_id=actor.id,
            words=words,
            at=clock.now(),
        )
    )
    session.flush()
    if kind is MarkKind.UNDONE:
        leave(session, decision.contribution_id, only=decision.id)


def _said(session: Session, decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision.id,
        "verdict": decision.verdict,
        "reasons": decision.reasons,
        "revision": session.get_one(Revision, decision.revision_id).number,
    }
