"""Reads of co-authors' invitations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.contributions import byline
from app.contributions.byline import OWNER, Author
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.invitations.operations import digest, is_open
from app.contributions.models import Contribution, Draft
from app.core import clock
from app.core.errors import NotFound
from app.core.policy import Actor


@dataclass(frozen=True, slots=True)
class CoAuthor:
    """One author as the owner sees them; ``state`` is None where nobody was asked."""

    key: str
    name: str
    is_owner: bool
    state: Answer | None
    email: str
    may_edit: bool
    times: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """What somebody who was invited is shown."""

    id: int
    is_open: bool
    email: str
    inviter: str
    co_author: str
    title: str
    language: str
    authors: tuple[str, ...]
    may_edit: bool
    expires_at: datetime


def co_authors(session: Session, contribution_id: int) -> list[CoAuthor]:
    """The draft's authors and how each stands. Two queries."""
    authors = session.scalar(select(Draft.authors).where(Draft.contribution_id == contribution_id))
    return _standing(session, contribution_id, authors or [])


def _standing(
    session: Session, contribution_id: int, authors: Sequence[dict[str, Any]]
) -> list[CoAuthor]:
    asked = {
        each.author_key: each
        for each in session.scalars(
            select(Invitation).where(Invitation.contribution_id == contribution_id)
        )
    }
    keys = [author.get("key", "") for author in authors]
    # Essays begun before authors had keys: their first author is who wrote them.
    owner = OWNER if OWNER in keys else next(iter(keys), "")
    return [_co_author(each, asked.get(each.get("key", "")), owner) for each in authors]


def _co_author(author: dict[str, Any], asked: Invitation | None, owner: str) -> CoAuthor:
    key = author.get("key", "")
    state = None if asked is None else Answer(asked.state)
    if asked is not None and state == Answer.WAITING and not is_open(asked):
        state = Answer.EXPIRED
    return CoAuthor(
        key=key,
        name=author["name"],
        is_owner=key == owner and asked is None,
        state=state,
        email=asked.email if asked else "",
        may_edit=bool(asked and asked.may_edit),
        times=asked.times if asked else 0,
        sent_at=asked.sent_at if asked else None,
    )


def unconfirmed(session: Session, contribution_id: int) -> list[str]:
    """Names of the draft's co-authors who have not confirmed. Two queries."""
    return _unconfirmed(co_authors(session, contribution_id))


def unconfirmed_of(session: Session, contribution_id: int, authors: Iterable[Author]) -> list[str]:
    """The same of a byline, saved or not. One query."""
    return _unconfirmed(_standing(session, contribution_id, byline.columns(authors)))


def _unconfirmed(found: Iterable[CoAuthor]) -> list[str]:
    return [each.name for each in found if not each.is_owner and each.state != Answer.CONFIRMED]


def invited(session: Session, token: str) -> Invited:
    """The invitation whose link that is, answered or not in time. Raises NotFound."""
    found = session.execute(_invited().where(Invitation.token_hash == digest(token))).first()
    if found is None:
        raise NotFound("invitation.unknown")
    return _shown(*found)


def waiting_for(session: Session, actor: Actor) -> Sequence[Invited]:
    """What the actor's proven address was invited to and has not answered. One query."""
    mine = aliased(Account)
    rows = session.execute(
        _invited()
        .join(mine, mine.email == Invitation.email)
        .where(
            mine.id == actor.id,
            mine.confirmed_at.is_not(None),
            Invitation.state == Answer.WAITING.value,
            Invitation.expires_at > clock.now(),
        )
    )
    return [_shown(*row) for row in rows]


def _invited() -> Any:
    return (
        select(Invitation, Contribution, Draft.authors, Account.name)
        .join(Contribution, Contribution.id == Invitation.contribution_id)
        .join(Draft, Draft.contribution_id == Contribution.id)
        .join(Account, Account.id == Contribution.owner_id)
        .order_by(Invitation.id)
    )


def _shown(
    invitation: Invitation, contribution: Contribution, authors: list[dict[str, Any]], inviter: str
) -> Invited:
    names = {each.get("key", ""): each["name"] for each in authors}
    return Invited(
        id=invitation.id,
        is_open=is_open(invitation),
        email=invitation.email,
        inviter=inviter,
        co_author=names.get(invitation.author_key, ""),
        title=contribution.title,
        language=contribution.language,
        authors=tuple(names.values()),
        may_edit=invitation.may_edit,
        expires_at=invitation.expires_at,
    )


def overdue(session: Session, limit: int) -> Iterable[int]:
    """Ids of the invitations nobody has answered in time."""
    return session.scalars(
        select(Invitation.id)
        .where(Invitation.state == Answer.WAITING.value, Invitation.expires_at <= clock.now())
        .order_by(Invitation.expires_at)
        .limit(limit)
    ).all()
