"""What a search finds for a person, and their runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.db import JSONValue
from app.core.errors import NotFound
from app.core.policy import Actor, can_organise
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import (
    KEPT_UNCONFIRMED,
    BulkItem,
    BulkRun,
    ItemState,
    RunState,
)
from app.moderation.conflicts.queries import is_apart
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.lanes import in_lanes
from app.moderation.policy import PRIVATE
from app.moderation.search.conditions import conditions
from app.moderation.search.language import Search

MOST: Final = 5_000
SHOWN: Final = 5
PAGE: Final = 50
RUNS: Final = 20
_KEPT: Final = tuple(state.value for state in State if state not in PRIVATE)


@dataclass(frozen=True, slots=True)
class Found:
    """One contribution of a search, without its authors."""

    number: str
    title: str
    language: str
    track: str


def count(session: Session, actor: Actor, search: Search) -> int:
    """How many it finds; one more than :data:`MOST` where there are more. One query."""
    ids = found(actor, search, Contribution.id).limit(MOST + 1).subquery()
    return session.scalars(select(func.count()).select_from(ids)).one()


def first(session: Session, actor: Actor, search: Search) -> list[Found]:
    """The first :data:`SHOWN` it finds, in the queue's order. One query."""
    rows = session.execute(found(actor, search, *_LINE).limit(SHOWN))
    return [Found(number or "", *rest) for number, *rest in rows]


def as_items(actor: Actor, search: Search, run_id: int) -> Select[*tuple[Any, ...]]:
    """All it finds as rows of that run, as they are now; one more than :data:`MOST` at most."""
    standing = (
        select(func.max(Decision.id))
        .where(
            Decision.contribution_id == Contribution.id,
            ~exists().where(
                DecisionMark.decision_id == Decision.id, DecisionMark.kind == MarkKind.UNDONE.value
            ),
        )
        .scalar_subquery()
    )
    newest = (
        select(Revision.number).where(Revision.id == Contribution.revision_id).scalar_subquery()
    )
    return found(
        actor,
        search,
        literal(run_id),
        Contribution.id,
        func.coalesce(newest, 0),
        standing,
        literal(ItemState.WAITING.value),
        literal(""),
        literal({}, JSONValue),
    ).limit(MOST + 1)


def is_found(session: Session, actor: Actor, contribution_id: int) -> bool:
    """Whether any search could find it for that person. One query."""
    visible = select(Contribution.id).where(*_scope(actor), Contribution.id == contribution_id)
    return session.scalar(visible.params(me=actor.id)) is not None


_LINE: Final = (
    Contribution.number,
    Contribution.title,
    Contribution.language,
    Contribution.track,
)


def found(actor: Actor, search: Search, *columns: Any) -> Select[*tuple[Any, ...]]:
    """What a search finds, in the queue's order.

    As in their lists: moderators find what waits in their lanes, unless the search says another
    state, organisers everything that was handed in; nobody what they are in conflict with.
    """
    wanted = (
        select(*columns)
        .select_from(Contribution)
        .where(*_scope(actor), *conditions(search, actor))
        .order_by(Contribution.waiting_since, Contribution.id)
    )
    if not can_organise(actor) and not any(term.key == "state" for term in search.terms):
        wanted = wanted.where(Contribution.state == State.SUBMITTED.value)
    return wanted.params(me=actor.id)


def _scope(actor: Actor) -> list[ColumnElement[bool]]:
    """What of all contributions concerns that person; ``me`` is their account's id."""
    kept = Contribution.state.in_(_KEPT)
    if can_organise(actor):
        return [kept, is_apart()]
    return [kept, in_lanes(actor), is_apart()]


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run, and how many of its items have come to what end."""

    id: int
    action: Action
    search: str
    state: RunState
    asked_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None
    choices: dict[str, Any]
    waiting: int
    done: int
    refused: int

    @property
    def number(self) -> int:
        return self.waiting + self.done + self.refused

    @property
    def is_confirmed(self) -> bool:
        """Whether it is to be done, or was given up before: nothing to look at and confirm."""
        return self.confirmed_at is not None or self.state is not RunState.WAITING

    @property
    def confirmable_until(self) -> datetime:
        """When its list expires, if nobody confirms it."""
        return self.asked_at + KEPT_UNCONFIRMED

    @property
    def is_expired(self) -> bool:
        """Whether nobody confirmed it in time: its choices can be begun from, no more."""
        return not self.is_confirmed and self.confirmable_until <= clock.now()

    @property
    def is_open(self) -> bool:
        """Whether the worker has still to do with it."""
        return self.is_confirmed and self.state in {RunState.WAITING, RunState.RUNNING}

    def of_state(self, state: ItemState) -> int:
        """How many items have that answer."""
        return {
            ItemState.WAITING: self.waiting,
            ItemState.DONE: self.done,
            ItemState.REFUSED: self.refused,
        }[state]


def runs(
    session: Session, actor: Actor, *, before: int | None = None
) -> tuple[list[RunLine], int | None]:
    """The actor's runs, the newest first, and where the next page begins. One query."""
    wanted = _runs(actor).order_by(BulkRun.id.desc()).limit(RUNS + 1)
    if before is not None:
        wanted = wanted.where(BulkRun.id < before)
    rows = [_line(*row) for row in session.execute(wanted)]
    return rows[:RUNS], rows[RUNS - 1].id if len(rows) > RUNS else None


