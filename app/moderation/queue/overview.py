"""How much there is to do for a moderator: in the queue, and beside it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    func,
    select,
    text,
    union_all,
)

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.db import Reader, word
from app.core.policy import Actor, TrackCode
from app.moderation.appeals import queries as appeals
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import none_of_mine
from app.moderation.queue.queries import MOST_COUNTED, WAITS, Count, Lane, lanes
from app.moderation.reports import queries as reports

Rows = Select[*tuple[Any, ...]]

_LANE: Final = "lane"
_CONFLICT: Final = "conflict"
_IN_HAND: Final = "in_hand"
_APPEALS: Final = "appeals"
_CASES: Final = "cases"
_NOWHERE: Final = word("")


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to do.

    Attributes:
        waiting: how many wait in each of the moderator's lanes; those with none are left out.
        conflicts: what waits and is none of the moderator's business: id, and its lane.
        in_hand: whether the moderator holds anything.
        appeals, cases: how many wait for them.
    """

    waiting: dict[Lane, Count]
    conflicts: dict[int, Lane]
    in_hand: bool
    appeals: Count
    cases: Count


def overview(session: Reader, actor: Actor, *, until: datetime | None = None) -> Overview:
    """What there is for a moderator; of the cases also for an organiser. One query.

    Without what they are in conflict with. Of appeals and cases those that have waited since
    ``until``, if that is said.
    """
    values = {"me": actor.id, "now": clock.now(), "until": until}
    numbers: dict[Lane, int] = {}
    conflicts: dict[int, Lane] = {}
    beside: dict[str, int] = {}
    for what, track, language, number in session.execute(_overview(actor, bool(until)), values):
        if what == _LANE:
            numbers[TrackCode(track), language] = number
        elif what == _CONFLICT:
            conflicts[number] = TrackCode(track), language
        else:
            beside[what] = number
    # The lanes are counted in the index; the few that are none of theirs are taken off.
    off = Counter(conflicts.values())
    left = {lane: number - off[lane] for lane, number in numbers.items()}
    return Overview(
        waiting={lane: Count.of(number) for lane, number in left.items() if number},
        conflicts=conflicts,
        in_hand=bool(beside[_IN_HAND]),
        appeals=Count.of(beside[_APPEALS]),
        cases=Count.of(beside[_CASES]),
    )


@lru_cache(maxsize=256)
def _overview(actor: Actor, dated: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows of what is counted, and in which lane if in any."""
    theirs = none_of_mine().cte("none_of_mine")
    excluded = select(theirs.c.id).where(~theirs.c.is_own_proposal)
    now = bindparam("now", type_=Claim.expires_at.type)
    held = select(func.count()).where(Claim.moderator_id == bindparam("me"), Claim.expires_at > now)
    mine = lanes(actor)
    return union_all(
        *([_lanes(mine, theirs)] if mine else []),
        _row(_CONFLICT, theirs.c.id, theirs.c.track, theirs.c.language).where(
            theirs.c.state == State.SUBMITTED.value
        ),
        _row(_IN_HAND, held.scalar_subquery()),
        _row(_APPEALS, appeals.counting(actor, excluded, dated=dated).scalar_subquery()),
        _row(_CASES, reports.counting(actor, excluded, dated=dated).scalar_subquery()),
    )


def _lanes(chosen: tuple[Lane, ...], theirs: CTE) -> Rows:
    """Of each lane the number that wait, as far as anybody needs to know. It is two words."""
    words = (f"SELECT '{track}' AS track, '{language}' AS language" for track, language in chosen)
    lane = text(" UNION ALL ".join(words)).columns(track=Text, language=Text).subquery("lane")
    within = (
        select(Contribution.id)
        .where(
            WAITS,
            Contribution.track == lane.c.track,
            Contribution.language == lane.c.language,
        )
        .limit(select(func.count() + MOST_COUNTED + 1).select_from(theirs).scalar_subquery())
        .correlate(lane)
        .subquery()
    )
    number = select(func.count()).select_from(within).scalar_subquery()
    return _row(_LANE, number, lane.c.track, lane.c.language)


def _row(what: str, number: Any, track: Any = _NOWHERE, language: Any = _NOWHERE) -> Rows:
    return select(
        word(what).label("what"),
        track.label("track"),
        language.label("language"),
        number.label("number"),
    )
