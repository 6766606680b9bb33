"""Everything that happened to a contribution, newest first, told from its audit entries.

The entries are the record; what they only name (a revision, a decision, somebody's words) is looked
up beside them. Which of them are told, and how they are called, is in ``labels.py``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.invitations.models import Invitation
from app.contributions.models import Contribution, Revision, TakeDown
from app.contributions.states import RevisionKind
from app.core.audit import AuditAction, AuditEntry
from app.moderation.appeals.models import Appeal
from app.moderation.decisions import queries as decided
from app.moderation.decisions.answers import Answered, answered
from app.moderation.decisions.queries import Decided

SUBJECT: Final = "contribution"
CO_AUTHOR: Final = "co_author"
APPEAL: Final = "appeal"

#: Acts that never have a place in the timeline of a contribution, with the reason why.
HIDDEN: Final[dict[AuditAction, str]] = {
    AuditAction.CONTRIBUTION_DISCARDED: "the contribution is gone, and its timeline with it",
}

#: What only moderators and organisers know of; authors are told when a decision counts.
INTERNAL: Final = frozenset(
    {AuditAction.CONTRIBUTION_DECISION_KEPT, AuditAction.CONTRIBUTION_REJECTION_PROPOSED}
)
#: Acts of co-authors, whom the author has named themselves.
_NAMED: Final = frozenset({AuditAction.CO_AUTHOR_CONFIRMED, AuditAction.CO_AUTHOR_DECLINED})
_TAKEN: Final = frozenset({AuditAction.CONTRIBUTION_REMOVED})
_RENEWED: Final = frozenset({AuditAction.CONTRIBUTION_CLAIMED})
#: Acts that made a revision. Others only name the one they were about, which is not told again.
_MADE: Final = frozenset(
    {
        AuditAction.CONTRIBUTION_SUBMITTED,
        AuditAction.CONTRIBUTION_IMPORTED,
        AuditAction.CONTRIBUTION_MOVED,
        AuditAction.CONTRIBUTION_CORRECTED,
    }
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is told of a revision; ``answers`` to the points of a request for changes."""

    number: int
    kind: RevisionKind
    language: str
    note: str
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One act.

    Attributes:
        actor: the person's name; "" for the system, and for all where names aren't told.
        before: the state it was in, where the act changed it; "" else.
        revision: what it made. ``decision``: what was decided.
        words: what somebody wrote about it, in ``words_language``; in any where it is "".
        until: the moment it sets.
        data: the entry's own ids and codes.
        is_of_taking_down: it concerns an appeal against one.
    """

    at: datetime
    action: AuditAction
    actor: str
    before: str
    revision: Snapshot | None
    decision: Decided | None
    words: str
    until: datetime | None
    data: Mapping[str, Any]
    words_language: str = ""
    is_of_taking_down: bool = False


def timeline(session: Session, contribution: Contribution, *, names: bool) -> list[Event]:
    """What happened, newest first. Three queries, and one more where it was taken down.

    ``names`` says whether those who acted are named: to organisers, never to authors.
    """
    entries = session.execute(
        select(AuditEntry, Account.name, Appeal.take_down_id)
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .outerjoin(Appeal, names_appeal())
        .where(concerns(contribution.id))
        .order_by(AuditEntry.id.desc())
    ).all()
    look = decided.history if names else decided.decisions_for_author
    decisions: dict[int, Decided] = {each.id: each for each in look(session, contribution.id)}
    snapshots = _snapshots(session, contribution.id, decisions.values())
    said = _last_words(contribution)
    downs = _downs(session, entries)
    told = []
    for entry, name, take_down_id in entries:
        action = AuditAction(entry.action)
        if action in HIDDEN or _is_renewal(entry) or not (names or _is_told(entry)):
            continue
        down = downs.pop(entry.data.get("take_down"), None) if action in _TAKEN else None
        told.append(
            Event(
                at=entry.at,
                action=action,
                actor=(name or "") if names or action in _NAMED else "",
                before=entry.data.get("before") or "",
                revision=snapshots.get(entry.data.get("revision", 0)) if action in _MADE else None,
                decision=decisions.get(entry.data.get("decision", 0)),
                words=down.reason if down else said.pop(action, ""),
                words_language=down.language if down else "",
                until=_moment(entry.data.get("until")),
                data=entry.data,
                is_of_taking_down=take_down_id is not None,
            )
        )
    return told


def versions(events: Collection[Event]) -> int:
    """How many revisions there are by now."""
    return sum(event.revision is not None for event in events)


def concerns(contribution_id: int) -> ColumnElement[bool]:
    """Entries about the contribution itself, one of its co-authors or an appeal."""
    invitations = select(Invitation.id).where(Invitation.contribution_id == contribution_id)
    appeals = select(Appeal.id).where(Appeal.contribution_id == contribution_id)
    return or_(
        and_(AuditEntry.subject == SUBJECT, AuditEntry.subject_id == contribution_id),
        and_(AuditEntry.subject == CO_AUTHOR, AuditEntry.subject_id.in_(invitations)),
        and_(AuditEntry.subject == APPEAL, AuditEntry.subject_id.in_(appeals)),
    )


def names_appeal() -> ColumnElement[bool]:
    """What joins an entry about an appeal to it."""
    return and_(AuditEntry.subject == APPEAL, AuditEntry.subject_id == Appeal.id)


def _snapshots(
    session: Session, contribution_id: int, decisions: Collection[Decided]
) -> dict[int, Snapshot]:
    rows = session.execute(
        select(
            Revision.number, Revision.kind, Revision.language, Revision.note, Revision.answers
        ).where(Revision.contribution_id == contribution_id)
    )
    return {
        row.number: Snapshot(
            number=row.number,
            kind=RevisionKind(row.kind),
            language=row.language,
            note=row.note,
            answers=answered(decisions, row.number, row.answers) if row.answers else (),
        )
        for row in rows
    }


def _last_words(contribution: Contribution) -> dict[AuditAction, str]:
    """What was written when that was last done: kept with the contribution, not in the entries."""
    return {
        AuditAction.CONTRIBUTION_WITHDRAWN: contribution.withdrawal_reason,
        AuditAction.CONTRIBUTION_EXTENDED: contribution.extension_reason,
    }


def _downs(session: Session, entries: Sequence[Any]) -> dict[int | None, TakeDown]:
    """Takings down by their ids; None is one from before the entries named them."""
    taken = [entry for entry, *_others in entries if entry.action in _TAKEN]
    if not taken:
        return {}
    rows = session.scalars(
        select(TakeDown)
        .where(TakeDown.contribution_id == taken[0].subject_id)
        .order_by(TakeDown.id.desc())
    ).all()
    named = {entry.data.get("take_down") for entry in taken}
    return {each.id if each.id in named else None: each for each in rows}


def _is_renewal(entry: AuditEntry) -> bool:
    """Whether a moderator only kept in hand what they had in hand."""
    return entry.action in _RENEWED and entry.data.get("before") == entry.actor_id


def _is_told(entry: AuditEntry) -> bool:
    """Whether authors are told: not what has been decided for moderators and organisers only."""
    return entry.action not in INTERNAL and entry.data.get("told", True)


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
