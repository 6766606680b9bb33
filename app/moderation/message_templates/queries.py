"""The prepared messages of a track."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Track
from app.moderation.message_templates.models import MessageTemplate

_IN_ORDER = (MessageTemplate.position, MessageTemplate.id)


def of_track(session: Session, track_id: int) -> list[MessageTemplate]:
    """All of a track, withdrawn ones among them, in order. One query."""
    return list(
        session.scalars(
            select(MessageTemplate).where(MessageTemplate.track_id == track_id).order_by(*_IN_ORDER)
        )
    )


def one(session: Session, track: Track, template_id: int) -> MessageTemplate | None:
    """That one of the track. One query."""
    return session.scalar(
        select(MessageTemplate).where(
            MessageTemplate.id == template_id, MessageTemplate.track_id == track.id
        )
    )


def offered(session: Session, contribution_id: int) -> list[MessageTemplate]:
    """Those moderators can choose for a contribution, by the track it is in. One query."""
    return list(
        session.scalars(
            select(MessageTemplate)
            .join(Track, Track.id == MessageTemplate.track_id)
            .join(
                Contribution,
                (Contribution.edition_id == Track.edition_id) & (Contribution.track == Track.code),
            )
            .where(Contribution.id == contribution_id, MessageTemplate.is_offered)
            .order_by(*_IN_ORDER)
        )
    )
