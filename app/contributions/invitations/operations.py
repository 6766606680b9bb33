"""Asking co-authors by mail whether they are: invite, confirm, decline, take back.

The link's random part is 256 bits and kept as its hash only; it works once, for thirty days, and
not after the owner has taken the invitation back or sent another one. The address of somebody who
declines, or does not answer in time, is forgotten.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.operations import normal_email
from app.contributions import policy
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Draft
from app.contributions.moves import lock
from app.core import clock, outbox
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.languages import CODES
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import SYSTEM, Actor

VALID_FOR: Final = timedelta(days=30)
MOST_TIMES: Final = 3
MOST_A_DAY: Final = 20
"""Invitations of one account: nobody writes to strangers by way of this site."""
ADDRESS: Final = "/{language}/invitations/{token}/"


def invite(
    session: Session,
    actor: Actor,
    contribution_id: int,
    author_key: str,
    *,
    email: str,
    language: str,
    may_edit: bool,
) -> Invitation:
    """Ask the author with that key, by a mail in ``language``, to confirm.

    Asked again, the former link leads nowhere. Raises NotFound for all but the owner and for an
    unknown author; Conflict (``invitation.answered``, ``contribution.moved_on``); Invalid
    (``email.form``, ``invitation.own``, ``invitation.taken``, ``language.unknown``,
    ``invitation.too_often``, ``invitation.too_many``).
    """
    contribution = _owned(session, actor, contribution_id)
    author = _author(session, contribution, author_key)
    address = normal_email(email)
    known = _known(session, contribution_id, author_key)
    _check(session, actor, contribution, known, address, language)
    token = secrets.token_urlsafe(32)
    invitation = known or Invitation(
        contribution_id=contribution_id, author_key=author_key, times=0
    )
    _forget_mail(session, invitation)
    invitation.email = address
    invitation.language = language
    invitation.may_edit = may_edit
    invitation.token_hash = digest(token)
    invitation.state = Answer.WAITING.value
    invitation.invited_by_id = contribution.owner_id
    invitation.times += 1
    invitation.sent_at = clock.now()
    invitation.expires_at = clock.now() + VALID_FOR
    invitation.answered_at = None
    session.add(invitation)
    session.flush()
    record(
        session, actor, AuditAction.CO_AUTHOR_INVITED, invitation.id, contribution=contribution.id
    )
    inviter = session.get_one(Account, contribution.owner_id)
    outbox.put(
        session,
        MailKind.CO_AUTHOR_INVITED,
        key=f"{MailKind.CO_AUTHOR_INVITED}:{invitation.token_hash}",
        recipient=address,
        recipient_id=None,
        language=language,
        data={
            "link": ADDRESS.format(language=language, token=token),
            "inviter": inviter.name or inviter.email,
            "co_author": author["name"],
            "title": contribution.title,
            "title_language": contribution.language,
            "days": VALID_FOR.days,
        },
    )
    return invitation


def confirm(session: Session, account: Account, invitation_id: int) -> Invitation:
    """Say yes: only the account with the invited, proven address can.

    Raises NotFound for everybody else, Conflict where it no longer waits.
    """
    invitation, contribution = _held(session, invitation_id)
    if not is_for(account, invitation):
        raise NotFound("invitation.unknown")
    if not is_open(invitation):
        raise Conflict("invitation.over")
    if policy.can_read(account.actor, contribution):
        raise Conflict("invitation.answered")
    _settle(session, invitation, Answer.CONFIRMED)
    invitation.account_id = account.id
    _share(contribution, invitation)
    _answered(session, account.actor, contribution, invitation, AuditAction.CO_AUTHOR_CONFIRMED)
    return invitation


def decline(session: Session, actor: Actor, invitation_id: int, token: str) -> Invitation:
    """Say no, with the link in the mail alone; the address is forgotten.

    Raises NotFound for a wrong link, Conflict where it no longer waits.
    """
    invitation, contribution = _held(session, invitation_id)
    if invitation.token_hash != digest(token):
        raise NotFound("invitation.unknown")
    return _decline(session, actor, contribution, invitation)


def decline_mine(session: Session, account: Account, invitation_id: int) -> Invitation:
    """Say no as the account with the invited address. Raises as :func:`confirm` does."""
    invitation, contribution = _held(session, invitation_id)
    if not is_for(account, invitation):
        raise NotFound("invitation.unknown")
    return _decline(session, account.actor, contribution, invitation)


def _decline(
    session: Session, actor: Actor, contribution: Contribution, invitation: Invitation
) -> Invitation:
    if not is_open(invitation):
        raise Conflict("invitation.over")
    _settle(session, invitation, Answer.DECLINED)
    _answered(session, actor, contribution, invitation, AuditAction.CO_AUTHOR_DECLINED)
    return invitation


def revoke(session: Session, actor: Actor, contribution_id: int, author_key: str) -> None:
    """Take an invitation or a confirmed co-author's access back.

    Raises NotFound for all but the owner, Conflict where there is none.
    """
    contribution = _owned(session, actor, contribution_id)
    invitation = _known(session, contribution_id, author_key)
    if invitation is None or invitation.state not in {Answer.WAITING, Answer.CONFIRMED}:
        raise Conflict("invitation.over")
    end(session, actor, contribution, invitation)


def end(session: Session, actor: Actor, contribution: Contribution, invitation: Invitation) -> None:
    """Let a co-author go. A step of other operations: it checks no permission."""
    if invitation.account_id is not None:
        shared = {**contribution.co_authors}
        shared.pop(str(invitation.account_id), None)
        contribution.co_authors = shared
    _settle(session, invitation, Answer.REVOKED)
    invitation.account_id = None
    record(
        session, actor, AuditAction.CO_AUTHOR_REVOKED, invitation.id, contribution=contribution.id
    )


def let_edit(
    session: Session, actor: Actor, contribution_id: int, author_key: str, allowed: bool
) -> None:
    """Let a co-author write, or no longer.

    Raises NotFound for all but the owner, Conflict where nobody was asked.
    """
    contribution = _owned(session, actor, contribution_id)
    invitation = _known(session, contribution_id, author_key)
    if invitation is None or invitation.state not in {Answer.WAITING, Answer.CONFIRMED}:
        raise Conflict("invitation.over")
    if invitation.may_edit == allowed:
        return
    invitation.may_edit = allowed
    if invitation.state == Answer.CONFIRMED:
        _share(contribution, invitation)
    record(
        session,
        actor,
        AuditAction.CO_AUTHOR_ACCESS_CHANGED,
        invitation.id,
        contribution=contribution.id,
        may_edit=allowed,
    )


def expire(session: Session, invitation_id: int) -> None:
    """Forget the address of somebody who has not answered in time; before that, do nothing."""
    invitation, contribution = _held(session, invitation_id)
    if invitation.state != Answer.WAITING or invitation.expires_at > clock.now():
        return
    _settle(session, invitation, Answer.EXPIRED)
    record(
        session, SYSTEM, AuditAction.CO_AUTHOR_EXPIRED, invitation.id, contribution=contribution.id
    )


def digest(token: str) -> str:
    """What is kept of a link's random part."""
    return sha256(token.encode()).hexdigest()


