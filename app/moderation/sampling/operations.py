"""Looking at a decision a second time."""

from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.policy import Actor
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.sampling import queries
from app.moderation.sampling.models import SecondLook
from app.moderation.wording import kept


def look(
    session: Session,
    actor: Actor,
    decision_id: int,
    verdict: Verdict,
    *,
    words: str,
    language: str,
) -> SecondLook:
    """Say what one would have decided; where that is something else, ``words`` say why.

    It changes nothing about the decision, and nobody at the desk is told. Who is first answers; the
    same answer sent twice is one.

    Raises NotFound for whom it is none of their business, Conflict where it needs no look now
    (``second_look.needless``), Invalid for missing words or words that can't be kept.
    """
    found, decision, contribution = _found(session, actor, decision_id)
    agrees = verdict == decision.verdict
    written = kept(words, "words", language=language, needed=not agrees)
    if found.looked_by_id == actor.id and (found.verdict, found.words) == (verdict, written):
        return found
    if not queries.waits(session, found, contribution):
        raise Conflict("second_look.needless")
    found.verdict = verdict.value
    found.words, found.words_language = written, language if written else ""
    found.looked_by_id, found.looked_at = actor.id, clock.now()
    session.flush()
    said = {"contribution": contribution.id, "verdict": verdict.value, "agrees": agrees}
    record(session, actor, AuditAction.SECOND_LOOK_TAKEN, decision_id, **said)
    return found


def _found(
    session: Session, actor: Actor, decision_id: int
) -> tuple[SecondLook, Decision, Contribution]:
    """The essay, locked, and what was drawn of it; NotFound for who may not look at it."""
    found = session.get(SecondLook, decision_id)
    if found is None:
        raise NotFound("second_look.unknown")
    decision = session.get_one(Decision, decision_id)
    contribution = lock(session, decision.contribution_id)
    session.refresh(found)
    if not queries.may_look(session, actor, found, contribution):
        raise NotFound("second_look.unknown")
    return found, decision, contribution
