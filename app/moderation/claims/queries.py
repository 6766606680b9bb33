"""Who has what in hand, and who could be given it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, raiseload, selectinload

from app.accounts.models import Account, RoleRow
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.db import Reader
from app.core.policy import Actor, Role, TrackCode
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import policy
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import in_conflict, is_apart
from app.moderation.decisions.proposals import open_proposal


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim that has not run out: whose it is, and until when."""

    name: str
    mine: bool
    until: datetime

    @property
    def seconds(self) -> int:
        """How many are left."""
        return int((self.until - clock.now()).total_seconds())


@dataclass(frozen=True, slots=True)
class InHand:
    """One essay somebody holds.

    Attributes:
        appeal_id: the appeal against the decision on it, where that is what they hold.
    """

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    holder_id: int
    holder: str
    until: datetime
    appeal_id: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """A moderator something may be given to, and how many they hold."""

    id: int
    name: str
    in_hand: int


def in_hand(session: Reader, moderator_id: int, *, limit: int) -> list[InHand]:
    """What that moderator holds, what runs out next first: so many of it. One query."""
    wanted = _in_hand().where(Claim.moderator_id == bindparam("moderator"))
    values = {"now": clock.now(), "moderator": moderator_id, "limit": limit}
    return [_held(row) for row in session.execute(wanted, values)]


def in_all_hands(
    session: Session, actor: Actor, *, after: tuple[datetime, int] | None, limit: int
) -> list[InHand]:
    """What anybody holds, after that moment and id, in that order. One query.

    Who moderates one's own essay is told to no author; what else is in conflict with the actor, it
    is not for them to give to another.
    """
    wanted = _in_hand().where(is_apart())
    if after is not None:
        wanted = wanted.where(tuple_(Claim.expires_at, Contribution.id) > tuple_(*after))
    values = {"now": clock.now(), "me": actor.id, "limit": limit}
    return [_held(row) for row in session.execute(wanted, values)]


def hold_of(session: Session, contribution_id: int) -> InHand | None:
    """Who holds it, None where nobody does. One query."""
    wanted = _in_hand().where(Contribution.id == contribution_id)
    row = session.execute(wanted, {"now": clock.now(), "limit": 1}).first()
    return _held(row) if row else None


def _held(row: Any) -> InHand:
    return InHand(
        id=row.id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        holder_id=row.moderator_id,
        holder=row.name,
        until=row.expires_at,
        appeal_id=row.appeal_id,
    )


@cache
def _in_hand() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            Claim.moderator_id,
            Account.name,
            Claim.expires_at,
            Appeal.id.label("appeal_id"),
        )
        .join(Claim, Claim.contribution_id == Contribution.id)
        .join(Account, Account.id == Claim.moderator_id)
        .outerjoin(
            Appeal,
            and_(
                Appeal.id == _last_open_appeal(),
                Contribution.state != State.SUBMITTED.value,
            ),
        )
        .where(Claim.expires_at > bindparam("now", type_=Claim.expires_at.type))
        .order_by(Claim.expires_at, Contribution.id)
        .limit(bindparam("limit"))
    )


def _last_open_appeal() -> Any:
    """Id of the last appeal that was not answered; an earlier one may have become needless."""
    wanted = select(func.max(Appeal.id)).where(
        Appeal.contribution_id == Contribution.id, Appeal.outcome == Outcome.OPEN.value
    )
    return wanted.correlate(Contribution).scalar_subquery()


def moderators(session: Session) -> Sequence[Account]:
    """All who can sign in and moderate, by name. Two queries."""
    return session.scalars(
        select(Account)
        .options(selectinload(Account.roles), raiseload("*"))
        .where(
            Account.active,
            Account.confirmed_at.is_not(None),
            Account.roles.any(RoleRow.name == Role.MODERATOR),
        )
        .order_by(Account.name, Account.id)
    ).all()


def numbers_in_hand(session: Session) -> dict[int, int]:
    """How many each moderator holds; who holds none is left out. One query."""
    rows = session.execute(
        select(Claim.moderator_id, func.count())
        .where(Claim.expires_at > clock.now())
        .group_by(Claim.moderator_id)
    )
    return dict(iter(rows))


def colleagues(
    session: Session, contribution: Contribution, but: int | None = None
) -> list[Colleague]:
    """Whom the contribution may be given to, those with least in hand first. Five queries."""
    numbers = numbers_in_hand(session)
    proposal = open_proposal(session, contribution.id)
    # The second opinion is somebody else's.
    proposer = proposal.moderator_id if proposal else None
    kept_away = in_conflict(session, contribution.id)
    found = [
        Colleague(each.id, each.name or each.email, numbers.get(each.id, 0))
        for each in moderators(session)
        if each.id not in {but, proposer}
        and policy.can_be_given(each.actor, contribution, conflicted=each.id in kept_away)
    ]
    return sorted(found, key=lambda each: each.in_hand)
