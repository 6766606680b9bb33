"""Essays that wait though none of the moderators who serve them may decide on them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Actor, TrackCode
from app.moderation.claims.queries import moderators
from app.moderation.conflicts.queries import is_apart, kept_away


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

    Without those of a language and track that nobody serves at all. Three queries. Checks no
    permission.
    """
    there = moderators(session)
    pairs = kept_away([each.id for each in there]).subquery()
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
        .join(pairs, pairs.c.essay == Contribution.id)
        .where(is_apart()),
        {"me": actor.id},
    )
    away: defaultdict[Stranded, set[int]] = defaultdict(set)
    for row in rows:
        if row.state == State.SUBMITTED.value:
            track = TrackCode(row.track)
            essay = Stranded(row.id, row.number, row.title, row.language, track, row.waiting_since)
            away[essay].add(row.account)
    return sorted(
        (
            essay
            for essay, accounts in away.items()
            if (serving := _serving(there, essay)) and serving <= accounts
        ),
        key=lambda essay: (essay.since, essay.contribution_id),
    )


def _serving(there: Iterable[Account], essay: Stranded) -> set[int]:
    return {
        each.id for each in there if essay.track in each.serves and essay.language in each.reads
    }