def run(session: Session, actor: Actor, run_id: int) -> RunLine:
    """One of the actor's own. Raises NotFound for everybody else. One query."""
    row = session.execute(_runs(actor).where(BulkRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("bulk.unknown")
    return _line(*row)


def receiver(session: Session, run: RunLine) -> str:
    """The name of who is given them. One query, where they are given to anybody."""
    if "to" not in run.choices:
        return ""
    return session.scalar(select(Account.name).where(Account.id == run.choices["to"])) or ""


def _runs(actor: Actor) -> Select[*tuple[Any, ...]]:
    numbers = [
        func.count(BulkItem.contribution_id).filter(BulkItem.state == state.value)
        for state in (ItemState.WAITING, ItemState.DONE, ItemState.REFUSED)
    ]
    return (
        select(BulkRun, *numbers)
        .outerjoin(BulkItem, BulkItem.run_id == BulkRun.id)
        .where(BulkRun.account_id == actor.id)
        .group_by(BulkRun.id)
    )


def _line(row: BulkRun, waiting: int, done: int, refused: int) -> RunLine:
    return RunLine(
        id=row.id,
        action=Action(row.action),
        search=row.search,
        state=RunState(row.state),
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        finished_at=row.finished_at,
        choices=row.choices,
        waiting=waiting,
        done=done,
        refused=refused,
    )


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One contribution of a run, and the answer: ``code`` and ``data`` of a refusal.

    Attributes:
        title: "" of what is not the person's to see any more: withdrawn or taken down, out of
            their lanes, in conflict with them.
    """

    id: int
    number: str
    title: str
    language: str
    track: str
    revision: int
    state: ItemState
    code: str
    data: dict[str, Any]


def items(
    session: Session,
    actor: Actor,
    run_id: int,
    *,
    only: ItemState | None = None,
    after: int | None = None,
) -> tuple[list[ItemLine], int | None]:
    """Part of a run, or of its items with that answer, and where the next begins. One query."""
    is_there = and_(*_scope(actor), Contribution.state != State.REMOVED.value)
    wanted = (
        select(
            Contribution.id,
            Contribution.number,
            case((is_there, Contribution.title), else_=""),
            Contribution.language,
            Contribution.track,
            BulkItem.revision,
            BulkItem.state,
            BulkItem.code,
            BulkItem.data,
        )
        .join(BulkItem, BulkItem.contribution_id == Contribution.id)
        .where(BulkItem.run_id == run_id)
        .order_by(BulkItem.contribution_id)
        .limit(PAGE + 1)
    )
    if only is not None:
        wanted = wanted.where(BulkItem.state == only.value)
    if after is not None:
        wanted = wanted.where(BulkItem.contribution_id > after)
    rows = session.execute(wanted.params(me=actor.id)).all()
    lines = [
        ItemLine(id, number or "", title, language, track, revision, ItemState(state), code, data)
        for id, number, title, language, track, revision, state, code, data in rows[:PAGE]
    ]
    return lines, lines[-1].id if len(rows) > PAGE else None


def is_takeable(now: datetime) -> Any:
    """Whether a worker may begin with a run: it is confirmed and waits, or its worker has died."""
    dead = or_(BulkRun.leased_until.is_(None), BulkRun.leased_until < now)
    return or_(
        and_(BulkRun.state == RunState.WAITING.value, BulkRun.confirmed_at.is_not(None)),
        and_(BulkRun.state == RunState.RUNNING.value, dead),
    )
