"""Which moderators and organisers are to be told what waits, and owing them the mail.

The rhythm is the calendar's: the mail comes in the morning, every day or on Mondays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Digest, RoleRow
from app.core import clock, outbox
from app.core.outbox import MailKind
from app.core.policy import Actor, Role
from app.moderation.appeals import queries as appeals
from app.moderation.appeals.stranded import stranded
from app.moderation.claims import queries as claims
from app.moderation.claims import workload
from app.moderation.claims.stranded import stranded_essays
from app.moderation.policy import moderates
from app.moderation.queue import queries
from app.moderation.queue.overview import Overview, overview

HOUR: Final = 5
"""Of UTC, at which a day's digests are due."""

OLDEST: Final = 5

#: What of the contents is worth a mail.
TOLD: Final = (
    "lanes",
    "appeals",
    "cases",
    "ageing",
    "old_appeals_everywhere",
    "stranded",
    "stranded_essays",
)


def begun(digest: Digest, now: datetime) -> datetime:
    """Since when the present turn's mail of that rhythm is due."""
    today = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    morning = today if now >= today else today - timedelta(days=1)
    return morning - timedelta(days=morning.weekday() if digest is Digest.WEEKLY else 0)


def due(session: Session) -> Sequence[int]:
    """Ids of those for whom it has not been looked in their present rhythm. One query."""
    return session.scalars(
        select(Account.id).where(_is_due(clock.now())).order_by(Account.id)
    ).all()


def owe(session: Session, account_id: int, *, overdue_days: int) -> None:
    """Owe somebody the digest of what waits, once in each of their rhythms.

    Nothing where it isn't due (any more), and no mail where nothing waits. The system's act: it
    leaves no entry. What has waited ``overdue_days`` is marked.
    """
    now = clock.now()
    account = session.scalar(
        select(Account)
        .where(Account.id == account_id, _is_due(now))
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    if account is None:
        return
    # Noted in the transaction that owes the mail: a worker that dies leaves both or neither.
    account.digest_sent_at = now
    data = contents(session, account.actor, now - timedelta(days=overdue_days))
    if not any(data[name] for name in TOLD):
        return
    outbox.put(
        session,
        MailKind.DIGEST,
        key=f"{MailKind.DIGEST}:{account.id}:{begun(Digest(account.digest), now).isoformat()}",
        recipient=account.email,
        recipient_id=account.id,
        language=account.ui_language,
        data=data,
    )


def contents(session: Session, actor: Actor, overdue: datetime) -> dict[str, Any]:
    """What waits, as the mail's data: codes, numbers, titles, moments.

    In a moderator's lanes; for an organiser, what has waited too long in any.
    """
    organises = actor.has(Role.ORGANISER)
    there, old = overview(session, actor), overview(session, actor, until=overdue)
    everywhere = (
        appeals.count_everywhere(session, actor, until=overdue) if organises else queries.Count(0)
    )
    return {
        **_waiting(session, actor, there, overdue),
        "appeals": there.appeals.number,
        "more_appeals": there.appeals.and_more,
        "old_appeals": old.appeals.number,
        "more_old_appeals": old.appeals.and_more,
        "cases": there.cases.number,
        "more_cases": there.cases.and_more,
        "old_cases": old.cases.number,
        "more_old_cases": old.cases.and_more,
        "moderates": moderates(actor),
        "organises": organises,
        "ageing": _ageing(session, actor, overdue) if organises else [],
        "old_appeals_everywhere": everywhere.number,
        "more_old_appeals_everywhere": everywhere.and_more,
        "stranded": len(stranded(session, actor)) if organises else 0,
        "stranded_essays": len(stranded_essays(session, actor)) if organises else 0,
    }


def _ageing(session: Session, actor: Actor, overdue: datetime) -> list[dict[str, Any]]:
    return [
        {
            "track": each.track,
            "language": each.language,
            "number": each.waiting,
            "since": each.oldest.isoformat(),
            "served": bool(each.served_by),
        }
        for each in workload.ageing(session, actor, overdue)
    ]


def _waiting(session: Session, actor: Actor, there: Overview, overdue: datetime) -> dict[str, Any]:
    if actor.id is None or not moderates(actor):
        return {"lanes": [], "oldest": [], "held": [], "held_more": 0}
    held = claims.in_hand(session, actor.id, limit=OLDEST)
    number = claims.numbers_in_hand(session).get(actor.id, 0)
    return {
        "lanes": [
            {"track": track, "language": tongue, "number": each.number, "more": each.and_more}
            for (track, tongue), each in there.waiting.items()
        ],
        "oldest": [
            {
                "id": each.id,
                "number": each.number,
                "title": each.title,
                "language": each.language,
                "since": each.waiting_since.isoformat(),
                "overdue": each.waiting_since <= overdue,
            }
            for each in queries.queue(session, actor, limit=OLDEST).items
        ],
        "held": [
            {
                "number": each.number,
                "title": each.title,
                "language": each.language,
                "until": each.until.isoformat(),
            }
            for each in held
        ],
        "held_more": number - len(held),
    }


def _is_due(now: datetime) -> ColumnElement[bool]:
    # Who has just been made one hears at the next turn.
    last = func.coalesce(Account.digest_sent_at, Account.created_at, type_=Account.created_at.type)
    return and_(
        Account.active,
        Account.confirmed_at.is_not(None),
        Account.roles.any(RoleRow.name.in_([Role.MODERATOR, Role.ORGANISER])),
        or_(
            *(
                and_(Account.digest == each.value, last < begun(each, now))
                for each in (Digest.DAILY, Digest.WEEKLY)
            )
        ),
    )
