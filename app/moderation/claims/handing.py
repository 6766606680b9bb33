"""Giving what waits to a colleague: by who holds it, or by an organiser."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.mails import tell
from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.core import clock, outbox
from app.core.audit import AuditAction, record
from app.core.errors import Invalid, NotFound
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.documents.remarks import remark
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
from app.moderation.organising.operations import must_have_a_say
from app.moderation.talk.models import Audience, Message

#: Longer than a claim of one's own: who is given something learns of it by mail.
GIVEN: Final = timedelta(days=1)
LONGEST_NOTE: Final = 2_000
#: In a mail about many.
MOST_NAMED: Final = 50


def hand_over(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    to: int,
    note: str = "",
    told_later: bool = False,
) -> Claim:
    """Give what one holds to a colleague, for :data:`GIVEN`, who is told by mail.

    ``told_later``: by one mail for many, see :func:`tell_of_many`. The note is kept among the
    moderators' own. Raises NotFound for whom it is none of their business; Conflict when it no
    longer waits (``contribution.moved_on``), somebody else holds it (``claim.held_by_other``) or
    nobody does (``claim.ran_out``); Invalid for a colleague who can't be given it
    (``claim.not_for_them``) and for a note that can't be kept.
    """
    contribution = entrusted(session, actor, contribution_id)
    must_wait(contribution)
    must_hold(session, actor, contribution_id)
    receiver = _receiver(session, contribution, to)
    if receiver.id == actor.id:
        raise Invalid("claim.not_for_them", field="to")
    action = AuditAction.CONTRIBUTION_HANDED_OVER
    return _give(session, actor, contribution, receiver, note, action, told_later=told_later)


def assign(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    to: int,
    note: str = "",
    holder_seen: int | None,
    told_later: bool = False,
) -> Claim:
    """Give what waits to a moderator, for :data:`GIVEN`, who is told by mail; an organiser's act.

    ``told_later``: by one mail for many, see :func:`tell_of_many`. ``holder_seen`` is who had it in
    hand when the organiser looked. Raises NotFound for others, Forbidden where the organiser has a
    conflict of interest; Conflict when it no longer waits (``contribution.moved_on``) or when
    somebody has taken it in hand since (``claim.held_by_other``); Invalid as :func:`hand_over`
    does.
    """
    contribution = lock(session, contribution_id)
    if not policy.can_see_workload(actor) or contribution.number is None:
        raise NotFound("contribution.unknown")
    must_have_a_say(session, actor, contribution)
    must_wait(contribution)
    live = live_claim(session, contribution_id)
    must_be_as_seen(session, live, to, holder_seen)
    receiver = _receiver(session, contribution, to)
    if live is not None and live.moderator_id == to:
        return live
    action = AuditAction.CONTRIBUTION_ASSIGNED
    return _give(session, actor, contribution, receiver, note, action, told_later=told_later)


def _receiver(session: Session, contribution: Contribution, to: int) -> Account:
    """The moderator it is for. Raises Invalid for anybody it can't be given to."""
    found = at_work(session, to)
    if found is not None:
        conflicted = is_conflicted(session, found.actor, contribution.id)
        proposal = open_proposal(session, contribution.id)
        proposed = proposal is not None and proposal.moderator_id == found.id
        if policy.can_be_given(found.actor, contribution, conflicted=conflicted or proposed):
            return found
    raise Invalid("claim.not_for_them", field="to")


def at_work(session: Session, account_id: int) -> Account | None:
    """The account, where somebody can sign in to it."""
    found = session.get(Account, account_id)
    usable = found is not None and found.active and found.confirmed_at is not None
    return found if usable else None


def must_be_as_seen(session: Session, live: Claim | None, to: int, holder_seen: int | None) -> None:
    """Raises Conflict where somebody has taken it in hand since an organiser looked."""
    if live is not None and live.moderator_id not in {holder_seen, to}:
        raise held_by_other(session, live)


def live_claim(session: Session, contribution_id: int) -> Claim | None:
    """The claim on it, unless that has run out."""
    held = claim_of(session, contribution_id)
    return held if moderation.is_live(held, clock.now()) else None


def _give(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    receiver: Account,
    note: str,
    action: AuditAction,
    *,
    told_later: bool,
) -> Claim:
    revision = newest(session, contribution)
    about = {"subject_id": contribution.id, "revision": revision}
    return pass_on(
        session, actor, contribution, receiver, note, action, about, told_later=told_later
    )


def pass_on(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    receiver: Account,
    note: str,
    action: AuditAction,
    about: Mapping[str, Any],
    *,
    told_later: bool = False,
    **mailed: Any,
) -> Claim:
    """Make it the receiver's for :data:`GIVEN`, and tell them unless later. A step of others.

    ``about`` are the subject of the audit entry and what it holds besides; ``mailed`` is for the
    mail. Raises Invalid for a note that can't be kept.
    """
    kept = remark(note, "note", most=LONGEST_NOTE, needed=False)
    before = live_claim(session, contribution.id)
    holder = before.moderator_id if before else None
    held = give(session, contribution.id, receiver.id, clock.now() + GIVEN)
    message = _note(session, actor, contribution, kept) if kept else None
    entry = record(
        session,
        actor,
        action,
        **about,
        before=holder,
        to=receiver.id,
        note=message.id if message else None,
    )
    session.flush()
    if not told_later:
        tell(
            session,
            MailKind.HANDED_OVER,
            receiver,
            contribution,
            entry.id,
            **_letter(session, actor.id, kept, actor.ui_language),
            until=held.expires_at.isoformat(),
            **mailed,
        )
    return held


def tell_of_many(
    session: Session,
    receiver: Account,
    given: Sequence[tuple[Contribution, Claim]],
    occasion: object,
    *,
    giver_id: int,
    note: str,
    note_language: str,
) -> None:
    """Owe who was given many at once a mail with the first :data:`MOST_NAMED` of them."""
    outbox.put(
        session,
        MailKind.HANDED_OVER_TOGETHER,
        key=f"{MailKind.HANDED_OVER_TOGETHER}:{occasion}",
        recipient=receiver.email,
        recipient_id=receiver.id,
        language=receiver.ui_language,
        data={
            **_letter(session, giver_id, note, note_language),
            "number_given": len(given),
            "essays": [
                {
                    "id": each.id,
                    "number": each.number,
                    "title": each.title,
                    "language": each.language,
                }
                for each, _claim in given[:MOST_NAMED]
            ],
            "until": min(claim.expires_at for _each, claim in given).isoformat(),
        },
    )


def _letter(session: Session, giver_id: int | None, note: str, language: str) -> dict[str, Any]:
    """What a mail says of who gives, besides what is given."""
    giver = session.get(Account, giver_id) if giver_id is not None else None
    return {"giver": giver.name if giver else "", "words": note, "words_language": language}


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
