"""As much of an account as every page wants to know of who is signed in.

Each signed-in request asks for it, so it is read as a row: the account as an object, with its roles
as objects, takes three times as long. Who wants to change an account gets that.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from json import loads
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, Text, cast, func, select

from app.accounts.models import Account, RoleRow, account_role, actor_of
from app.core.db import Reader
from app.core.policy import Actor


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who is signed in: Flask-Login’s current user.

    Attributes:
        name: as the person writes it, or else the address.
        is_demo: made by the demonstration.
    """

    id: int
    name: str
    email: str
    is_demo: bool
    actor: Actor
    is_authenticated: ClassVar[bool] = True

    @classmethod
    def of(cls, account: Account) -> "Identity":
        """That account's."""
        return cls(
            account.id,
            account.name or account.email,
            account.email,
            account.is_demo,
            account.actor,
        )


def identity(
    reader: Reader, condition: ColumnElement[bool], values: dict[str, Any]
) -> Identity | None:
    """That of the one active account the condition finds, if any. One query."""
    row = reader.execute(_row(condition), values).one_or_none()
    if row is None:
        return None
    actor = _actor(row.id, row.roles, row.reads, row.serves, row.translates, row.ui_language)
    return Identity(row.id, row.name or row.email, row.email, row.is_demo, actor)


@cache
def _row(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    roles = (
        select(func.aggregate_strings(RoleRow.name, ","))
        .join(account_role, account_role.c.role_id == RoleRow.id)
        .where(account_role.c.account_id == Account.id)
        .scalar_subquery()
    )
    return select(
        Account.id,
        Account.name,
        Account.email,
        Account.is_demo,
        Account.ui_language,
        # Lists as text: the same few people ask again and again.
        cast(Account.reads, Text).label("reads"),
        cast(Account.serves, Text).label("serves"),
        cast(Account.translates, Text).label("translates"),
        roles.label("roles"),
    ).where(condition, Account.active)


@lru_cache(maxsize=1024)
def _actor(
    id: int, roles: str | None, reads: str, serves: str, translates: str, ui_language: str
) -> Actor:
    return actor_of(
        id,
        roles=roles.split(",") if roles else (),
        reads=loads(reads),
        serves=loads(serves),
        translates=loads(translates),
        ui_language=ui_language,
    )
