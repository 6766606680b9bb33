"""Second looks: what waits for one, and one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, joinedload, raiseload

from app.contributions.models import Contribution, Revision
from app.core import clock
from app.core.errors import NotFound
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition
from app.moderation import policy as desk
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.parts import had_any_part
from app.moderation.appeals.policy import APPEALABLE
from app.moderation.conflicts.queries import is_apart, is_conflicted
from app.moderation.decisions.models import Decision, Standing
from app.moderation.decisions.queries import Decided, decisions_for_author
from app.moderation.decisions.verdicts import Verdict
from app.moderation.lanes import in_lanes
from app.moderation.queue.queries import MOST_COUNTED, PAGE, Count, Page, Place
from app.moderation.sampling import policy
from app.moderation.sampling.models import SecondLook

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class LookItem:
    """A decision that waits for a second look."""

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    verdict: Verdict
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class OneLook:
    """One decision as who looks at it a second time sees it: nobody is named.

    Attributes:
        revision: the one that was decided on.
        waits: whether it still needs a look.
    """

    look: SecondLook
    contribution: Contribution
    revision: Revision
    decided: Decided
    waits: bool


def second_looks(
    session: Session, actor: Actor, *, after: Place | None = None, limit: int = PAGE
) -> Page[LookItem]:
    """What the actor may look at, longest waiting first. Two queries."""
    if not desk.moderates(actor):
        return Page([])
    rows = (
        _waiting(session, actor)
        .add_columns(
            Contribution.number,
            Revision.title,
            Revision.language,
            SecondLook.track,
            Decision.verdict,
            SecondLook.drawn_at,
        )
        .order_by(SecondLook.drawn_at, SecondLook.decision_id)
        .limit(limit + 1)
    )
    if after is not None:
        here = tuple_(SecondLook.drawn_at, SecondLook.decision_id)
        rows = rows.where(here > tuple_(after.since, after.id))
    found = session.execute(rows, {"me": actor.id}).all()
    items = [
        LookItem(
            id=row.decision_id,
            number=row.number,
            title=row.title,
            language=row.language,
            track=TrackCode(row.track),
            verdict=Verdict(row.verdict),
            drawn_at=row.drawn_at,
        )
        for row in found
    ]
    return Page.of(items, limit, lambda item: Place(item.drawn_at, item.id))


def count(session: Session, actor: Actor) -> Count | None:
    """How many wait for the actor; None for who does not moderate. At most two queries."""
    if not desk.moderates(actor):
        return None
    waiting = _waiting(session, actor).limit(MOST_COUNTED + 1).subquery()
    number = session.scalar(select(func.count()).select_from(waiting), {"me": actor.id})
    return Count.of(number or 0)


def second_look(session: Session, actor: Actor, decision_id: int) -> OneLook:
    """One of them. Raises NotFound for all but moderators who had no part in the essay."""
    row = session.execute(
        select(SecondLook, Contribution, Revision)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .join(Revision, Revision.id == Decision.revision_id)
        .options(
            joinedload(Contribution.edition),
            joinedload(Contribution.theme),
            joinedload(Contribution.question),
            raiseload("*"),
        )
        .where(SecondLook.decision_id == decision_id)
    ).one_or_none()
    if row is None or not may_look(session, actor, row.SecondLook, row.Contribution):
        raise NotFound("second_look.unknown")
    told = decisions_for_author(session, row.Contribution.id)
    return OneLook(
        look=row.SecondLook,
        contribution=row.Contribution,
        revision=row.Revision,
        decided=next(each for each in told if each.id == decision_id),
        waits=waits(session, row.SecondLook, row.Contribution),
    )


def waits(session: Session, look: SecondLook, contribution: Contribution) -> bool:
    """Whether it needs a look now. At most three queries."""
    decision = session.get_one(Decision, look.decision_id)
    edition = session.get_one(Edition, contribution.edition_id)
    filed = session.scalar(select(Appeal.outcome).where(Appeal.decision_id == decision.id))
    outcome = Outcome(filed) if filed else None
    appealed = policy.is_appealed(look, decision, edition, outcome, clock.now())
    return policy.waits(look, contribution, appealed=appealed)


def may_look(session: Session, actor: Actor, look: SecondLook, contribution: Contribution) -> bool:
    """Whether it lies in the actor's lanes and they stand apart from it. At most three queries.

    The one look that is theirs is no part that keeps them from it.
    """
    if actor.id is None or is_conflicted(session, actor, contribution.id):
        return False
    apart = (
        select(Contribution.id)
        .join(Decision, Decision.contribution_id == Contribution.id)
        .where(Decision.id == look.decision_id, ~had_any_part(Contribution.id))
    )
    stands = look.looked_by_id == actor.id or bool(session.scalar(apart, {"me": actor.id}))
    decided_on = Decision.id == look.decision_id
    revision = session.scalars(
        select(Revision).join(Decision, Decision.revision_id == Revision.id).where(decided_on)
    ).one()
    return policy.can_look(actor, contribution, look, revision, apart=stands)


def _waiting(session: Session, actor: Actor) -> Rows:
    """Ids of what waits in the lanes of the actor, ``me``, who stands apart from it.

    The statement's making is one query.
    """
    appeal = Appeal.decision_id == SecondLook.decision_id
    return (
        select(SecondLook.decision_id)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .join(Revision, Revision.id == Decision.revision_id)
        .where(
            SecondLook.looked_at.is_(None),
            SecondLook.left_at.is_(None),
            Contribution.state.not_in([each.value for each in desk.PRIVATE]),
            ~exists().where(appeal, Appeal.outcome == Outcome.OPEN.value),
            or_(exists().where(appeal), ~_has_time_for_appeal(session)),
            in_lanes(actor, SecondLook.track, Revision.language),
            is_apart(),
            ~had_any_part(Contribution.id),
        )
    )


def _has_time_for_appeal(session: Session) -> ColumnElement[bool]:
    """What :func:`appeals.policy.appeal_until` says, of many. Asks for the editions' days."""
    days = session.execute(select(Edition.id, Edition.appeal_days).where(Edition.appeal_days > 0))
    told_at = case(
        (Decision.standing == Standing.FINAL.value, Decision.decided_at),
        else_=SecondLook.drawn_at,
    )
    now = clock.now()
    in_time = (
        and_(Contribution.edition_id == edition, told_at > now - timedelta(days=many))
        for edition, many in days
    )
    return and_(Decision.verdict.in_(sorted(APPEALABLE)), or_(false(), *in_time))
