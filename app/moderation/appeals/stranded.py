"""Appeals that wait though there is nobody left to answer them."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from app.accounts.models import Account
from app.contributions.models import Contribution, TakeDown
from app.core.policy import Actor, TrackCode
from app.moderation import policy as desk
from app.moderation.appeals.models import Appeal
from app.moderation.appeals.parts import had_part
from app.moderation.appeals.queries import is_waiting
from app.moderation.claims.queries import moderators
from app.moderation.claims.stranded import Stranded
from app.moderation.conflicts.queries import is_apart, pairs_in_conflict

#: Nobody answers these, so that they are among those that wait longest.
MOST: Final = 500


def stranded(session: Session, actor: Actor) -> list[Stranded]:
    """Those of them the organiser has no conflict of interest with, longest waiting first.

    At most five queries, among the :data:`MOST` that wait longest. Checks no permission.
    """
    waiting = session.execute(
        select(Appeal, Contribution)
        .join(Contribution, Contribution.id == Appeal.contribution_id)
        .outerjoin(TakeDown, TakeDown.id == Appeal.take_down_id)
        .options(raiseload("*"))
        .where(*is_waiting(), is_apart())
        .order_by(Appeal.filed_at, Appeal.id)
        .limit(MOST),
        {"me": actor.id},
    ).all()
    if not waiting:
        return []
    there = moderators(session)
    parts = _parts(session, [appeal.id for appeal, _essay in waiting], [each.id for each in there])
    conflicts = pairs_in_conflict(session, [essay.id for _appeal, essay in waiting])
    return [
        Stranded(
            contribution_id=essay.id,
            number=essay.number or "",
            title=essay.title,
            language=essay.language,
            track=TrackCode(essay.track),
            since=appeal.filed_at,
        )
        for appeal, essay in waiting
        if not any(
            desk.is_entrusted(each.actor, essay)
            and (each.id, appeal.id) not in parts
            and (each.id, essay.id) not in conflicts
            for each in there
        )
    ]


def _parts(
    session: Session, appeals: Collection[int], accounts: Collection[int]
) -> set[tuple[int, int]]:
    """Which of the accounts had a part in what which of the appeals is about. One query."""
    rows = session.execute(
        select(Account.id, Appeal.id)
        .join(Appeal, Appeal.id.in_(appeals))
        .where(Account.id.in_(accounts), had_part(Account.id))
    )
    return {(account, appeal) for account, appeal in rows}
