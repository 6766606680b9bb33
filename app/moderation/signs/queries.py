"""What was noticed about an essay, for the moderator who reads it."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, raiseload

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Actor
from app.moderation import policy
from app.moderation.conflicts.queries import conflicted_ids
from app.moderation.policy import PRIVATE
from app.moderation.signs.models import Inspection

DUPLICATE: Final = "duplicate"
HISTORY: Final = "history"

#: What becomes of a contribution, for :func:`history`; all others wait.
OUTCOMES: Final = {
    State.ACCEPTED: "accepted",
    State.PUBLISHED: "accepted",
    State.REJECTED: "rejected",
    State.SPAM: "spam",
    State.REMOVED: "removed",
}
_KEPT: Final = tuple(state.value for state in State if state not in PRIVATE)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another essay that shares ``percent`` with this one.

    Attributes:
        id: None where it isn't this moderator's to read.
    """

    id: int | None
    number: str
    percent: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """The signs on an essay's newest revision; ``is_waiting``: nobody has looked yet."""

    is_waiting: bool
    duplicates: list[Duplicate]
    signs: list[dict[str, Any]]


def noticed(session: Session, actor: Actor, contribution: Contribution) -> Noticed:
    """What a moderator is shown. Two queries by keys, another where something is repeated."""
    found = _inspection(session, contribution.id)
    if found is None:
        return Noticed(True, [], [])
    return Noticed(
        is_waiting=False,
        duplicates=_duplicates(session, actor, found),
        signs=[
            *(sign for sign in found if sign["kind"] not in {DUPLICATE, HISTORY}),
            *history(session, contribution),
        ],
    )


def kinds(session: Session, contribution: Contribution) -> list[str]:
    """The kinds of signs that are shown beside its newest revision, each once."""
    found = _inspection(session, contribution.id)
    if found is None:
        return []
    shown = [sign["kind"] for sign in (*found, *history(session, contribution))]
    return list(dict.fromkeys(shown))


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


def _duplicates(session: Session, actor: Actor, signs: list[dict[str, Any]]) -> list[Duplicate]:
    shares = {sign["contribution"]: sign["percent"] for sign in signs if sign["kind"] == DUPLICATE}
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
            other.id if policy.can_see(actor, other) and not is_conflicted else None,
            other.number or "",
            shares[other.id],
        )
        for other, is_conflicted in sorted(others, key=lambda row: order.index(row[0].id))
    ]
