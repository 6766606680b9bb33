"""Appeals: what waits for an answer, one of them, and what an author sees of their own."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select, tuple_
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account, account_role
from app.contributions.models import Contribution
from app.contributions.policy import owns
from app.core import clock
from app.core.db import Reader
from app.core.errors import NotFound
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition
from app.moderation import policy as desk
from app.moderation.appeals import policy
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.appeals.parts import had_part
from app.moderation.claims.models import Claim
from app.moderation.claims.queries import Colleague, Hold, moderators, numbers_in_hand
from app.moderation.conflicts.queries import conflicted_ids, in_conflict, is_conflicted
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.queries import Decided, decisions_for_author, told_at
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue.queries import MOST_COUNTED, PAGE, Count, Place
from app.moderation.search.conditions import conditions
from app.moderation.search.language import EVERYTHING, Search

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class AppealItem:
    """One line of the queue of appeals."""

    id: int
    number: str
    title: str
    language: str
    track: TrackCode
    verdict: Verdict
    filed_at: datetime
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class AppealPage:
    """Part of that queue, and where the next part begins (None at the end)."""

    items: list[AppealItem]
    after: Place | None


@dataclass(frozen=True, slots=True)
class OneAppeal:
    """One appeal as the moderator who may answer it sees it.

    Attributes:
        decided: what it is against, without the name of who decided.
        is_open: whether it waits for an answer.
    """

    appeal: Appeal
    contribution: Contribution
    decided: Decided
    hold: Hold | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Chance:
    """A decision its author may appeal against now, and until when."""

    decision_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class AuthorsAppeal:
    """An appeal as its author sees it: without names of moderators.

    Attributes:
        is_moot: it needs no answer, since the decision has been undone.
    """

    id: int
    words: str
    language: str
    filed_at: datetime
    outcome: Outcome
    answered_at: datetime | None
    reply: str
    reply_language: str
    is_moot: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.outcome == Outcome.OPEN and not self.is_moot


def appeals(
    session: Session,
    actor: Actor,
    search: Search = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> AppealPage:
    """What of a search the actor may answer, longest waiting first. One query."""
    if not desk.moderates(actor):
        return AppealPage([], None)
    narrowing = conditions(search, actor, since=Appeal.filed_at.expression)
    rows = session.execute(
        _page(after is not None).where(*narrowing),
        _parameters(actor, limit=limit + 1, after=after),
    ).all()
    items = [_item(actor, row) for row in rows[:limit]]
    more = len(rows) > limit
    return AppealPage(items, Place(items[-1].filed_at, items[-1].id) if more else None)


def count(session: Reader, actor: Actor) -> Count:
    """How many the actor may answer. One query."""
    if not desk.moderates(actor):
        return Count(0)
    number = session.scalar(_count(), _parameters(actor, limit=MOST_COUNTED + 1)) or 0
    return Count(min(number, MOST_COUNTED), and_more=number > MOST_COUNTED)


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
    decided = decisions_for_author(session, contribution.id)
    return OneAppeal(
        appeal=one,
        contribution=contribution,
        decided=next(each for each in decided if each.id == one.decision_id),
        hold=_hold(actor, held.Claim.moderator_id, held.name, held.Claim.expires_at)
        if held
        else None,
        is_open=is_open(session, one, contribution),
    )


def is_open(session: Session, appeal: Appeal, contribution: Contribution) -> bool:
    """Whether it waits for an answer. One query."""
    undone = session.get(DecisionMark, (appeal.decision_id, MarkKind.UNDONE.value)) is not None
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


def chance(
    session: Session, actor: Actor, contribution: Contribution, edition: Edition
) -> Chance | None:
    """What the actor may appeal against now; None for nothing. At most one query."""
    if contribution.state not in policy.ENDED or not owns(actor, contribution):
        return None
    row = session.execute(
        select(
            Decision,
            told_at().label("told_at"),
            exists().where(Appeal.decision_id == Decision.id),
        )
        .where(Decision.contribution_id == contribution.id, ~_is_undone())
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    if row is None or row[2]:
        return None
    until = policy.appeal_until(row.Decision, edition, row.told_at)
    if until is None or not policy.can_appeal(actor, contribution, until, clock.now()):
        return None
    return Chance(row.Decision.id, until)


def of_author(session: Session, contribution: Contribution) -> list[AuthorsAppeal]:
    """All appeals of an essay's author, newest first. One query."""
    rows = session.execute(
        select(Appeal, _is_undone())
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.contribution_id == contribution.id)
        .order_by(Appeal.id.desc())
    )
    return [
        AuthorsAppeal(
            id=each.id,
            words=each.words,
            language=each.language,
            filed_at=each.filed_at,
            outcome=Outcome(each.outcome),
            answered_at=each.answered_at,
            reply=each.reply,
            reply_language=each.reply_language,
            is_moot=each.outcome == Outcome.OPEN
            and not policy.is_open(each, contribution, undone=undone),
        )
        for each, undone in rows
    ]


def _is_undone() -> ColumnElement[bool]:
    undone = exists().where(
        DecisionMark.decision_id == Decision.id, DecisionMark.kind == MarkKind.UNDONE.value
    )
    return undone.correlate(Decision)


def _open() -> Rows:
    """Appeals that wait, in the lanes of ``me``, who had no part in them."""
    return (
        select(Appeal.id)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(
            Appeal.outcome == Outcome.OPEN.value,
            ~_is_undone(),
            Contribution.state.in_([each.value for each in policy.ENDED]),
            Contribution.track.in_(bindparam("tracks", expanding=True)),
            Contribution.language.in_(bindparam("languages", expanding=True)),
            Contribution.id.not_in(conflicted_ids()),
            ~had_part(),
        )
    )


@cache
def _count() -> Select[int]:
    waiting = _open().limit(bindparam("limit")).subquery()
    return select(func.count()).select_from(waiting)


@cache
def _page(after: bool) -> Rows:
    live = and_(
        Claim.contribution_id == Contribution.id,
        Claim.expires_at > bindparam("now", type_=Claim.expires_at.type),
    )
    rows = (
        _open()
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
        .outerjoin(Claim, live)
        .outerjoin(Account, Account.id == Claim.moderator_id)
        .order_by(Appeal.filed_at, Appeal.id)
        .limit(bindparam("limit"))
    )
    if after:
        since = bindparam("since", type_=Appeal.filed_at.type)
        rows = rows.where(tuple_(Appeal.filed_at, Appeal.id) > tuple_(since, bindparam("after_id")))
    return rows


def _parameters(actor: Actor, *, limit: int, after: Place | None = None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "me": actor.id,
        "tracks": sorted(track.value for track in actor.serves),
        "languages": sorted(actor.reads),
        "limit": limit,
        "now": clock.now(),
    }
    return values | ({"since": after.since, "after_id": after.id} if after else {})


def _item(actor: Actor, row: Any) -> AppealItem:
    held = row.moderator_id is not None
    return AppealItem(
        id=row.id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        verdict=Verdict(row.verdict),
        filed_at=row.filed_at,
        hold=_hold(actor, row.moderator_id, row.holder, row.expires_at) if held else None,
    )


def _hold(actor: Actor, holder_id: int, name: str, until: datetime) -> Hold:
    return Hold(name, holder_id == actor.id, until)
