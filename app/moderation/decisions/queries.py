"""What was decided on a contribution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.policy import TrackCode
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as its author sees it: without the moderator.

    Attributes:
        points: what is to be changed, one by one, in the language of the words.
        revision: the number of what was decided on.
        duplicate_of: number of the contribution it repeats; "" for none.
        new_track: code of the one it should move to; "" for none.
    """

    id: int
    verdict: Verdict
    reasons: tuple[Reason, ...]
    words: str
    words_language: str
    points: tuple[str, ...]
    decided_at: datetime
    revision: int
    duplicate_of: str
    new_track: str

    @property
    def asked(self) -> tuple[str, ...]:
        """What is to be changed, point by point; words alone are one point."""
        if self.verdict is not Verdict.CHANGES:
            return ()
        return self.points or ((self.words,) if self.words else ())


@dataclass(frozen=True, slots=True)
class HistoryItem(Decided):
    """A decision as moderators and organisers see it."""

    moderator: str


def history(session: Session, contribution_id: int) -> list[HistoryItem]:
    """All decisions, oldest first, with the moderators' names: for moderators and organisers."""
    rows = session.execute(
        _decisions(contribution_id)
        .add_columns(Account.name)
        .join(Account, Account.id == Decision.moderator_id)
    )
    return [HistoryItem(**_decided(row), moderator=row.name) for row in rows]


def decisions_for_author(session: Session, contribution_id: int) -> list[Decided]:
    """All decisions, oldest first, without the moderators' names."""
    return [Decided(**_decided(row)) for row in session.execute(_decisions(contribution_id))]


def request_to_answer(session: Session, contribution: Contribution) -> Decided | None:
    """The request for changes that the newest revision got, for who writes the next one."""
    newest = _newest(session, contribution)
    return newest if newest and newest.verdict is Verdict.CHANGES else None


def proposed_track(session: Session, contribution: Contribution) -> TrackCode | None:
    """The track it should move to, while its author has not answered; None for none."""
    if contribution.state != State.CHANGES_REQUESTED:
        return None
    newest = _newest(session, contribution)
    return TrackCode(newest.new_track) if newest and newest.new_track else None


def _newest(session: Session, contribution: Contribution) -> Decided | None:
    """The last decision on the newest revision."""
    row = session.execute(
        _decisions(contribution.id)
        .where(Decision.revision_id == contribution.revision_id)
        .order_by(None)
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()
    return Decided(**_decided(row)) if row else None


def _decisions(contribution_id: int) -> Rows:
    repeated = aliased(Contribution)
    return (
        select(
            Decision.id,
            Decision.verdict,
            Decision.reasons,
            Decision.words,
            Decision.words_language,
            Decision.points,
            Decision.decided_at,
            Decision.new_track,
            Revision.number,
            repeated.number.label("duplicate_of"),
        )
        .join(Revision, Revision.id == Decision.revision_id)
        .outerjoin(repeated, repeated.id == Decision.duplicate_of_id)
        .where(Decision.contribution_id == contribution_id)
        .order_by(Decision.id)
    )


def _decided(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "verdict": Verdict(row.verdict),
        "reasons": tuple(Reason(code) for code in row.reasons),
        "words": row.words,
        "words_language": row.words_language,
        "points": tuple(row.points),
        "decided_at": row.decided_at,
        "revision": row.number,
        "duplicate_of": row.duplicate_of or "",
        "new_track": row.new_track,
    }
