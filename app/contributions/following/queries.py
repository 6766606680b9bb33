"""Reads of a contribution's revisions, for looking back and for comparing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, defer, joinedload, raiseload

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.states import RevisionKind, State
from app.core.errors import NotFound
from app.core.policy import Actor
from app.editions.models import Question


@dataclass(frozen=True, slots=True)
class Mark:
    """A revision's number, what made it, and when."""

    number: int
    kind: RevisionKind
    created_at: datetime


def marks(session: Session, contribution_id: int) -> list[Mark]:
    """Of every revision, oldest first; none of the texts is read."""
    rows = session.execute(
        select(Revision.number, Revision.kind, Revision.created_at)
        .where(Revision.contribution_id == contribution_id)
        .order_by(Revision.number)
    )
    return [Mark(number, RevisionKind(kind), at) for number, kind, at in rows]


def numbered(session: Session, contribution_id: int, numbers: Iterable[int]) -> dict[int, Revision]:
    """Those revisions by their numbers, in one query. Raises NotFound where one is missing."""
    wanted = {*numbers}
    found = session.scalars(
        select(Revision)
        .where(Revision.contribution_id == contribution_id, Revision.number.in_(wanted))
        .options(raiseload("*"))
    )
    by_number = {revision.number: revision for revision in found}
    if set(by_number) != wanted:
        raise NotFound("revision.unknown")
    return by_number


def unfinished(
    session: Session, actor: Actor, email: str, *conditions: ColumnElement[bool]
) -> list[Contribution]:
    """What that person has begun or withdrawn, newest first, with its edition: for organisers.

    As far as it fulfils the conditions, in which ``me`` is the actor's account.

    Of a draft, which is its writer's own, neither title nor text is read.
    """
    found = session.scalars(
        select(Contribution)
        .join(Account, Account.id == Contribution.owner_id)
        .where(
            Account.email == email,
            Contribution.state.in_((State.DRAFT.value, State.WITHDRAWN.value)),
            *conditions,
        )
        .order_by(Contribution.id.desc())
        .options(joinedload(Contribution.edition), defer(Contribution.title), raiseload("*")),
        {"me": actor.id},
    )
    return list(found)


def extendable(session: Session, contribution_id: int) -> Contribution:
    """A contribution with its edition and its owner, without its title. Raises NotFound."""
    found = session.scalar(
        select(Contribution)
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.edition),
            joinedload(Contribution.owner).raiseload("*"),
            defer(Contribution.title),
            raiseload("*"),
        )
    )
    if found is None:
        raise NotFound("contribution.unknown")
    return found


def question_titles(session: Session, ids: Iterable[int | None]) -> dict[int, dict[str, str]]:
    """Titles of those questions by id."""
    wanted = {each for each in ids if each is not None}
    rows = session.execute(select(Question.id, Question.title).where(Question.id.in_(wanted)))
    return dict(rows.all())


def contribution_numbers(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """Citable numbers of those contributions by id."""
    wanted = {each for each in ids if each is not None}
    rows = session.execute(
        select(Contribution.id, Contribution.number).where(Contribution.id.in_(wanted))
    )
    return {each: number or "" for each, number in rows}
