"""Accounts and roles. The one room whose models know a web library: Flask-Security's mix-ins."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from flask_security import RoleMixin, UserMixin
from flask_security.utils import verify_password
from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core import clock
from app.core.affiliations import institution
from app.core.db import Base
from app.core.policy import Actor, Role, TrackCode

account_role = Table(
    "account_role",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True, index=True),
)


class Digest(StrEnum):
    """How often a moderator hears by mail what waits."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class RoleRow(Base, RoleMixin):
    """A role as Flask-Security stores it; the names are those of :class:`app.core.policy.Role`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

    # Flask-Security asks each role for permissions; ours are predicates in code.
    permissions: ClassVar[None] = None  # type: ignore[misc]


class EndedSession(Base):
    """A sign-in that its holder has ended, by the name in its cookies (``accounts/sessions``)."""

    __tablename__ = "ended_session"

    sign_in: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Account(Base, UserMixin):
    """A person.

    Attributes:
        email: stored in lower case, unique.
        name: as the person writes it; ``latin_name`` in Latin script, where it differs.
        ui_language: what pages and mails address the person in.
        reads: languages a moderator reads. ``serves``: tracks. ``translates``: pairs ``"fr:ar"``.
        affiliation_key: the institution of the affiliation, comparable, kept by this class.
        wants_reminders: mails before a call closes, of drafts not submitted yet.
        digest: how often a moderator or organiser is told by mail what waits (:class:`Digest`).
        digest_sent_at: when that was last done.
        deleted_at: since when nothing is left of it but its number (``accounts/personal``).
        is_demo: made by the demonstration; listed on the sign-in page there.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "digest IN (" + ", ".join(f"'{each.value}'" for each in Digest) + ")",
            name="known_digest",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="")
    latin_name: Mapped[str] = mapped_column(default="")
    affiliation: Mapped[str] = mapped_column(default="")
    affiliation_key: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    ui_language: Mapped[str] = mapped_column(default="en")
    reads: Mapped[list[str]] = mapped_column(default=list)
    serves: Mapped[list[str]] = mapped_column(default=list)
    translates: Mapped[list[str]] = mapped_column(default=list)
    is_demo: Mapped[bool] = mapped_column(default=False)
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(default=Digest.WEEKLY.value)
    digest_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]

    roles: Mapped[list[RoleRow]] = relationship(  # type: ignore[assignment]
        secondary=account_role, lazy="selectin"
    )

    @validates("affiliation")
    def _compare(self, _name: str, affiliation: str) -> str:
        self.affiliation_key = institution(affiliation)
        return affiliation

    def verify_and_update_password(self, password: str) -> bool:
        """Only compare: a sign-in writes nothing, so it never waits for the database's one writer.

        A stronger hash comes with the next change of the password.
        """
        return bool(verify_password(password, self.password))

    @property
    def actor(self) -> Actor:
        """The frozen value operations take."""
        return actor_of(
            self.id,
            roles=[role.name for role in self.roles],
            reads=self.reads,
            serves=self.serves,
            translates=self.translates,
            ui_language=self.ui_language,
        )


def actor_of(
    id: int,
    *,
    roles: Iterable[str],
    reads: Iterable[str],
    serves: Iterable[str],
    translates: Iterable[str],
    ui_language: str,
) -> Actor:
    """The actor of an account in which that is written."""
    return Actor(
        id=id,
        roles=frozenset(Role(role) for role in roles),
        reads=frozenset(reads),
        serves=frozenset(TrackCode(code) for code in serves),
        translates=frozenset(
            (source, target) for source, _, target in (pair.partition(":") for pair in translates)
        ),
        ui_language=ui_language,
    )
