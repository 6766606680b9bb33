"""What waits for a moderator.

A *lane* is one language of one track. Within a lane the index is in the queue's order already, so
the queue is the merge of a moderator's lanes: however long it is, as many rows are read as shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.invitations.models import Answer, Invitation
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core import clock
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.editions.models import Question, Theme
from app.moderation import policy
from app.moderation.claims.models import Claim
from app.moderation.claims.queries import Hold

#: One takes what comes next rather than leafs through; a long page would only be slower.
PAGE: Final = 20

#: Nobody needs to know more exactly how many wait, and counting on would cost as much as there are.
MOST_COUNTED: Final = 99

Lane = tuple[TrackCode, str]
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the queue something stands: since when it waits, and its id."""

    since: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.since.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, value: str) -> "Place | None":
        """The place written that way in an address; None for anything else."""
        since, _, number = value.partition("~")
        try:
            moment, id = datetime.fromisoformat(since), int(number)
            place = cls(moment.astimezone(UTC), id)
        except (ValueError, OverflowError):
            return None
        return place if moment.tzinfo and 0 < id < 2**31 else None


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the queue. Its authors are not named: what has waited longest comes first.

    Attributes:
        subject: the question, or else the theme, by language.
        revision: its number; from 2 on it answers a request for changes.
    """

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    subject: dict[str, str]
    revision: int
    waiting_since: datetime
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Part of the queue, and where the next part begins (None at the end)."""

    items: list[QueueItem]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many wait; ``and_more`` where counting stopped at :data:`MOST_COUNTED`."""

    number: int
    and_more: bool = False


def lanes(actor: Actor, *, track: str | None = None, language: str | None = None) -> list[Lane]:
    """The actor's lanes, or those of that track or language; none for who doesn't moderate."""
    if not policy.moderates(actor):
        return []
    return [
        (code, tongue)
        for code in TrackCode
        if code in actor.serves and track in {None, code}
        for tongue in CODES
        if tongue in actor.reads and language in {None, tongue}
    ]


def queue(
    session: Session,
    actor: Actor,
    *,
    track: str | None = None,
    language: str | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> QueuePage:
    """What waits in the actor's lanes, without their own, longest waiting first. One query."""
    chosen = lanes(actor, track=track, language=language)
    if not chosen:
        return QueuePage([], None)
    rows = session.execute(
        _queue_statement(len(chosen), after is not None),
        _parameters(actor, chosen, limit + 1, after),
    ).all()
    items = [_item(actor, row) for row in rows[:limit]]
    more = len(rows) > limit
    return QueuePage(items, Place(items[-1].waiting_since, items[-1].id) if more else None)


def counts(session: Session, actor: Actor) -> dict[Lane, Count]:
    """How many wait in each of the actor's lanes, without their own; lanes with none are left out.

    One query: the lanes are counted in the index, and one's own, few as they are, taken off.
    """
    mine = lanes(actor)
    if not mine:
        return {}
    found, own = dict.fromkeys(mine, 0), dict.fromkeys(mine, 0)
    for track, language, number in session.execute(
        _counts_statement(len(mine)), _parameters(actor, mine, MOST_COUNTED + 1, None)
    ):
        (found if number > 0 else own)[TrackCode(track), language] = number
    return {
        lane: Count(MOST_COUNTED, and_more=True)
        if found[lane] > MOST_COUNTED
        else Count(found[lane] + own[lane])
        for lane in mine
        if found[lane] + own[lane]
    }


def waiting_ids(
    session: Session, actor: Actor, *, limit: int, only_free: bool = False
) -> Sequence[int]:
    """Ids in the queue's order; ``only_free`` leaves out what anybody holds. One query."""
    chosen = lanes(actor)
    if not chosen:
        return []
    return session.scalars(
        _ids_statement(len(chosen), only_free), _parameters(actor, chosen, limit, None)
    ).all()


def next_item(session: Session, actor: Actor) -> int | None:
    """Id of what has waited longest and nobody holds; None when there is nothing."""
    return next(iter(waiting_ids(session, actor, limit=1, only_free=True)), None)


_CO_AUTHORED: Final = and_(
    Invitation.account_id == bindparam("me"),
    Invitation.contribution_id == Contribution.id,
    Invitation.state == Answer.CONFIRMED.value,
)


