"""Reads of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, raiseload, selectinload

from app.accounts import policy
from app.accounts.models import Account, RoleRow
from app.core.errors import Forbidden, NotFound
from app.core.languages import CODES
from app.core.policy import Actor, Role, TrackCode

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class People:
    """A page of accounts, by e-mail address, and where the next one begins (None: nowhere)."""

    accounts: Sequence[Account]
    after: str | None


def by_email(session: Session, email: str) -> Account:
    """The account of that address. Raises NotFound."""
    found = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if found is None:
        raise NotFound("account.unknown", email=email)
    return found


def person(session: Session, actor: Actor, account_id: int) -> Account:
    """One account, for those who may see people; NotFound for everybody else."""
    found = session.get(Account, account_id) if policy.can_see_people(actor) else None
    if found is None or found.deleted_at is not None:
        raise NotFound("account.unknown")
    return found


def people(
    session: Session, actor: Actor, *, search: str = "", role: Role | None = None, after: str = ""
) -> People:
    """Accounts whose address or name contains the search, by address, after that address.

    Raises Forbidden.
    """
    if not policy.can_see_people(actor):
        raise Forbidden("forbidden")
    statement = (
        select(Account)
        .options(selectinload(Account.roles), raiseload("*"))
        .where(Account.email > after, Account.deleted_at.is_(None))
        .order_by(Account.email)
        .limit(PAGE + 1)
    )
    if search:
        columns = (Account.email, Account.name, Account.latin_name)
        statement = statement.where(
            or_(*(column.icontains(search, autoescape=True) for column in columns))
        )
    if role is not None:
        statement = statement.where(Account.roles.any(RoleRow.name == role))
    found = session.scalars(statement).all()
    return People(found[:PAGE], found[PAGE - 1].email if len(found) > PAGE else None)


def uncovered(session: Session) -> list[tuple[TrackCode, str]]:
    """Each (track, language) that no moderator serves: an essay in it would wait for nobody."""
    moderators = session.execute(
        select(Account.serves, Account.reads).where(
            Account.active,
            Account.confirmed_at.is_not(None),
            Account.roles.any(RoleRow.name == Role.MODERATOR),
        )
    )
    covered = {
        (track, language) for serves, reads in moderators for track in serves for language in reads
    }
    return [
        (track, language)
        for track in TrackCode
        for language in CODES
        if (track.value, language) not in covered
    ]


def demonstration_accounts(session: Session) -> Sequence[Account]:
    """The accounts the demonstration made, in the order they were made."""
    return session.scalars(
        select(Account)
        .options(selectinload(Account.roles), raiseload("*"))
        .where(Account.is_demo, Account.active)
        .order_by(Account.id)
    ).all()


def administrators(session: Session) -> set[int]:
    """Ids of those who can still act as administrators."""
    return set(
        session.scalars(
            select(Account.id).where(
                Account.active, Account.roles.any(RoleRow.name == Role.ADMINISTRATOR)
            )
        )
    )
