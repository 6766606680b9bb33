"""The reasons a decision in a track may give: the standard ones as the track has them, its own.

Rows exist only where a track differs from the standard.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.db import Reader
from app.core.policy import TrackCode
from app.editions.models import Edition, Track
from app.moderation.decisions.verdicts import IMPLIES, Reason, Verdict
from app.moderation.reasons.models import CodedReason
from app.moderation.reasons.rules import RULES

STANDARD: Final = frozenset(map(str, Reason))

#: What a verdict says by itself is always there to be said.
IMPLIED: Final = frozenset(map(str, IMPLIES.values()))

_IN_ORDER: Final = (CodedReason.position, CodedReason.id)


@dataclass(frozen=True, slots=True)
class TrackReason:
    """One reason as a track has it.

    Attributes:
        rule: the rule an organiser has chosen for one of the track's own; "" for none.
        text: words of the track's own, by language; none where a standard one has its usual words.
        verdicts: what it is offered for; none means all.
    """

    code: str
    text: Mapping[str, str]
    verdicts: tuple[Verdict, ...] = ()
    is_offered: bool = True
    rule: str = ""

    @property
    def is_standard(self) -> bool:
        """Whether every track has it."""
        return self.code in STANDARD

    @property
    def rests_on(self) -> str:
        """The rule of the charter it rests on; "" for none in particular."""
        return self.rule or RULES.get(self.code, "")

    def fits(self, verdict: Verdict) -> bool:
        """Whether a decision of that kind may give it."""
        return self.is_offered and (not self.verdicts or verdict in self.verdicts)


def of_track(session: Session, track_id: int) -> list[TrackReason]:
    """All reasons of a track, withdrawn ones among them: first the standard ones. One query."""
    rows = session.scalars(
        select(CodedReason).where(CodedReason.track_id == track_id).order_by(*_IN_ORDER)
    )
    return _merged(rows)


def of_contribution(session: Session, contribution_id: int) -> list[TrackReason]:
    """The same for the track a contribution is in. One query."""
    rows = session.scalars(
        select(CodedReason)
        .join(Track, Track.id == CodedReason.track_id)
        .join(
            Contribution,
            (Contribution.edition_id == Track.edition_id) & (Contribution.track == Track.code),
        )
        .where(Contribution.id == contribution_id)
        .order_by(*_IN_ORDER)
    )
    return _merged(rows)


def of_tracks(session: Session, ids: Collection[int]) -> dict[int, list[TrackReason]]:
    """The same for several tracks, by their ids. One query."""
    rows = session.scalars(
        select(CodedReason).where(CodedReason.track_id.in_(ids)).order_by(*_IN_ORDER)
    ).all()
    return {id: _merged(row for row in rows if row.track_id == id) for id in ids}


def _merged(rows: Iterable[CodedReason]) -> list[TrackReason]:
    known = {row.code: _of_row(row) for row in rows}
    standard = [known.pop(code.value, TrackReason(code.value, {})) for code in Reason]
    return [*standard, *known.values()]


def _of_row(row: CodedReason) -> TrackReason:
    verdicts = tuple(verdict for verdict in Verdict if verdict in row.verdicts)
    return TrackReason(row.code, row.text, verdicts, row.is_offered, row.rule)


def row(session: Session, track: Track, code: str) -> CodedReason | None:
    """What the track says of that reason; None where it says nothing. One query."""
    return session.scalar(
        select(CodedReason).where(CodedReason.track_id == track.id, CodedReason.code == code)
    )


def own_reasons(reader: Reader, tracks: Iterable[TrackCode]) -> dict[str, dict[str, str]]:
    """The words of all reasons of these tracks' own, in any edition, by code. One query.

    Withdrawn ones are among them, since decisions have given them. Where editions share a code,
    the newest edition's words stand for it.
    """
    rows = reader.execute(
        select(CodedReason.code, CodedReason.text)
        .join(Track, Track.id == CodedReason.track_id)
        .join(Edition, Edition.id == Track.edition_id)
        .where(CodedReason.code.not_in(STANDARD), Track.code.in_([code.value for code in tracks]))
        .order_by(Edition.position, Edition.id, Track.position, *_IN_ORDER)
    )
    return {row.code: row.text for row in rows}