@cache
def _counts_statement(count: int) -> CompoundSelect[Any]:
    """Of each lane the number that wait, and less than none for one's own among them."""
    # The state is no condition here, lest the planner walk the whole queue instead of one's own.
    own = (
        select(
            Contribution.track,
            Contribution.language,
            func.sum(case((Contribution.state == State.SUBMITTED.value, -1), else_=0)),
        )
        .where(Contribution.owner_id == bindparam("me"))
        .group_by(Contribution.track, Contribution.language)
    )
    return union_all(*(_lane_count(index) for index in range(count)), own)


def _lane_count(index: int) -> Rows:
    waiting = _in_lane(select(Contribution.id), index).limit(bindparam("limit")).subquery()
    return select(
        bindparam(f"track_{index}", type_=Contribution.track.type),
        bindparam(f"language_{index}", type_=Contribution.language.type),
        select(func.count()).select_from(waiting).scalar_subquery(),
    )


def _in_lane(rows: Rows, index: int) -> Rows:
    return rows.where(
        Contribution.state == State.SUBMITTED.value,
        Contribution.track == bindparam(f"track_{index}"),
        Contribution.language == bindparam(f"language_{index}"),
    )


@cache
def _merged(count: int, *, after: bool, only_free: bool = False) -> CompoundSelect[Any]:
    """That many lanes merged in the queue's order; their values are parameters."""
    statement = union_all(*(_lane(index, after, only_free) for index in range(count)))
    columns = statement.selected_columns
    return statement.order_by(columns.waiting_since, columns.id).limit(bindparam("limit"))


def _lane(index: int, after: bool, only_free: bool) -> Rows:
    narrowing: list[ColumnElement[bool]] = []
    if after:
        narrowing.append(
            tuple_(Contribution.waiting_since, Contribution.id)
            > tuple_(
                bindparam("since", type_=Contribution.waiting_since.type), bindparam("after_id")
            )
        )
    if only_free:
        held = and_(
            Claim.contribution_id == Contribution.id,
            Claim.expires_at > bindparam("now", type_=Claim.expires_at.type),
        )
        narrowing.append(~exists().where(held))
    return _in_lane(select(Contribution.id, Contribution.waiting_since), index).where(
        Contribution.owner_id != bindparam("me"), ~exists().where(_CO_AUTHORED), *narrowing
    )


@cache
def _ids_statement(count: int, only_free: bool) -> Select[int]:
    places = _merged(count, after=False, only_free=only_free).subquery()
    return select(places.c.id).order_by(places.c.waiting_since, places.c.id)


@cache
def _queue_statement(count: int, after: bool) -> Rows:
    """A page of the queue with all that its lines show. Built once for each number of lanes."""
    places = _merged(count, after=after).subquery()
    live = and_(
        Claim.contribution_id == places.c.id,
        Claim.expires_at > bindparam("now", type_=Claim.expires_at.type),
    )
    return (
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            Contribution.waiting_since,
            func.coalesce(Question.title, Theme.title, type_=Theme.title.type).label("subject"),
            Revision.number.label("revision"),
            Claim.moderator_id,
            Claim.expires_at,
            Account.name.label("holder"),
        )
        .select_from(places)
        .join(Contribution, Contribution.id == places.c.id)
        .join(Revision, Revision.id == Contribution.revision_id)
        .outerjoin(Question, Question.id == Contribution.question_id)
        .outerjoin(Theme, Theme.id == Contribution.theme_id)
        .outerjoin(Claim, live)
        .outerjoin(Account, Account.id == Claim.moderator_id)
        .order_by(places.c.waiting_since, places.c.id)
    )


def _parameters(
    actor: Actor, chosen: Iterable[Lane], limit: int, after: Place | None
) -> dict[str, Any]:
    values: dict[str, Any] = {"me": actor.id, "limit": limit, "now": clock.now()}
    for index, (track, language) in enumerate(chosen):
        values[f"track_{index}"] = track.value
        values[f"language_{index}"] = language
    return values | ({"since": after.since, "after_id": after.id} if after else {})


def _item(actor: Actor, row: Any) -> QueueItem:
    held = row.moderator_id is not None
    return QueueItem(
        id=row.id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        subject=row.subject or {},
        revision=row.revision,
        waiting_since=row.waiting_since,
        hold=Hold(row.holder, row.moderator_id == actor.id, row.expires_at) if held else None,
    )
