"""Notes among moderators, messages to authors, and their answers. All are only ever added."""

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.mails import about, tell, tell_owner
from app.contributions.models import Contribution
from app.contributions.moves import lock
from app.contributions.policy import can_read
from app.core import clock
from app.core.audit import AuditAction, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.languages import CODES
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor, can_organise
from app.documents.remarks import remark
from app.editions.queries import track_of
from app.moderation import policy as desk
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.talk import policy
from app.moderation.talk.models import Audience, Message
from app.moderation.talk.queries import Talk, author_language, last_writer, was_addressed

LONGEST: Final = 5_000


def note(
    session: Session, actor: Actor, contribution_id: int, words: str, *, language: str
) -> Message:
    """Write to the other moderators and the organisers.

    Raises NotFound for whom it is none of their business, Invalid for words that can't be kept.
    """
    contribution = lock(session, contribution_id)
    conflicted = is_conflicted(session, actor, contribution_id)
    if not policy.can_follow(actor, contribution, conflicted=conflicted):
        raise NotFound("contribution.unknown")
    return _add(session, actor, contribution, Audience.MODERATORS, words, language)


def write_to_author(
    session: Session, actor: Actor, contribution_id: int, words: str, *, language: str
) -> Message:
    """Write to the author, who gets a mail. The same words sent twice in a row are one message.

    Raises NotFound for whom it is none of their business, Conflict where the author can't be
    written to (any more: ``contribution.moved_on``, ``message.nobody``), Invalid for words that
    can't be kept.
    """
    contribution = lock(session, contribution_id)
    conflicted = is_conflicted(session, actor, contribution_id)
    if not policy.can_follow(actor, contribution, conflicted=conflicted):
        raise NotFound("contribution.unknown")
    if not policy.can_address_author(actor, contribution, conflicted=conflicted):
        raise Conflict("contribution.moved_on", state=contribution.state)
    owner = session.get_one(Account, contribution.owner_id)
    if owner.deleted_at is not None:
        raise Conflict("message.nobody")
    names = _names_sender(session, contribution)
    message = _add(session, actor, contribution, Audience.AUTHOR, words, language, names=names)
    letter = _letter(session, actor, message.words, message.language, names=names)
    tell_owner(session, MailKind.MESSAGE, contribution, message.id, **letter)
    return message


def foresee(session: Session, actor: Actor, talk: Talk, words: str, *, language: str) -> OutboxMail:
    """The mail the author would get with these words, which is never sent. Nothing is written.

    Raises Conflict where the author can't be written to, Invalid for words that can't be kept.
    """
    if not talk.can_write:
        raise Conflict("contribution.moved_on", state=talk.contribution.state)
    names = _names_sender(session, talk.contribution)
    letter = _letter(session, actor, _kept(words, language), language, names=names)
    return OutboxMail(
        kind=MailKind.MESSAGE.value,
        language=author_language(session, talk.contribution, sees_authors=talk.sees_authors),
        data=about(talk.contribution) | letter,
    )


def _names_sender(session: Session, contribution: Contribution) -> bool:
    track = track_of(session, contribution.edition_id, contribution.track)
    return not track.hides_moderators


def _letter(
    session: Session, actor: Actor, words: str, language: str, *, names: bool
) -> dict[str, Any]:
    sender = session.get_one(Account, actor.id).name if names else ""
    return {"sender": sender, "words": words, "words_language": language}


def answer(
    session: Session, actor: Actor, contribution_id: int, words: str, *, language: str
) -> Message:
    """Write back to the moderators: who has the essay in hand and who wrote last get a mail.

    Raises NotFound for all but its authors, Conflict while nobody has written to them
    (``message.not_asked``) or there is nobody to read it (``contribution.moved_on``), Invalid for
    words that can't be kept.
    """
    contribution = lock(session, contribution_id)
    if not can_read(actor, contribution):
        raise NotFound("contribution.unknown")
    addressed = was_addressed(session, contribution_id)
    if not policy.can_answer(actor, contribution, addressed=addressed):
        if not addressed:
            raise Conflict("message.not_asked")
        raise Conflict("contribution.moved_on", state=contribution.state)
    message = _add(session, actor, contribution, Audience.FROM_AUTHOR, words, language)
    for account in _readers(session, contribution):
        _tell(session, account, contribution, message)
    return message


def _add(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    audience: Audience,
    words: str,
    language: str,
    *,
    names: bool = False,
) -> Message:
    """Keep it; what its sender said last, said again, is the same. Raises Invalid."""
    text = _kept(words, language)
    newest = session.scalar(
        select(Message)
        .where(Message.contribution_id == contribution.id)
        .order_by(Message.id.desc())
        .limit(1)
    )
    said = (actor.id, audience.value, text)
    if newest is not None and (newest.sender_id, newest.audience, newest.words) == said:
        return newest
    message = Message(
        contribution_id=contribution.id,
        audience=audience.value,
        sender_id=actor.id,
        names_sender=names,
        words=text,
        language=language,
        sent_at=clock.now(),
    )
    session.add(message)
    session.flush()
    record(
        session,
        actor,
        AuditAction.MESSAGE_WRITTEN,
        message.id,
        contribution=contribution.id,
        audience=audience.value,
    )
    return message


def _kept(words: str, language: str) -> str:
    """The words as they are kept. Raises Invalid."""
    text = remark(words, "message", most=LONGEST)
    if language not in CODES:
        raise Invalid("language.unknown", field="message_language")
    return text


def _readers(session: Session, contribution: Contribution) -> list[Account]:
    """Who has it in hand and who wrote last, as far as they may still read it."""
    claim = session.get(Claim, contribution.id, populate_existing=True)
    held = claim.moderator_id if claim and desk.is_live(claim, clock.now()) else None
    ids = {held, last_writer(session, contribution.id)} - {None}
    accounts = session.scalars(
        select(Account).where(Account.id.in_(ids), Account.active).order_by(Account.id)
    ).all()
    return [
        account
        for account in accounts
        if policy.can_follow(
            account.actor,
            contribution,
            conflicted=is_conflicted(session, account.actor, contribution.id),
        )
    ]


def _tell(session: Session, account: Account, contribution: Contribution, message: Message) -> None:
    """Owe a moderator or organiser a mail with the author's answer, which names no author."""
    tell(
        session,
        MailKind.AUTHOR_ANSWERED,
        account,
        contribution,
        f"{message.id}:{account.id}",
        organiser=not desk.is_entrusted(account.actor, contribution)
        and can_organise(account.actor),
        words=message.words,
        words_language=message.language,
    )
