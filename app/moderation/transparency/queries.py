"""The public figures as they were counted last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.editions.models import Edition
from app.moderation.transparency.models import TransparencyReport


@dataclass(frozen=True, slots=True)
class Counted:
    """An edition's figures.

    Attributes:
        title: of the edition, by language.
        figures: as :func:`app.moderation.transparency.counting.figures` made them.
    """

    slug: str
    title: dict[str, str]
    figures: dict[str, Any]
    counted_at: datetime


def editions(session: Session) -> list[tuple[str, dict[str, str]]]:
    """Slug and title of every edition that has figures, the newest first. One query."""
    rows = session.execute(
        select(Edition.slug, Edition.title)
        .join(TransparencyReport, TransparencyReport.edition_id == Edition.id)
        .order_by(Edition.position.desc(), Edition.id.desc())
    )
    return [(row.slug, row.title) for row in rows]


def counted(session: Session, slug: str) -> Counted | None:
    """One edition's figures, where there are any. One query."""
    row = session.execute(
        select(
            Edition.slug,
            Edition.title,
            TransparencyReport.figures,
            TransparencyReport.counted_at,
        )
        .join(TransparencyReport, TransparencyReport.edition_id == Edition.id)
        .where(Edition.slug == slug)
    ).one_or_none()
    return Counted(row.slug, row.title, row.figures, row.counted_at) if row else None
