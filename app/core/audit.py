"""Who did what to what, when. Entries are only ever added, and hold ids and codes, never prose."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock, seals
from app.core.db import Base
from app.core.policy import Actor


class AuditAction(StrEnum):
    """Everything that leaves an entry: ``subject:action`` (listed in ``docs/audit-events.md``)."""

    ACCOUNT_REGISTERED = "account:registered"
    ACCOUNT_CONFIRMED = "account:confirmed"
    ACCOUNT_CREATED = "account:created"
    ACCOUNT_PROFILE_CHANGED = "account:profile_changed"
    ACCOUNT_EMAIL_CHANGED = "account:email_changed"
    ACCOUNT_PASSWORD_CHANGED = "account:password_changed"  # noqa: S105 - the name of an event
    ACCOUNT_REMINDERS_CHANGED = "account:reminders_changed"
    ACCOUNT_DIGEST_CHANGED = "account:digest_changed"
    ACCOUNT_ROLES_CHANGED = "account:roles_changed"
    ACCOUNT_SIGNED_OUT = "account:signed_out"
    ACCOUNT_DELETED = "account:deleted"
    ACCOUNT_DATA_DOWNLOADED = "account:data_downloaded"
    ACCOUNT_DEACTIVATED = "account:deactivated"
    ACCOUNT_REACTIVATED = "account:reactivated"
    EDITION_CREATED = "edition:created"
    EDITION_CHANGED = "edition:changed"
    EDITION_DECISIONS_RELEASED = "edition:decisions_released"
    TRACK_CHANGED = "track:changed"
    THEME_CREATED = "theme:created"
    THEME_CHANGED = "theme:changed"
    THEME_DELETED = "theme:deleted"
    QUESTION_CREATED = "question:created"
    QUESTION_CHANGED = "question:changed"
    QUESTION_DELETED = "question:deleted"
    REASON_CREATED = "reason:created"
    REASON_CHANGED = "reason:changed"
    MESSAGE_TEMPLATE_CREATED = "message_template:created"
    MESSAGE_TEMPLATE_CHANGED = "message_template:changed"
    PAGE_CHANGED = "page:changed"
    CONTRIBUTION_OPENED = "contribution:opened"
    CONTRIBUTION_DISCARDED = "contribution:discarded"
    CONTRIBUTION_SUBMITTED = "contribution:submitted"
    CONTRIBUTION_IMPORTED = "contribution:imported"
    CONTRIBUTION_WITHDRAWN = "contribution:withdrawn"
    CONTRIBUTION_REVIVED = "contribution:revived"
    CONTRIBUTION_EXTENDED = "contribution:extended"
    CONTRIBUTION_CLAIMED = "contribution:claimed"
    CONTRIBUTION_RELEASED = "contribution:released"
    CONTRIBUTION_HANDED_OVER = "contribution:handed_over"
    CONTRIBUTION_ASSIGNED = "contribution:assigned"
    CONTRIBUTION_DECIDED = "contribution:decided"
    CONTRIBUTION_DECISION_KEPT = "contribution:decision_kept"
    CONTRIBUTION_REJECTION_PROPOSED = "contribution:rejection_proposed"
    CONTRIBUTION_DECISION_UNDONE = "contribution:decision_undone"
    CONTRIBUTION_MOVED = "contribution:moved"
    CONTRIBUTION_PUBLISHED = "contribution:published"
    CONTRIBUTION_CORRECTED = "contribution:corrected"
    CONTRIBUTION_REMOVED = "contribution:removed"
    CONTRIBUTION_REOPENED = "contribution:reopened"
    CONTRIBUTION_ANONYMISED = "contribution:anonymised"
    CONFLICT_DECLARED = "conflict:declared"
    CONFLICT_LIFTED = "conflict:lifted"
    MESSAGE_WRITTEN = "message:written"
    CO_AUTHOR_INVITED = "co_author:invited"
    CO_AUTHOR_CONFIRMED = "co_author:confirmed"
    CO_AUTHOR_DECLINED = "co_author:declined"
    CO_AUTHOR_EXPIRED = "co_author:expired"
    CO_AUTHOR_REVOKED = "co_author:revoked"
    CO_AUTHOR_ACCESS_CHANGED = "co_author:access_changed"
    APPEAL_FILED = "appeal:filed"
    APPEAL_CLAIMED = "appeal:claimed"
    APPEAL_RELEASED = "appeal:released"
    APPEAL_HANDED_OVER = "appeal:handed_over"
    APPEAL_ASSIGNED = "appeal:assigned"
    APPEAL_UPHELD = "appeal:upheld"
    APPEAL_GRANTED = "appeal:granted"
    SECOND_LOOK_DRAWN = "second_look:drawn"
    SECOND_LOOK_LEFT = "second_look:left"
    SECOND_LOOK_TAKEN = "second_look:taken"
    REPORT_FILED = "report:filed"
    CASE_KEPT = "case:kept"
    CASE_REMOVED = "case:removed"
    CASE_REVERSED = "case:reversed"
    BULK_STARTED = "bulk:started"
    BULK_STOPPED = "bulk:stopped"
    VOLUME_CREATED = "volume:created"
    VOLUME_CHANGED = "volume:changed"
    VOLUME_PUBLISHED = "volume:published"
    VOLUME_UNPUBLISHED = "volume:unpublished"
    BUILD_REQUESTED = "build:requested"
    BUILD_FINISHED = "build:finished"
    EXPORT_DOWNLOADED = "export:downloaded"
    MAIL_RETRIED = "mail:retried"


class AuditEntry(Base):
    """One act.

    Attributes:
        actor_id: the person's account; None for the system.
        subject: kind of thing (``contribution``) and ``subject_id`` which one.
        data: ids and codes that say more (``{"verdict": "accept", "revision": 3}``).
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


# Whoever writes an entry, and in whatever session, seals it.
event.listen(AuditEntry, "after_insert", seals.note)


def record(
    session: Session, actor: Actor, action: AuditAction, subject_id: int, **data: Any
) -> AuditEntry:
    """Add the entry of an act to the transaction that does it."""
    entry = AuditEntry(
        actor_id=actor.id,
        action=action.value,
        subject=action.value.partition(":")[0],
        subject_id=subject_id,
        data=data,
        at=clock.now(),
    )
    session.add(entry)
    return entry
