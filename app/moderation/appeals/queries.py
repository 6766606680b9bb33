"""Appeals: what waits for an answer, one of them, and what an author sees of their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account, account_role
from app.contributions.models import Contribution, TakeDown
from app.contributions.queries import authored_by
from app.contributions.states import State
from app.core import clock
from app.core.db import word
from app.core.errors import NotFound
from app.core.policy import Actor, TrackCode
from app.moderation import policy as desk
from app.moderation.appeals import policy
from app.moderation.appeals.authors import is_undone
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.parts import had_part
from app.moderation.claims.models import Claim
from app.moderation.claims.queries import Colleague, Hold, moderators, numbers_in_hand
from app.moderation.conflicts.queries import conflicted_ids, in_conflict, is_conflicted
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.queries import Decided, decisions_for_author
from app.moderation.decisions.verdicts import Verdict
from app.moderation.lanes import in_lanes
from app.moderation.queue.queries import MOST_COUNTED, PAGE, Count, Page, Place
from app.moderation.reports.taken_down import TakenDown, told
from app.moderation.search.conditions import conditions
from app.moderation.search.language import EVERYTHING, Search

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class AppealItem:
    """One line of the queue of appeals; without a verdict it is against a taking down."""

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    verdict: Verdict | None
    filed_at: datetime
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class OneAppeal:
    """One appeal as the moderator who may answer it sees it.

    Attributes:
        decided, down: what it is against, one of the two, without the name of who did it.
        is_open: whether it waits for an answer.
    """

    appeal: Appeal
    contribution: Contribution
    decided: Decided | None
    down: TakenDown | None
    hold: Hold | None
    is_open: bool


def appeals(
    session: Session,
    actor: Actor,
    search: Search = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[AppealItem]:
    """What of a search the actor may answer, longest waiting first. One query."""
    if not desk.moderates(actor):
        return Page([])
    narrowing = conditions(search, actor, since=Appeal.filed_at.expression)
    rows = session.execute(_page(actor, limit + 1, after).where(*narrowing)).all()
    items = [_item(actor, row) for row in rows]
    return Page.of(items, limit, lambda item: Place(item.filed_at, item.id))


def count_everywhere(session: Session, actor: Actor, *, until: datetime) -> Count:
    """How many wait since then in all lanes, for an organiser; none of their own. One query."""
    waiting = (
        select(Appeal.id)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .outerjoin(TakeDown, TakeDown.id == Appeal.take_down_id)
        .where(*is_waiting(), Appeal.filed_at <= until, not_(authored_by(actor)))
        .limit(MOST_COUNTED + 1)
    ).subquery()
    return Count.of(session.scalar(select(func.count()).select_from(waiting)) or 0)


def appeal(session: Session, actor: Actor, appeal_id: int) -> OneAppeal:
    """One appeal. Raises NotFound for all but moderators who had no part in what it is against."""
    found = session.execute(
        select(Appeal, Contribution)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .options(joinedload(Contribution.edition), raiseload("*"))
        .where(Appeal.id == appeal_id)
    ).one_or_none()
    if found is None or not may_answer(session, actor, *found):
        raise NotFound("appeal.unknown")
    one, contribution = found
    held = session.execute(
        select(Claim, Account.name)
        .join(Account, Account.id == Claim.moderator_id)
        .where(Claim.contribution_id == contribution.id, Claim.expires_at > clock.now())
    ).one_or_none()
    decided = decisions_for_author(session, contribution.id) if one.decision_id else []
    made = session.get_one(TakeDown, one.take_down_id) if one.take_down_id else None
    return OneAppeal(
        appeal=one,
        contribution=contribution,
        decided=next((each for each in decided if each.id == one.decision_id), None),
        down=told(session, made) if made else None,
        hold=_hold(actor, held.Claim.moderator_id, held.name, held.Claim.expires_at)
        if held
        else None,
        is_open=is_open(session, one, contribution),
    )


def is_open(session: Session, appeal: Appeal, contribution: Contribution) -> bool:
    """Whether it waits for an answer. One query."""
    if appeal.take_down_id:
        undone = session.get_one(TakeDown, appeal.take_down_id).reversed_at is not None
    else:
        mark = (appeal.decision_id, MarkKind.UNDONE.value)
        undone = session.get(DecisionMark, mark) is not None
    return policy.is_open(appeal, contribution, undone=undone)


def may_answer(session: Session, actor: Actor, appeal: Appeal, contribution: Contribution) -> bool:
    """Whether it lies in the actor's lanes and they had no part in it. At most two queries."""
    if not desk.is_entrusted(actor, contribution):
        return False
    statement = select(Appeal.id).where(Appeal.id == appeal.id, ~had_part())
    apart = session.scalar(statement, {"me": actor.id}) is not None
    return apart and not is_conflicted(session, actor, contribution.id)


