"""What a search finds for a person, and their runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.policy import can_organise
from app.contributions.states import State
from app.core.errors import NotFound
from app.core.policy import Actor
from app.moderation.bulk.acts import Action
from app.moderation.bulk.models import BulkItem, BulkRun, ItemState, RunState
from app.moderation.conflicts.queries import conflicted_ids
from app.moderation.policy import PRIVATE, moderates
from app.moderation.search.conditions import conditions
from app.moderation.search.language import Search

MOST: Final = 1_000
SHOWN: Final = 20
PAGE: Final = 50
_KEPT: Final = tuple(state.value for state in State if state not in PRIVATE)


@dataclass(frozen=True, slots=True)
class Found:
    """One contribution of a search, without its authors."""

    id: int
    number: str
    title: str
    language: str
    track: str


def found(session: Session, actor: Actor, search: Search) -> list[int]:
    """Ids of all it finds, in the queue's order; one more than :data:`MOST` where there are more.

    As in their lists: moderators find what waits in their lanes, unless the search says another
    state, and isn't in conflict with them; organisers everything that was handed in. One query.
    """
    wanted = (
        select(Contribution.id)
        .where(*_scope(actor), *conditions(search, actor))
        .order_by(Contribution.waiting_since, Contribution.id)
        .limit(MOST + 1)
    )
    if not can_organise(actor) and not any(term.key == "state" for term in search.terms):
        wanted = wanted.where(Contribution.state == State.SUBMITTED.value)
    return list(session.scalars(wanted, {"me": actor.id}))


def _scope(actor: Actor) -> list[Any]:
    kept = Contribution.state.in_(_KEPT)
    if can_organise(actor):
        return [kept]
    if not moderates(actor):
        return [Contribution.id.is_(None)]
    conflicts = conflicted_ids().subquery()
    return [
        kept,
        Contribution.track.in_(sorted(actor.serves)),
        Contribution.language.in_(sorted(actor.reads)),
        not_(Contribution.id.in_(select(conflicts.c.id))),
    ]


def titles(session: Session, ids: Sequence[int]) -> list[Found]:
    """The first of them, as they are shown before anything is done. One query."""
    first = list(ids[:SHOWN])
    rows = session.execute(
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
        ).where(Contribution.id.in_(first))
    )
    lines = [Found(id, number or "", *rest) for id, number, *rest in rows]
    return sorted(lines, key=lambda each: first.index(each.id))


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run, and how many of its items have come to what end."""

    id: int
    action: Action
    search: str
    state: RunState
    asked_at: datetime
    finished_at: datetime | None
    choices: dict[str, Any]
    waiting: int
    done: int
    refused: int

    @property
    def number(self) -> int:
        return self.waiting + self.done + self.refused

    @property
    def is_open(self) -> bool:
        """Whether the worker has still to do with it."""
        return self.state in {RunState.WAITING, RunState.RUNNING}


def runs(session: Session, actor: Actor) -> list[RunLine]:
    """The actor's newest runs. One query."""
    rows = session.execute(_runs(actor).order_by(BulkRun.id.desc()).limit(PAGE))
    return [_line(*row) for row in rows]


def run(session: Session, actor: Actor, run_id: int) -> RunLine:
    """One of the actor's own. Raises NotFound for everybody else. One query."""
    row = session.execute(_runs(actor).where(BulkRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("bulk.unknown")
    return _line(*row)


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
        finished_at=row.finished_at,
        choices=row.choices,
        waiting=waiting,
        done=done,
        refused=refused,
    )


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One contribution of a run, and the answer: ``code`` and ``data`` of a refusal."""

    number: str
    title: str
    language: str
    state: ItemState
    code: str
    data: dict[str, Any]


def items(session: Session, run_id: int) -> list[ItemLine]:
    """All of a run, those that were refused first. One query."""
    rows = session.execute(
        select(
            Contribution.number,
            Contribution.title,
            Contribution.language,
            BulkItem.state,
            BulkItem.code,
            BulkItem.data,
        )
        .join(BulkItem, BulkItem.contribution_id == Contribution.id)
        .where(BulkItem.run_id == run_id)
        .order_by((BulkItem.state == ItemState.REFUSED.value).desc(), Contribution.id)
    )
    return [
        ItemLine(number or "", title, language, ItemState(state), code, data)
        for number, title, language, state, code, data in rows
    ]


def is_takeable(now: datetime) -> Any:
    """Whether a worker may begin with a run: it waits, or its worker has died."""
    dead = or_(BulkRun.leased_until.is_(None), BulkRun.leased_until < now)
    return or_(
        BulkRun.state == RunState.WAITING.value,
        and_(BulkRun.state == RunState.RUNNING.value, dead),
    )
