"""What organisers do with one contribution: publish, correct, take down, put back, give more time.

None of it by who has a conflict of interest: :func:`must_have_a_say` is asked by all that
organisers do about one contribution, here and in the folders beside this one.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import publishing
from app.contributions.essay import EssayInput
from app.contributions.following.operations import LONGEST_REASON
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, PublishedText, Revision, TakeDown
from app.contributions.moves import lock
from app.contributions.policy import can_read
from app.contributions.references.formatted import Formatted
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.outbox import MailKind
from app.core.policy import Actor, can_organise
from app.documents.references.items import Item
from app.documents.remarks import remark
from app.editions.models import Edition
from app.editions.policy import closing
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.organising import policy
from app.moderation.reports.models import IS_OPEN, ReportCase
from app.moderation.reports.taken_down import NOTHING, complaints


def organised(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """The contribution, locked, for an organiser who has a say in it. Raises Forbidden."""
    if not can_organise(actor):
        raise Forbidden("forbidden")
    contribution = lock(session, contribution_id)
    must_have_a_say(session, actor, contribution)
    return contribution


def must_have_a_say(session: Session, actor: Actor, contribution: Contribution) -> None:
    """Raises Forbidden where the organiser is one of its authors (``contribution.own``) or has
    another conflict of interest (``contribution.in_conflict``), and says who may do it then.
    """
    if can_read(actor, contribution):
        raise Forbidden("contribution.own")
    if is_conflicted(session, actor, contribution.id):
        raise Forbidden("contribution.in_conflict")


def release(session: Session, actor: Actor, contribution_id: int) -> PublishedText:
    """Publish an accepted essay of an edition that releases later.

    Raises Forbidden as :func:`organised` does, Conflict unless accepted.
    """
    return publishing.publish(session, actor, organised(session, actor, contribution_id))


def correct(
    session: Session,
    actor: Actor,
    contribution_id: int,
    essay: EssayInput,
    *,
    note: str,
    seen: int | None = None,
    bibliography: Sequence[Item] | None = None,
    references: Formatted | None = None,
) -> Revision:
    """Replace the published text by a corrected one, as ``publishing.correct`` does.

    Raises Forbidden as :func:`organised` does, else what that raises.
    """
    contribution = organised(session, actor, contribution_id)
    return publishing.correct(
        session,
        actor,
        contribution,
        essay,
        note=note,
        seen=seen,
        bibliography=bibliography,
        references=references,
    )


def remove(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    reason: str,
    language: str,
    rule: str = "",
) -> TakeDown:
    """Take a published essay down; its address keeps a tombstone with the reason and the date.

    What readers have reported in an open case is told with it; the case stays open. Raises
    Forbidden as :func:`organised` does, else what ``publishing.take_down`` raises.
    """
    contribution = organised(session, actor, contribution_id)
    case = session.scalar(
        select(ReportCase.id).where(ReportCase.contribution_id == contribution.id, IS_OPEN)
    )
    found = complaints(session, case) if case else NOTHING
    return publishing.take_down(
        session,
        actor,
        contribution,
        reason=reason,
        language=language,
        rule=rule,
        reports=found.reports,
        complaints=[each.value for each in found.complaints],
    )


def restore(session: Session, actor: Actor, contribution_id: int) -> PublishedText:
    """Put a removed essay back where it was; its authors get a mail.

    Raises Forbidden as :func:`organised` does, Conflict unless removed.
    """
    return publishing.put_back(session, actor, organised(session, actor, contribution_id))


def extend(
    session: Session, actor: Actor, contribution_id: int, *, until: datetime, reason: str
) -> None:
    """Let one contribution be submitted until that moment, although the call will have closed.

    Its owner gets a mail with the reason. Raises Forbidden as :func:`organised` does, Conflict
    where the call's end doesn't matter (any more), Invalid for a moment that has passed or is no
    later than the call's end, and for a missing reason.
    """
    contribution = organised(session, actor, contribution_id)
    if contribution.state not in policy.UNFINISHED:
        raise Conflict("contribution.moved_on", state=contribution.state)
    edition = session.get_one(Edition, contribution.edition_id)
    closes = closing(edition)
    if until <= clock.now():
        raise Invalid("deadline.past", field="until")
    if closes is not None and until <= closes:
        raise Invalid("deadline.not_later", field="until", closes=closes)
    words = remark(reason, "reason", most=LONGEST_REASON, needed=False)
    if not words:
        raise Invalid("required", field="reason")
    contribution.extended_until = until
    contribution.extension_reason = words
    action = AuditAction.CONTRIBUTION_EXTENDED
    entry = record(session, actor, action, contribution_id, until=until.isoformat())
    session.flush()
    tell_owner(
        session,
        MailKind.MORE_TIME,
        contribution,
        entry.id,
        reason=words,
        until=until.isoformat(),
        zone=edition.time_zone,
    )
