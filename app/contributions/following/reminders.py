"""Which drafts their writers are reminded of before the call closes, and owing the mail."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account
from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.core import clock
from app.core.outbox import MailKind, OutboxMail
from app.editions.models import Edition
from app.editions.policy import accepts_drafts

DAYS_BEFORE: Final = (1, 7)
_AT_ONCE: Final = 500


def deadline(contribution: Contribution, now: datetime) -> datetime | None:
    """Until when it can be submitted, where that ends at all and hasn't yet."""
    edition = contribution.edition
    closes = edition.closes_at if accepts_drafts(edition, now) else None
    if contribution.extended_until is None or contribution.extended_until <= now:
        return closes
    if accepts_drafts(edition, now) and closes is None:
        return None
    return max(contribution.extended_until, closes or contribution.extended_until)


def occasion(contribution: Contribution, now: datetime) -> str | None:
    """What it is time to remind of: the same for the same reminder; None while there is none.

    Nobody is reminded of what they have begun since, nor a week before the end of more time given
    to them alone, of which a mail has told them.
    """
    ends = deadline(contribution, now)
    if ends is None:
        return None
    for days in DAYS_BEFORE:
        begins = ends - timedelta(days=days)
        if begins <= now < ends:
            own = ends == contribution.extended_until and days != min(DAYS_BEFORE)
            known = contribution.opened_at < begins and not own
            return f"{contribution.id}:{days}:{ends.date().isoformat()}" if known else None
    return None


def due(session: Session) -> Iterator[int]:
    """Ids of the contributions of whose draft it is time to remind, and nobody has."""
    now = clock.now()
    waiting = {
        _key(found): each.id for each in _unfinished(session, now) if (found := occasion(each, now))
    }
    for keys in _in_parts(waiting):
        owed = session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(keys)))
        known = {*owed}
        yield from (waiting[key] for key in keys if key not in known)


def remind(session: Session, contribution_id: int) -> None:
    """Owe its writer the mail, once for each occasion. Nothing where it is not, or no longer, time.

    The system's act: it leaves no entry.
    """
    now = clock.now()
    for contribution in _unfinished(session, now, contribution_id):
        if found := occasion(contribution, now):
            ends = deadline(contribution, now)
            assert ends is not None  # noqa: S101 - there is an occasion
            tell_owner(
                session,
                MailKind.REMINDER,
                contribution,
                found,
                until=ends.isoformat(),
                zone=contribution.edition.time_zone,
            )


def _key(found: str) -> str:
    return f"{MailKind.REMINDER}:{found}"


def _in_parts(keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(keys)
    while part := tuple(islice(rest, _AT_ONCE)):
        yield part


def _unfinished(
    session: Session, now: datetime, contribution_id: int | None = None
) -> Iterable[Contribution]:
    """Drafts with a text, whose writers want to be reminded, and which end within a week."""
    soon = now + timedelta(days=max(DAYS_BEFORE))
    wanted = (
        select(Contribution)
        .join(Edition, Edition.id == Contribution.edition_id)
        .join(Draft, Draft.contribution_id == Contribution.id)
        .join(Account, Account.id == Contribution.owner_id)
        .where(
            Contribution.state == State.DRAFT.value,
            Draft.body != "",
            Account.active,
            Account.wants_reminders,
            Account.confirmed_at.is_not(None),
            or_(
                and_(Edition.is_open, Edition.closes_at > now, Edition.closes_at <= soon),
                and_(Contribution.extended_until > now, Contribution.extended_until <= soon),
            ),
        )
        .order_by(Contribution.id)
        .options(joinedload(Contribution.edition), raiseload("*"))
    )
    if contribution_id is not None:
        wanted = wanted.where(Contribution.id == contribution_id)
    return session.scalars(wanted).all()
