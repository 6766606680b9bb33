"""Taking a decision back: it is marked, never deleted, and the essay waits where it waited."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.contributions.mails import tell_owner
from app.contributions.models import Contribution
from app.contributions.moves import move
from app.contributions.states import State
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor, can_organise
from app.moderation.claims.operations import claim, entrusted
from app.moderation.decisions import policy
from app.moderation.decisions.carrying_out import mark
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.verdicts import LEADS_TO, Verdict
from app.moderation.organising.operations import organised
from app.moderation.wording import kept


def undo(session: Session, actor: Actor, decision_id: int, words: str) -> Decision:
    """Take the last decision on a contribution back; ``words`` say why, to moderators.

    It waits again since when it waited before. Its author gets a mail where they had been told. A
    proposed rejection is just no longer proposed. Undone already is as good.

    Raises NotFound for all but its moderator and organisers, Forbidden for organisers who have a
    conflict of interest; Conflict where another decision came after it (``decision.superseded``),
    its author has answered (``decision.answered``) or it is published (``decision.published``: it
    can be taken down instead); Invalid for missing words or words that can't be kept.
    """
    decision = session.get(Decision, decision_id)
    if decision is None:
        raise NotFound("contribution.unknown")
    contribution = _locked(session, actor, decision)
    said = kept(words, "words", language=actor.ui_language)
    if _has(session, decision, MarkKind.UNDONE):
        return decision
    _must_be_last(session, decision)
    if decision.standing == Standing.PROPOSED and not _has(session, decision, MarkKind.SECONDED):
        _take_back(session, actor, contribution, decision, said)
        return decision
    _must_stand(contribution, decision)
    told = contribution.state != State.DECIDED
    since = contribution.waiting_since
    mark(session, actor, decision, MarkKind.UNDONE, said)
    action = AuditAction.CONTRIBUTION_DECISION_UNDONE
    move(session, actor, contribution, State.SUBMITTED, action, told=told, undone=decision.id)
    contribution.waiting_since = since
    contribution.accepted_at = None
    if told and decision.verdict != Verdict.SPAM:
        tell_owner(session, MailKind.DECISION_UNDONE, contribution, decision.id)
    return decision


def rework(session: Session, actor: Actor, decision_id: int, words: str) -> Decision:
    """Take a kept decision back and its essay in hand, to decide anew before anybody was told.

    Raises what :func:`undo` and :func:`claim` raise, NotFound for who doesn't moderate such essays
    among it; Conflict (``decision.not_kept``) where it is announced, or taken back.
    """
    decision = session.get(Decision, decision_id)
    if decision is None:
        raise NotFound("contribution.unknown")
    contribution = _locked(session, actor, decision)
    _must_be_last(session, decision)
    if contribution.state != State.DECIDED:
        raise Conflict("decision.not_kept")
    undo(session, actor, decision_id, words)
    claim(session, actor, decision.contribution_id)
    return decision


def _locked(session: Session, actor: Actor, decision: Decision) -> Contribution:
    """The contribution, locked, for the decision's moderator and organisers."""
    if can_organise(actor):
        return organised(session, actor, decision.contribution_id)
    contribution = entrusted(session, actor, decision.contribution_id)
    if decision.moderator_id != actor.id:
        raise NotFound("contribution.unknown")
    return contribution


def _has(session: Session, decision: Decision, kind: MarkKind) -> bool:
    marked = exists().where(
        DecisionMark.decision_id == decision.id, DecisionMark.kind == kind.value
    )
    return bool(session.scalar(select(marked)))


def _must_be_last(session: Session, decision: Decision) -> None:
    last = select(func.max(Decision.id)).where(Decision.contribution_id == decision.contribution_id)
    if session.scalar(last) != decision.id:
        raise Conflict("decision.superseded")


def _must_stand(contribution: Contribution, decision: Decision) -> None:
    """Raises Conflict where something has come of it already."""
    if contribution.state in policy.PUBLIC:
        raise Conflict("decision.published")
    stands = {State.DECIDED, LEADS_TO[Verdict(decision.verdict)]}
    if contribution.revision_id != decision.revision_id or contribution.state not in stands:
        raise Conflict("decision.answered")


def _take_back(
    session: Session, actor: Actor, contribution: Contribution, decision: Decision, words: str
) -> None:
    """A proposal nobody has answered; the essay waits in the queue all the time."""
    if contribution.state != State.SUBMITTED or _has(session, decision, MarkKind.OVERRULED):
        raise Conflict("decision.superseded")
    mark(session, actor, decision, MarkKind.UNDONE, words)
    action = AuditAction.CONTRIBUTION_DECISION_UNDONE
    record(session, actor, action, contribution.id, told=False, undone=decision.id)
