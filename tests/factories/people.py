"""The standing cast."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, RoleRow
from app.core import clock
from app.core.languages import CODES
from app.core.policy import Actor, Role, TrackCode

PASSWORD = "a good long password"


@cache
def _hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)


def make_account(
    session: Session,
    email: str,
    *roles: Role,
    reads: Iterable[str] = CODES,
    serves: Iterable[str] = tuple(TrackCode),
    name: str = "",
    ui_language: str = "en",
    confirmed: bool = True,
) -> Account:
    """A confirmed account with that password and those roles."""
    held = {Role.CONTRIBUTOR, *roles}
    account = Account(
        email=email,
        password=_hash(),
        fs_uniquifier=secrets.token_hex(16),
        confirmed_at=clock.now() if confirmed else None,
        name=name or email.partition("@")[0].replace(".", " ").title(),
        ui_language=ui_language,
        reads=list(reads) if Role.MODERATOR in held else [],
        serves=[str(track) for track in serves] if Role.MODERATOR in held else [],
        roles=list(session.scalars(select(RoleRow).where(RoleRow.name.in_(held)))),
    )
    session.add(account)
    session.flush()
    return account


@dataclass(frozen=True)
class Cast:
    """Who is in every story."""

    author: Account
    stranger: Account
    moderator: Account
    other_moderator: Account
    jurist_moderator: Account
    organiser: Account
    administrator: Account

    def actor(self, name: str) -> Actor:
        """That person as an operation takes them."""
        account: Account = getattr(self, name)
        return account.actor


def make_cast(session: Session) -> Cast:
    """Everybody, flushed but not committed. ``jurist_moderator`` reads French for jurists only."""
    return Cast(
        author=make_account(session, "author@example.org", name="Amina Auteur"),
        stranger=make_account(session, "stranger@example.org"),
        moderator=make_account(session, "moderator@example.org", Role.MODERATOR),
        other_moderator=make_account(session, "other.moderator@example.org", Role.MODERATOR),
        jurist_moderator=make_account(
            session,
            "jurist.moderator@example.org",
            Role.MODERATOR,
            reads=["fr"],
            serves=["jurist"],
        ),
        organiser=make_account(session, "organiser@example.org", Role.ORGANISER),
        administrator=make_account(session, "administrator@example.org", Role.ADMINISTRATOR),
    )