def colleagues(
    session: Session, appeal: Appeal, contribution: Contribution, but: int | None = None
) -> list[Colleague]:
    """Whom the appeal may be given to, those with least in hand first. Five queries."""
    numbers = numbers_in_hand(session)
    kept_away = in_conflict(session, contribution.id) | {but}
    kept_away |= set(
        session.scalars(
            select(Account.id)
            .join(Appeal, Appeal.id == appeal.id)
            .join(account_role, account_role.c.account_id == Account.id)
            .where(had_part(Account.id))
        )
    )
    found = [
        Colleague(each.id, each.name or each.email, numbers.get(each.id, 0))
        for each in moderators(session)
        if each.id not in kept_away and desk.is_entrusted(each.actor, contribution)
    ]
    return sorted(found, key=lambda each: each.in_hand)


def to_assign(session: Session, appeal_id: int) -> tuple[Appeal, Contribution]:
    """An appeal and its contribution, for organisers. Raises NotFound."""
    found = session.execute(
        select(Appeal, Contribution)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .options(joinedload(Contribution.edition), raiseload("*"))
        .where(Appeal.id == appeal_id)
    ).one_or_none()
    if found is None:
        raise NotFound("appeal.unknown")
    return found[0], found[1]


def is_waiting() -> list[ColumnElement[bool]]:
    """Whether anybody is to answer it: of a select over appeals, contributions and take-downs."""
    return [
        Appeal.outcome == word(Outcome.OPEN),
        or_(_against_decision(), _against_take_down()),
    ]


def _open(actor: Actor, excluded: Any) -> Rows:
    """Appeals that wait, in the lanes of the actor, ``me``, who had no part in them."""
    return (
        select(Appeal.id)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .outerjoin(TakeDown, TakeDown.id == Appeal.take_down_id)
        .where(
            *is_waiting(),
            in_lanes(actor),
            Contribution.id.not_in(excluded),
            ~had_part(),
        )
    )


def _against_decision() -> ColumnElement[bool]:
    return and_(
        Appeal.decision_id.is_not(None),
        ~is_undone(Appeal.decision_id),
        Contribution.state.in_([word(each) for each in policy.ENDED]),
    )


def _against_take_down() -> ColumnElement[bool]:
    return and_(
        Appeal.take_down_id.is_not(None),
        TakeDown.reversed_at.is_(None),
        Contribution.state == word(State.REMOVED),
    )


def counting(actor: Actor, excluded: Select[int], *, dated: bool) -> Select[int]:
    """The number of those the actor, ``me``, may answer, up to one more than is counted.

    Without essays that are ``excluded``; where it is dated, of those filed ``until`` then.
    """
    waiting = _open(actor, excluded).limit(MOST_COUNTED + 1)
    if dated:
        waiting = waiting.where(Appeal.filed_at <= bindparam("until", type_=Appeal.filed_at.type))
    return select(func.count()).select_from(waiting.subquery())


def _page(actor: Actor, limit: int, after: Place | None) -> Rows:
    live = and_(Claim.contribution_id == Contribution.id, Claim.expires_at > clock.now())
    rows = (
        _open(actor, conflicted_ids())
        .add_columns(
            Contribution.number,
            Contribution.title,
            Contribution.language,
            Contribution.track,
            Decision.verdict,
            Appeal.filed_at,
            Claim.moderator_id,
            Claim.expires_at,
            Account.name.label("holder"),
        )
        .outerjoin(Decision, Decision.id == Appeal.decision_id)
        .outerjoin(Claim, live)
        .outerjoin(Account, Account.id == Claim.moderator_id)
        .order_by(Appeal.filed_at, Appeal.id)
        .limit(limit)
    )
    if after:
        rows = rows.where(tuple_(Appeal.filed_at, Appeal.id) > tuple_(after.since, after.id))
    return rows.params(me=actor.id)


def _item(actor: Actor, row: Any) -> AppealItem:
    held = row.moderator_id is not None
    return AppealItem(
        id=row.id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        verdict=Verdict(row.verdict) if row.verdict else None,
        filed_at=row.filed_at,
        hold=_hold(actor, row.moderator_id, row.holder, row.expires_at) if held else None,
    )


def _hold(actor: Actor, holder_id: int, name: str, until: datetime) -> Hold:
    return Hold(name, holder_id == actor.id, until)
