"""What came of second looks, for organisers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.core.errors import Forbidden
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.editions.models import Edition
from app.moderation import policy as desk
from app.moderation.conflicts.queries import is_apart
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue.queries import PAGE, Page, Place
from app.moderation.sampling import policy
from app.moderation.sampling.models import SecondLook

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the decisions of one kind, in one language of a track.

    Attributes:
        left: how many were undone, replaced or taken back before anybody had looked at them.
    """

    track: TrackCode
    language: str
    verdict: Verdict
    drawn: int
    looked: int
    agreed: int
    left: int

    @property
    def otherwise(self) -> int:
        """How many would have been decided otherwise."""
        return self.looked - self.agreed

    @property
    def waiting(self) -> int:
        """How many still wait for a look."""
        return self.drawn - self.looked - self.left


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A decision somebody would have made otherwise, and why; nobody is named."""

    id: int
    contribution_id: int
    number: str
    title: str
    language: str
    track: TrackCode
    verdict: Verdict
    instead: Verdict
    words: str
    words_language: str
    looked_at: datetime


def tallies(session: Session, actor: Actor, edition: Edition) -> list[Tally]:
    """What came of an edition's, by track, language and decision. One query.

    Without essays the actor has a conflict of interest with, and their own decisions. Raises
    Forbidden for all but organisers.
    """
    agreed = case((SecondLook.verdict == Decision.verdict, 1))
    gone = and_(
        SecondLook.looked_at.is_(None),
        Contribution.state.in_([each.value for each in desk.PRIVATE]),
    )
    left = case((or_(SecondLook.left_at.is_not(None), gone), 1))
    rows = session.execute(
        _organised(actor, edition)
        .with_only_columns(
            SecondLook.track,
            Revision.language,
            Decision.verdict,
            func.count().label("drawn"),
            func.count(SecondLook.looked_at).label("looked"),
            func.count(agreed).label("agreed"),
            func.count(left).label("left"),
        )
        .group_by(SecondLook.track, Revision.language, Decision.verdict),
        {"me": actor.id},
    )
    tracks, verdicts = list(TrackCode), list(Verdict)
    found = [
        Tally(
            track=TrackCode(row.track),
            language=row.language,
            verdict=Verdict(row.verdict),
            drawn=row.drawn,
            looked=row.looked,
            agreed=row.agreed,
            left=row.left,
        )
        for row in rows
    ]
    return sorted(
        found,
        key=lambda each: (
            tracks.index(each.track),
            CODES.index(each.language),
            verdicts.index(each.verdict),
        ),
    )


def disagreements(
    session: Session,
    actor: Actor,
    edition: Edition,
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> Page[Disagreement]:
    """Those of an edition that would have been decided otherwise, the last first. One query.

    Without essays the actor has a conflict of interest with, and their own decisions. Raises
    Forbidden for all but organisers.
    """
    place = tuple_(SecondLook.looked_at, SecondLook.decision_id)
    rows = (
        _organised(actor, edition)
        .add_columns(
            Decision.contribution_id,
            Contribution.number,
            Revision.title,
            Revision.language,
            SecondLook.track,
            Decision.verdict,
            SecondLook.verdict.label("instead"),
            SecondLook.words,
            SecondLook.words_language,
            SecondLook.looked_at,
        )
        .where(SecondLook.verdict != Decision.verdict)
        .order_by(SecondLook.looked_at.desc(), SecondLook.decision_id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        rows = rows.where(place < tuple_(after.since, after.id))
    found = session.execute(rows, {"me": actor.id}).all()
    items = [_disagreement(row) for row in found]
    return Page.of(items, limit, lambda item: Place(item.looked_at, item.id))


def _disagreement(row: Any) -> Disagreement:
    return Disagreement(
        id=row.decision_id,
        contribution_id=row.contribution_id,
        number=row.number,
        title=row.title,
        language=row.language,
        track=TrackCode(row.track),
        verdict=Verdict(row.verdict),
        instead=Verdict(row.instead),
        words=row.words,
        words_language=row.words_language,
        looked_at=row.looked_at,
    )


def _organised(actor: Actor, edition: Edition) -> Rows:
    """Ids of all of an edition's, for the organiser ``me``. Raises Forbidden.

    Without those they decided themselves, seconded, replaced or undid, since whoever decided is not
    told. Announcing what others decided is nothing of that.
    """
    if not policy.can_see_results(actor):
        raise Forbidden("forbidden")
    return (
        select(SecondLook.decision_id)
        .join(Decision, Decision.id == SecondLook.decision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .join(Revision, Revision.id == Decision.revision_id)
        .where(
            Contribution.edition_id == edition.id,
            is_apart(),
            Decision.moderator_id != bindparam("me"),
            ~exists().where(
                DecisionMark.decision_id == SecondLook.decision_id,
                DecisionMark.account_id == bindparam("me"),
                DecisionMark.kind != MarkKind.RELEASED.value,
            ),
        )
    )
