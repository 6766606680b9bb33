"""What a decision causes: the move, the publication, the mail."""

from sqlalchemy.orm import Session

from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Revision
from app.contributions.moves import move
from app.contributions.publishing import publish
from app.contributions.queries import number_of
from app.core.audit import AuditAction
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.editions.models import Edition
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import LEADS_TO, Verdict


def carry_out(
    session: Session, actor: Actor, contribution: Contribution, decision: Decision
) -> None:
    """Do what it says and tell the author, except of spam. A step of others, which check who may.

    Raises Conflict where the contribution is no longer where that is possible.
    """
    verdict = Verdict(decision.verdict)
    revision = session.get_one(Revision, decision.revision_id)
    move(
        session,
        actor,
        contribution,
        LEADS_TO[verdict],
        AuditAction.CONTRIBUTION_DECIDED,
        decision=decision.id,
        verdict=decision.verdict,
        reasons=decision.reasons,
        revision=revision.number,
    )
    edition = session.get_one(Edition, contribution.edition_id)
    if verdict is Verdict.ACCEPT and not edition.release_later:
        publish(session, actor, contribution)
    if verdict is not Verdict.SPAM:
        tell_owner(
            session,
            MailKind.DECISION,
            contribution,
            decision.id,
            verdict=decision.verdict,
            reasons=decision.reasons,
            words=decision.words,
            words_language=decision.words_language,
            points=decision.points,
            duplicate_of=number_of(session, decision.duplicate_of_id),
            new_track=decision.new_track,
        )
