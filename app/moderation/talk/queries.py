"""What was said about a contribution, in order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.policy import can_read
from app.core.errors import NotFound
from app.core.policy import Actor
from app.editions.models import Track
from app.moderation import policy as desk
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.talk import policy
from app.moderation.talk.models import Audience, Message

#: What an author is shown. Notes are never among them.
TO_AND_FROM_AUTHOR = (Audience.AUTHOR.value, Audience.FROM_AUTHOR.value)


@dataclass(frozen=True, slots=True)
class Said:
    """One note or message.

    Attributes:
        name: of whoever wrote it; "" where the reader isn't told.
        mine: whether the reader wrote it.
    """

    id: int
    audience: Audience
    name: str
    mine: bool
    words: str
    language: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything said about a contribution that its reader may read, oldest first.

    Attributes:
        sees_authors: whether the reader is told who wrote it.
    """

    contribution: Contribution
    said: list[Said]
    can_note: bool
    can_write: bool
    sees_authors: bool = True


def at_desk(session: Session, actor: Actor, contribution_id: int) -> Talk:
    """Notes and messages, for moderators and organisers. Three queries. Raises NotFound."""
    contribution, track = _contribution(session, contribution_id)
    conflicted = is_conflicted(session, actor, contribution_id)
    if not policy.can_follow(actor, contribution, conflicted=conflicted):
        raise NotFound("contribution.unknown")
    names_authors = desk.sees_authors(actor, track, contribution)
    rows = session.execute(
        select(Message, Account.name)
        .outerjoin(Account, Account.id == Message.sender_id)
        .where(Message.contribution_id == contribution_id)
        .order_by(Message.id)
    )
    said = [
        _said(message, name if _from_desk(message) or names_authors else "", actor)
        for message, name in rows
    ]
    writes = policy.can_address_author(actor, contribution, conflicted=conflicted)
    return Talk(contribution, said, can_note=True, can_write=writes, sees_authors=names_authors)


def of_author(session: Session, actor: Actor, contribution_id: int) -> Talk:
    """Messages to and from its authors, for them: no notes. Two queries. Raises NotFound.

    A moderator is named where the track did so when the message was sent, and still does.
    """
    contribution, track = _contribution(session, contribution_id)
    if not can_read(actor, contribution):
        raise NotFound("contribution.unknown")
    rows = session.execute(
        select(Message, Account.name)
        .outerjoin(Account, Account.id == Message.sender_id)
        .where(Message.contribution_id == contribution_id, Message.audience.in_(TO_AND_FROM_AUTHOR))
        .order_by(Message.id)
    )
    said = []
    for message, name in rows:
        named = message.names_sender and not track.hides_moderators
        said.append(_said(message, "" if _from_desk(message) and not named else name, actor))
    answers = policy.can_answer(actor, contribution, addressed=bool(said))
    return Talk(contribution, said, can_note=False, can_write=answers)


def author_language(session: Session, contribution: Contribution, *, sees_authors: bool) -> str:
    """The language in which the author reads the site and its mails.

    Where moderators aren't told who wrote an essay it is the essay's own: another one might tell.
    """
    if not sees_authors:
        return contribution.language
    return session.get_one(Account, contribution.owner_id).ui_language


def was_addressed(session: Session, contribution_id: int) -> bool:
    """Whether anybody has written to its author. One query."""
    told = and_(
        Message.contribution_id == contribution_id, Message.audience == Audience.AUTHOR.value
    )
    return bool(session.scalar(select(exists().where(told))))


def last_writer(session: Session, contribution_id: int) -> int | None:
    """The account that wrote to the author last."""
    return session.scalar(
        select(Message.sender_id)
        .where(
            Message.contribution_id == contribution_id,
            Message.audience == Audience.AUTHOR.value,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )


def _contribution(session: Session, contribution_id: int) -> tuple[Contribution, Track]:
    row = session.execute(
        select(Contribution, Track)
        .join(
            Track,
            and_(Track.edition_id == Contribution.edition_id, Track.code == Contribution.track),
        )
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.edition), joinedload(Contribution.question), raiseload("*")
        )
    ).one_or_none()
    if row is None:
        raise NotFound("contribution.unknown")
    return row[0], row[1]


def _from_desk(message: Message) -> bool:
    return message.audience != Audience.FROM_AUTHOR


def _said(message: Message, name: str | None, actor: Actor) -> Said:
    return Said(
        id=message.id,
        audience=Audience(message.audience),
        name=name or "",
        mine=message.sender_id == actor.id,
        words=message.words,
        language=message.language,
        sent_at=message.sent_at,
    )
