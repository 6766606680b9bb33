"""What was noticed about an essay, for the moderator who reads it."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, raiseload

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import Actor
from app.moderation import policy
from app.moderation.conflicts.queries import conflicted_ids
from app.moderation.policy import PRIVATE
from app.moderation.signs.inspecting import DUPLICATE
from app.moderation.signs.models import Inspection, Resemblance

HISTORY: Final = "history"

#: What becomes of a contribution, for :func:`history`; all others wait.
OUTCOMES: Final = {
    State.ACCEPTED: "accepted",
    State.PUBLISHED: "accepted",
    State.REJECTED: "rejected",
    State.SPAM: "spam",
    State.REMOVED: "removed",
}
#: Of essays that resemble one; who has that sent in over and over says nothing new with the rest.
MOST_SHOWN: Final = 10

_KEPT: Final = tuple(state.value for state in State if state not in PRIVATE)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another essay that shares ``percent`` with this one.

    Attributes:
        id: None where it isn't this moderator's to read.
        is_later: whether it was handed in after this one.
    """

    id: int | None
    number: str
    percent: int
    is_later: bool

    @property
    def key(self) -> str:
        """By which it is known again."""
        return f"{DUPLICATE}:{self.number}"


@dataclass(frozen=True, slots=True)
class Noticed:
    """The signs on an essay's newest revision; ``is_waiting``: nobody has looked yet."""

    is_waiting: bool
    duplicates: list[Duplicate]
    signs: list[dict[str, Any]]

    @property
    def keys(self) -> frozenset[str]:
        """Those of all of them."""
        return frozenset([*(each.key for each in self.duplicates), *map(key_of, self.signs)])


def noticed(session: Session, actor: Actor, contribution: Contribution) -> Noticed:
    """What a moderator is shown. Three queries by keys, another where something is repeated."""
    found = _inspection(session, contribution.id)
    if found is None:
        return Noticed(True, [], [])
    signs = [
        *(sign for sign in found if sign["kind"] not in {DUPLICATE, HISTORY}),
        *history(session, contribution),
    ]
    return Noticed(
        is_waiting=False,
        duplicates=_duplicates(session, actor, contribution, found),
        signs=signs,
    )


def key_of(sign: dict[str, Any]) -> str:
    """By which the same sign is known again: its kind, and a hash of what it says."""
    said = json.dumps(sign, sort_keys=True).encode()
    return f"{sign['kind']}:{blake2b(said, digest_size=6).hexdigest()}"


def kinds(session: Session, contribution: Contribution) -> list[str]:
    """The kinds of signs that are shown beside its newest revision, each once."""
    found = _inspection(session, contribution.id)
    if found is None:
        return []
    resembled = _resembling(session, contribution.id)
    shown = [sign["kind"] for sign in (*found, *history(session, contribution))]
    return list(dict.fromkeys([*([DUPLICATE] if resembled else []), *shown]))


def history(session: Session, contribution: Contribution) -> list[dict[str, Any]]:
    """What has become of its owner's others by now: ``history`` with the number by outcome.

    One query; nothing where there is none. What was not handed in, or was taken back, isn't told.
    """
    rows = session.execute(
        select(Contribution.state, func.count())
        .where(
            Contribution.owner_id == contribution.owner_id,
            Contribution.id != contribution.id,
            Contribution.state.in_(_KEPT),
        )
        .group_by(Contribution.state)
    )
    numbers: dict[str, int] = {}
    for state, number in rows:
        outcome = OUTCOMES.get(State(state), "waiting")
        numbers[outcome] = numbers.get(outcome, 0) + number
    return [{"kind": HISTORY, **numbers}] if numbers else []


def _inspection(session: Session, contribution_id: int) -> list[dict[str, Any]] | None:
    """The signs; None before anybody has looked at the newest revision."""
    return session.scalar(
        select(Inspection.signs)
        .join(Contribution, Contribution.revision_id == Inspection.revision_id)
        .where(Inspection.contribution_id == contribution_id, Inspection.inspected_at.is_not(None))
    )


def _resembling(session: Session, contribution_id: int) -> dict[int, int]:
    """How much of it was found in each essay that was looked at since, by its id. One query."""
    rows = session.execute(
        select(Resemblance.contribution_id, Resemblance.percent)
        .join(Contribution, Contribution.id == Resemblance.contribution_id)
        .where(Resemblance.other_id == contribution_id, Contribution.state.in_(_KEPT))
        .order_by(Resemblance.percent.desc(), Resemblance.contribution_id)
        .limit(MOST_SHOWN)
    )
    return {row.contribution_id: row.percent for row in rows}


def _duplicates(
    session: Session, actor: Actor, contribution: Contribution, signs: list[dict[str, Any]]
) -> list[Duplicate]:
    """What was found when it was looked at, and what was found to resemble it since."""
    shares = {sign["contribution"]: sign["percent"] for sign in signs if sign["kind"] == DUPLICATE}
    shares |= {
        id: percent
        for id, percent in _resembling(session, contribution.id).items()
        if id not in shares
    }
    if not shares:
        return []
    others = session.execute(
        select(Contribution, Contribution.id.in_(conflicted_ids()))
        .where(Contribution.id.in_(shares), Contribution.state.not_in(PRIVATE))
        .options(raiseload("*")),
        {"me": actor.id},
    ).all()
    order = list(shares)
    return [
        Duplicate(
            id=other.id if policy.can_see(actor, other) and not is_conflicted else None,
            number=other.number or "",
            percent=shares[other.id],
            is_later=_handed_in(other) > _handed_in(contribution),
        )
        for other, is_conflicted in sorted(others, key=lambda row: order.index(row[0].id))
    ]


def _handed_in(contribution: Contribution) -> tuple[datetime, int]:
    """In whose order essays were first handed in."""
    return contribution.submitted_at or clock.now(), contribution.id