def is_open(invitation: Invitation) -> bool:
    """Whether it can still be answered."""
    return invitation.state == Answer.WAITING and invitation.expires_at > clock.now()


def is_for(account: Account, invitation: Invitation) -> bool:
    """Whether that account has proven the invited address to be its own."""
    return account.confirmed_at is not None and account.email == invitation.email


def _owned(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    contribution = lock(session, contribution_id)
    if not policy.owns(actor, contribution):
        raise NotFound("contribution.unknown")
    if not policy.can_invite(actor, contribution):
        raise Conflict("contribution.moved_on", state=contribution.state)
    return contribution


def _author(session: Session, contribution: Contribution, key: str) -> dict[str, Any]:
    authors = session.get_one(Draft, contribution.id).authors
    found = next((each for each in authors if each.get("key") == key), None)
    if found is None:
        raise NotFound("author.unknown")
    return found


def _known(session: Session, contribution_id: int, author_key: str) -> Invitation | None:
    return session.scalar(
        select(Invitation).where(
            Invitation.contribution_id == contribution_id, Invitation.author_key == author_key
        )
    )


def _check(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    known: Invitation | None,
    address: str,
    language: str,
) -> None:
    if language not in CODES:
        raise Invalid("language.unknown", field="language")
    if known is not None and known.state == Answer.CONFIRMED:
        raise Conflict("invitation.answered")
    if known is not None and known.times >= MOST_TIMES:
        raise Invalid("invitation.too_often", field="email", limit=MOST_TIMES)
    owner = session.get_one(Account, contribution.owner_id)
    if address == owner.email:
        raise Invalid("invitation.own", field="email")
    taken = select(Invitation.id).where(
        Invitation.contribution_id == contribution.id,
        Invitation.email == address,
        Invitation.id != (known.id if known else 0),
    )
    if session.scalar(taken) is not None:
        raise Invalid("invitation.taken", field="email")
    since = clock.now() - timedelta(days=1)
    sent = select(func.coalesce(func.sum(Invitation.times), 0)).where(
        Invitation.invited_by_id == actor.id, Invitation.sent_at > since
    )
    if (session.scalar(sent) or 0) >= MOST_A_DAY:
        raise Invalid("invitation.too_many", field="email", limit=MOST_A_DAY)


def _held(session: Session, invitation_id: int) -> tuple[Invitation, Contribution]:
    """An invitation and its contribution, which is held first, as everywhere. Raises NotFound."""
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise NotFound("invitation.unknown")
    contribution = lock(session, found.contribution_id)
    session.refresh(found)
    return found, contribution


def _settle(session: Session, invitation: Invitation, state: Answer) -> None:
    _forget_mail(session, invitation)
    invitation.state = state.value
    invitation.token_hash = None
    invitation.email = ""
    invitation.answered_at = clock.now()


def _forget_mail(session: Session, invitation: Invitation) -> None:
    """The mail with the present link, sent or not: its row holds the address."""
    if invitation.token_hash is not None:
        key = f"{MailKind.CO_AUTHOR_INVITED}:{invitation.token_hash}"
        session.execute(delete(OutboxMail).where(OutboxMail.key == key))


def _share(contribution: Contribution, invitation: Invitation) -> None:
    contribution.co_authors = {
        **contribution.co_authors,
        str(invitation.account_id): invitation.may_edit,
    }


def _answered(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    invitation: Invitation,
    action: AuditAction,
) -> None:
    """Write the entry and tell the owner."""
    record(session, actor, action, invitation.id, contribution=contribution.id)
    authors = session.get_one(Draft, contribution.id).authors
    names = {each.get("key"): each["name"] for each in authors}
    tell_owner(
        session,
        MailKind.CO_AUTHOR_ANSWERED,
        contribution,
        f"{invitation.id}:{invitation.times}",
        answer=invitation.state,
        co_author=names.get(invitation.author_key, ""),
    )
