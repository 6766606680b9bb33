"""Documents that were uploaded for a draft and wait to be read, or to be taken over."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base

KEPT_FOR: Final = timedelta(days=1)
"""So long an upload waits for its owner."""


class UploadState(StrEnum):
    """Where an upload is; ``RUNNING`` ones are in somebody's hands, who stores or reads them, and
    ``CLOSED`` ones are only there until their files are gone.
    """

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    REFUSED = "refused"
    CLOSED = "closed"


class Upload(Base):
    """A document on its way into a draft.

    Attributes:
        contribution_id, account_id: for which draft, by whom; None once these are gone, and then
            it is swept, with its file.
        filename: as it was called on the sender's side. ``size``: in bytes.
        file_key: of the document in storage; "" where it was read at once.
        title, abstract, authors, body, findings: what was read (``documents.importing``); findings
            as ``code, place, data``.
        figures: digests of the figures that came with it and that the draft did not have before.
        error: ``code`` and ``data`` of why it was refused.
        attempt: how often a worker has begun to read it. ``begun_at``: when, the last time; before
            the first time, when its sender began to store its file.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(
            "state IN (" + ", ".join(f"'{state.value}'" for state in UploadState) + ")",
            name="known_state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(
        ForeignKey("contribution.id", ondelete="SET NULL"), index=True
    )
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    filename: Mapped[str]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default=UploadState.WAITING.value)
    file_key: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    abstract: Mapped[str] = mapped_column(default="")
    authors: Mapped[list[str]] = mapped_column(default=list)
    body: Mapped[str] = mapped_column(default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    figures: Mapped[list[str]] = mapped_column(default=list)
    error: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempt: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
