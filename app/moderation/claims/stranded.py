"""Essays that wait though none of the moderators who serve them may decide on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import Subquery, func, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Actor, TrackCode
from app.moderation.claims.queries import moderators
from app.moderation.conflicts.queries import is_apart, kept_away

#: Who serves each track and language.
Lanes = Mapping[tuple[str, str], set[int]]


@dataclass(frozen=True, slots=True)
class Stranded:
    """What waits ``since`` then, and no moderator of its language and track may take in hand."""

    contribution_id: int
    number: str
    title: str
    language: str
    track: TrackCode
    since: datetime


def stranded_essays(session: Session, actor: Actor) -> list[Stranded]:
    """Those of them the organiser has no conflict of interest with, longest waiting first.

    Without those of a language and track that nobody serves at all. Four queries. Checks no
    permission.
    """
    lanes = _lanes(moderators(session))
    if not lanes:
        return []
    pairs = kept_away(set().union(*lanes.values())).subquery()
    freest = _freest(session, lanes, pairs)
    few = kept_away({*freest.values()}).subquery()
    is_freest = tuple_(Contribution.track, Contribution.language, few.c.account)
    # The state is no condition, lest the planner walk the whole queue instead of these few.
    rows = session.execute(
        select(
            Contribution.id,
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            Contribution.state,
            Contribution.waiting_since,
            pairs.c.account,
        )
        .join(few, few.c.essay == Contribution.id)
        .join(pairs, pairs.c.essay == Contribution.id)
        .where(is_freest.in_([(*lane, each) for lane, each in freest.items()]), is_apart()),
        {"me": actor.id},
    )
    away: defaultdict[Stranded, set[int]] = defaultdict(set)
    for row in rows:
        lane = (row.track, row.language)
        if row.state == State.SUBMITTED.value and row.account in lanes.get(lane, ()):
            track = TrackCode(row.track)
            essay = Stranded(row.id, row.number, row.title, row.language, track, row.waiting_since)
            away[essay].add(row.account)
    return sorted(
        (each for each, accounts in away.items() if accounts == lanes[each.track, each.language]),
        key=lambda essay: (essay.since, essay.contribution_id),
    )


def _lanes(there: Iterable[Account]) -> Lanes:
    lanes: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for each in there:
        for lane in product(each.serves, each.reads):
            lanes[lane].add(each.id)
    return lanes


def _freest(session: Session, lanes: Lanes, pairs: Subquery) -> dict[tuple[str, str], int]:
    """Of each lane the one who is kept away from the fewest essays. One query.

    What nobody there may decide on is among these few. The others' may be thousands, where
    somebody works for a large institution.
    """
    counted = select(pairs.c.account, func.count()).group_by(pairs.c.account)
    numbers: dict[int, int] = dict(iter(session.execute(counted)))
    return {
        lane: min(serving, key=lambda id: (numbers.get(id, 0), id))
        for lane, serving in lanes.items()
    }
