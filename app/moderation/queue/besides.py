"""What there is to do for a moderator beside the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from app.core import clock
from app.core.db import Reader
from app.core.policy import Actor
from app.moderation.appeals import queries as appeals
from app.moderation.claims.models import Claim
from app.moderation.conflicts.queries import conflicts
from app.moderation.queue.queries import Count
from app.moderation.reports import queries as reports


@dataclass(frozen=True, slots=True)
class Besides:
    """What waits beside the queue.

    Attributes:
        in_hand: whether the moderator holds anything.
        appeals, cases: how many wait for them.
    """

    in_hand: bool
    appeals: Count
    cases: Count


def besides(
    session: Reader,
    actor: Actor,
    excluded: Sequence[int] | None = None,
    *,
    until: datetime | None = None,
) -> Besides:
    """What there is for a moderator; cases for organisers, too. Two queries.

    Without what they are in conflict with; ``excluded`` is that, where it is known already. Of
    appeals and cases those that have waited since ``until``, if that is said.
    """
    if excluded is None:
        excluded = conflicts(session, actor).ids
    values = {"me": actor.id, "now": clock.now(), "excluded": excluded, "until": until}
    row = session.execute(_besides(actor, until is not None), values).one()
    return Besides(bool(row.in_hand), Count.of(row.appeals), Count.of(row.cases))


@lru_cache(maxsize=256)
def _besides(actor: Actor, dated: bool) -> Select[*tuple[Any, ...]]:
    now = bindparam("now", type_=Claim.expires_at.type)
    held = exists().where(Claim.moderator_id == bindparam("me"), Claim.expires_at > now)
    return select(
        held.label("in_hand"),
        appeals.counting(actor, dated=dated).scalar_subquery().label("appeals"),
        reports.counting(actor, dated=dated).scalar_subquery().label("cases"),
    )
