"""Giving what waits to a colleague: by who holds it, or by an organiser."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.mails import tell
from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.documents.text import normalise, problems
from app.moderation import policy as moderation
from app.moderation.claims import policy
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import (
    claim_of,
    entrusted,
    give,
    held_by_other,
    must_hold,
    must_wait,
    newest,
)
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions.proposals import open_proposal
from app.moderation.talk.models import Audience, Message

#: Longer than a claim of one's own: who is given something learns of it by mail.
GIVEN: Final = timedelta(days=1)
LONGEST_NOTE: Final = 2_000


def hand_over(
    session: Session, actor: Actor, contribution_id: int, *, to: int, note: str = ""
) -> Claim:
    """Give what one holds to a colleague, for :data:`GIVEN`, who is told by mail.

    The note is kept among the moderators' own. Raises NotFound for whom it is none of their
    business; Conflict when it no longer waits (``contribution.moved_on``), somebody else holds it
    (``claim.held_by_other``) or nobody does (``claim.ran_out``); Invalid for a colleague who can't
    be given it (``claim.not_for_them``) and for a note that can't be kept.
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    must_hold(session, actor, contribution_id)
    receiver = _receiver(session, contribution, to)
    if receiver.id == actor.id:
        raise Invalid("claim.not_for_them", field="to")
    return _give(session, actor, contribution, receiver, note, AuditAction.CONTRIBUTION_HANDED_OVER)


def assign(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    to: int,
    note: str = "",
    holder_seen: int | None,
) -> Claim:
    """Give what waits to a moderator, for :data:`GIVEN`, who is told by mail; an organiser's act.

    ``holder_seen`` is who had it in hand when the organiser looked. Raises NotFound for others;
    Conflict when it no longer waits (``contribution.moved_on``) or when somebody has taken it in
    hand since (``claim.held_by_other``); Invalid as :func:`hand_over` does.
    """
    contribution = lock(session, contribution_id)
    if not policy.can_assign(actor, contribution):
        if not policy.can_see_workload(actor) or contribution.number is None:
            raise NotFound("contribution.unknown")
        raise Conflict("contribution.moved_on", state=contribution.state)
    held = claim_of(session, contribution_id)
    live = held if moderation.is_live(held, clock.now()) else None
    if live is not None and live.moderator_id not in {holder_seen, to}:
        raise held_by_other(session, live)
    receiver = _receiver(session, contribution, to)
    if live is not None and live.moderator_id == to:
        return live
    return _give(session, actor, contribution, receiver, note, AuditAction.CONTRIBUTION_ASSIGNED)


def _receiver(session: Session, contribution: Contribution, to: int) -> Account:
    """The moderator it is for. Raises Invalid for anybody it can't be given to."""
    found = session.get(Account, to)
    if found is not None and found.active and found.confirmed_at is not None:
        conflicted = is_conflicted(session, found.actor, contribution.id)
        proposal = open_proposal(session, contribution.id)
        proposed = proposal is not None and proposal.moderator_id == found.id
        if policy.can_be_given(found.actor, contribution, conflicted=conflicted or proposed):
            return found
    raise Invalid("claim.not_for_them", field="to")


def _give(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    receiver: Account,
    note: str,
    action: AuditAction,
) -> Claim:
    kept = _kept(note)
    before, now = claim_of(session, contribution.id), clock.now()
    holder = before.moderator_id if before and moderation.is_live(before, now) else None
    held = give(session, contribution.id, receiver.id, now + GIVEN)
    message = _note(session, actor, contribution, kept) if kept else None
    entry = record(
        session,
        actor,
        action,
        contribution.id,
        before=holder,
        to=receiver.id,
        revision=newest(session, contribution),
        note=message.id if message else None,
    )
    session.flush()
    _tell(session, actor, contribution, receiver, kept, held.expires_at, entry.id)
    return held


def _kept(note: str) -> str:
    kept = normalise(note).strip()
    if len(kept) > LONGEST_NOTE:
        raise Invalid("text.too_long", field="note", limit=LONGEST_NOTE)
    for each in problems(kept):
        if each.code.startswith("text."):
            raise Invalid(each.code, field="note", line=each.line, **each.data)
    return kept


def _note(session: Session, actor: Actor, contribution: Contribution, words: str) -> Message:
    message = Message(
        contribution_id=contribution.id,
        audience=Audience.MODERATORS.value,
        sender_id=actor.id,
        words=words,
        language=actor.ui_language,
    )
    session.add(message)
    session.flush()
    return message


def _tell(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    receiver: Account,
    note: str,
    until: datetime,
    entry_id: int,
) -> None:
    giver = session.get(Account, actor.id) if actor.id is not None else None
    tell(
        session,
        MailKind.HANDED_OVER,
        receiver,
        contribution,
        entry_id,
        giver=giver.name if giver else "",
        words=note,
        words_language=actor.ui_language,
        until=until.isoformat(),
    )
