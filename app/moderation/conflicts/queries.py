"""Whose part in an essay would be a conflict of interest: never offered, never shown, never theirs.

Own essays and those one is a co-author of, or asked to be; those of authors who work where one
works; those one has declared a conflict about; those one decided on, seconded the decision on, or
took down, before an appeal against it was granted.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    false,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import AuthorAffiliation, Contribution
from app.contributions.states import State
from app.core.db import Reader, word
from app.core.policy import Actor, TrackCode
from app.moderation.appeals.parts import Pair, set_aside
from app.moderation.conflicts.models import Conflict
from app.moderation.decisions.proposals import own_proposals, proposers


def conflicted(session: Reader, actor: Actor) -> dict[int, tuple[TrackCode, str]]:
    """What waits in the queue and is none of the actor's business: id, and its lane. One query."""
    found = none_of_mine().subquery()
    # The state is no condition, lest the planner walk the whole queue instead of these few.
    rows = session.execute(select(found), {"me": actor.id}).all()
    return {
        row.id: (TrackCode(row.track), row.language)
        for row in rows
        if row.state == State.SUBMITTED.value
    }


def is_conflicted(session: Session, actor: Actor, contribution_id: int) -> bool:
    """Whether this one is, in whatever state. One query."""
    found = conflicted_ids().subquery()
    ids = select(found.c.id).where(found.c.id == contribution_id).limit(1)
    return session.execute(ids, {"me": actor.id}).first() is not None


@cache
def none_of_mine() -> Select[*tuple[Any, ...]]:
    """What the account ``me`` is in conflict with, and what it has proposed to reject.

    The latter since nobody gives a second opinion on their own.
    """
    found = conflicted_ids().subquery()
    ids = union_all(
        select(found.c.id, false().label("is_own_proposal")),
        own_proposals().add_columns(true()),
    ).subquery()
    return select(
        Contribution.id,
        Contribution.track,
        Contribution.language,
        Contribution.state,
        ids.c.is_own_proposal,
    ).join(ids, ids.c.id == Contribution.id)


@cache
def conflicted_ids() -> CompoundSelect[Any]:
    """Ids of all contributions the account ``me`` is in conflict with, each by an index.

    One may come for several reasons: to leave them in costs less than to look for them.
    """
    me: ColumnElement[int] = bindparam("me")
    return union_all(*(_each(essay, account == me, *also) for account, essay, also in _pairs()))


def is_apart() -> ColumnElement[bool]:
    """Whether ``me`` has no conflict of interest with a contribution (of that statement)."""
    return Contribution.id.not_in(conflicted_ids())


def in_conflict(session: Session, contribution_id: int) -> set[int]:
    """The other way round: ids of all accounts that are in conflict with it. One query."""
    return set(session.scalars(_accounts(), {"it": contribution_id}))


def pairs_in_conflict(session: Session, ids: Collection[int]) -> set[tuple[int, int]]:
    """Both at once: accounts, and those of these contributions they conflict with. One query."""
    pairs = union_all(
        *(
            select(account, essay).where(essay.in_(ids), *also).correlate(None)
            for account, essay, also in _pairs()
        )
    )
    return {(account, essay) for account, essay in session.execute(pairs)}


def kept_away(accounts: Collection[int]) -> CompoundSelect[Any]:
    """Of these accounts each with what is none of theirs: ``account`` and ``essay``.

    What :func:`none_of_mine` is for one of them.
    """
    conflicts = (
        select(account.label("account"), essay.label("essay"))
        .where(account.in_(accounts), *also)
        .correlate(None)
        for account, essay, also in _pairs()
    )
    return union_all(*conflicts, proposers(accounts))


@cache
def _accounts() -> CompoundSelect[Any]:
    it: ColumnElement[int] = bindparam("it")
    return union_all(*(_each(account, essay == it, *also) for account, essay, also in _pairs()))


def _each(wanted: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    # Whatever statement this stands in, its tables are others than that one's.
    return select(wanted).where(*conditions).correlate(None)


def _pairs() -> tuple[Pair, ...]:
    """Every reason for a conflict of interest, each once."""
    is_asked = (Invitation.email == Account.email, Invitation.state == word(Answer.WAITING))
    same_place = (
        Account.affiliation_key == AuthorAffiliation.key,
        Account.affiliation_key != word(""),
    )
    return (
        (Contribution.owner_id, Contribution.id, ()),
        (
            Invitation.account_id,
            Invitation.contribution_id,
            (Invitation.state == word(Answer.CONFIRMED),),
        ),
        (Account.id, Invitation.contribution_id, is_asked),
        (Conflict.account_id, Conflict.contribution_id, ()),
        (Account.id, AuthorAffiliation.contribution_id, same_place),
        *set_aside(),
    )
