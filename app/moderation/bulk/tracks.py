"""The tracks of what a search finds, and the reasons each of them has for a decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition, Track
from app.moderation.bulk.models import BulkItem
from app.moderation.bulk.queries import MOST, found
from app.moderation.reasons.queries import TrackReason, of_tracks
from app.moderation.search.language import Search


@dataclass(frozen=True, slots=True)
class FoundTrack:
    """A track of an edition, and its reasons, withdrawn ones among them."""

    id: int
    code: TrackCode
    edition: Mapping[str, str]
    reasons: tuple[TrackReason, ...]


def of_search(session: Session, actor: Actor, search: Search) -> list[FoundTrack]:
    """Those with essays that the search finds, in their order. Two queries."""
    columns = (Contribution.edition_id, Contribution.track)
    essays = found(actor, search, *columns).limit(MOST + 1).subquery()
    here = (essays.c.edition_id == Track.edition_id) & (essays.c.track == Track.code)
    return _with_reasons(session, select(Track, Edition.title).where(exists().where(here)))


def of_run(session: Session, run_id: int) -> list[FoundTrack]:
    """Those with essays in a run, in their order. Two queries."""
    essays = (
        exists()
        .where(
            BulkItem.run_id == run_id,
            BulkItem.contribution_id == Contribution.id,
            Contribution.edition_id == Track.edition_id,
            Contribution.track == Track.code,
        )
        .correlate(Track)
    )
    return _with_reasons(session, select(Track, Edition.title).where(essays))


def _with_reasons(session: Session, tracks: Select[Track, dict[str, str]]) -> list[FoundTrack]:
    rows = session.execute(
        tracks.join(Edition, Edition.id == Track.edition_id).order_by(
            Edition.position, Edition.id, Track.position
        )
    ).all()
    reasons = of_tracks(session, [track.id for track, _title in rows])
    return [
        FoundTrack(track.id, TrackCode(track.code), title, tuple(reasons[track.id]))
        for track, title in rows
    ]
