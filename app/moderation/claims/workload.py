"""Who has how much to do, for organisers: by moderator and by lane."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.queries import authored_by
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditEntry
from app.core.errors import Forbidden
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.moderation.claims import policy, queries
from app.moderation.claims.queries import InHand
from app.moderation.decisions.models import Decision
from app.moderation.queue.queries import PAGE, Place

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Load:
    """One moderator's.

    Attributes:
        week, month: decisions in the last 7 and 30 days.
        days: median days from a revision's submission to the decision on it, of the last 30 days;
            None without a decision.
        active_at: of the last act of theirs that left an entry.
    """

    id: int
    name: str
    languages: tuple[str, ...]
    tracks: tuple[TrackCode, ...]
    in_hand: int
    week: int
    month: int
    days: float | None
    active_at: datetime | None


@dataclass(frozen=True, slots=True)
class LaneLoad:
    """What waits in one language of a track, since when, and who serves it."""

    track: TrackCode
    language: str
    waiting: int
    oldest: datetime
    served_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything on the organisers' page; ``after`` is where the next of ``in_hand`` begin."""

    moderators: list[Load]
    lanes: list[LaneLoad]
    in_hand: list[InHand]
    after: Place | None


def workload(session: Session, actor: Actor, *, after: Place | None = None) -> Workload:
    """Who has how much to do; ``after`` continues what they have in hand.

    Seven queries, whatever there is. Raises Forbidden.
    """
    if not policy.can_see_workload(actor):
        raise Forbidden("forbidden")
    moderators = queries.moderators(session)
    numbers = queries.numbers_in_hand(session)
    spans = _spans(session)
    active = _last_active(session, [each.id for each in moderators])
    week_ago = clock.now() - WEEK
    loads = []
    for each in moderators:
        made = spans.get(each.id, [])
        loads.append(
            Load(
                id=each.id,
                name=each.name or each.email,
                languages=tuple(code for code in CODES if code in each.reads),
                tracks=tuple(code for code in TrackCode if code in each.serves),
                in_hand=numbers.get(each.id, 0),
                week=sum(at >= week_ago for at, _ in made),
                month=len(made),
                days=median(span / timedelta(days=1) for _, span in made) if made else None,
                active_at=active.get(each.id),
            )
        )
    since = (after.since, after.id) if after else None
    held = queries.in_all_hands(session, actor, after=since, limit=PAGE + 1)
    more = Place(held[PAGE - 1].until, held[PAGE - 1].id) if len(held) > PAGE else None
    return Workload(loads, _lanes(session, actor, moderators), held[:PAGE], more)


def _spans(session: Session) -> dict[int, list[tuple[datetime, timedelta]]]:
    """By moderator: when each decision of the last month was made, and how long it was awaited."""
    found: defaultdict[int, list[tuple[datetime, timedelta]]] = defaultdict(list)
    for moderator_id, decided_at, submitted_at in session.execute(
        select(Decision.moderator_id, Decision.decided_at, Revision.created_at)
        .join(Revision, Revision.id == Decision.revision_id)
        .where(Decision.decided_at >= clock.now() - MONTH)
    ):
        found[moderator_id].append((decided_at, decided_at - submitted_at))
    return found


def _last_active(session: Session, moderators: list[int]) -> dict[int, datetime]:
    """By moderator: the moment of their newest entry, found by the index of actors."""
    newest = (
        select(func.max(AuditEntry.id))
        .where(AuditEntry.actor_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    ids = select(newest).where(Account.id.in_(moderators))
    rows = session.execute(select(AuditEntry.actor_id, AuditEntry.at).where(AuditEntry.id.in_(ids)))
    return {actor_id: at for actor_id, at in rows if actor_id is not None}


def ageing(session: Session, actor: Actor, until: datetime) -> list[LaneLoad]:
    """The lanes in which essays wait since before then, with how many. Three queries."""
    return _lanes(session, actor, queries.moderators(session), Contribution.waiting_since <= until)


def _lanes(
    session: Session,
    actor: Actor,
    moderators: Iterable[Account],
    *conditions: ColumnElement[bool],
) -> list[LaneLoad]:
    """The lanes in which something (of that kind) waits; that with the oldest first."""
    rows = session.execute(
        select(
            Contribution.track,
            Contribution.language,
            func.count(),
            func.min(Contribution.waiting_since, type_=Contribution.waiting_since.type),
        )
        .where(Contribution.state == State.SUBMITTED.value, not_(authored_by(actor)), *conditions)
        .group_by(Contribution.track, Contribution.language)
    )
    found = [
        LaneLoad(
            track=TrackCode(track),
            language=language,
            waiting=number,
            oldest=oldest,
            served_by=tuple(
                each.name or each.email
                for each in moderators
                if track in each.serves and language in each.reads
            ),
        )
        for track, language, number, oldest in rows
        if oldest is not None
    ]
    return sorted(found, key=lambda lane: lane.oldest)
