"""What was decided on a contribution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.audit import AuditAction, AuditEntry
from app.core.policy import TrackCode
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind, Standing
from app.moderation.decisions.proposals import is_open
from app.moderation.decisions.verdicts import Verdict
from app.moderation.reasons.rules import rules_of

#: What follows from a decision its author has been told of.
DECIDED_ON: Final = frozenset(
    {
        State.CHANGES_REQUESTED,
        State.ACCEPTED,
        State.PUBLISHED,
        State.REJECTED,
        State.SPAM,
    }
)

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as its author sees it: without the moderator.

    Attributes:
        reasons: their codes. ``reason_texts``: of those with words of the track's own, these.
        rules: anchors of the rules of the charter these rest on.
        points: what is to be changed, one by one, in the language of the words.
        revision: the number of what was decided on.
        duplicate_of: number of the contribution it repeats; "" for none.
        new_track: code of the one it should move to; "" for none.
        signs: kinds of the automatic signs the moderator was shown.
        told_at: since when it counts; None for what is proposed or kept only.
        undone_at: when it was taken back, if it was.
    """

    id: int
    verdict: Verdict
    reasons: tuple[str, ...]
    reason_texts: Mapping[str, Mapping[str, str]]
    rules: tuple[str, ...]
    words: str
    words_language: str
    points: tuple[str, ...]
    decided_at: datetime
    revision: int
    duplicate_of: str
    new_track: str
    signs: tuple[str, ...]
    told_at: datetime | None
    undone_at: datetime | None

    @property
    def asked(self) -> tuple[str, ...]:
        """What is to be changed, point by point; words alone are one point."""
        if self.verdict is not Verdict.CHANGES or self.told_at is None or self.undone_at:
            return ()
        return self.points or ((self.words,) if self.words else ())


@dataclass(frozen=True, slots=True)
class HistoryItem(Decided):
    """A decision as moderators and organisers see it.

    Attributes:
        is_seconded: whether somebody has agreed with it, by a name or without one.
        seconded_by, overruled_by, undone_by: names; "" for nobody.
        undone_by_id: their account.
        is_open_proposal: whether it waits for a second opinion.
        is_kept: whether it is still to be announced.
        is_last: whether no other came after it.
    """

    moderator: str
    moderator_id: int
    standing: Standing
    is_seconded: bool
    seconded_by: str
    overruled_by: str
    undone_by: str
    undone_by_id: int | None
    undone_words: str
    is_open_proposal: bool
    is_kept: bool
    is_last: bool


def history(session: Session, contribution_id: int) -> list[HistoryItem]:
    """All decisions, oldest first, with the moderators' names: for moderators and organisers."""
    rows = session.execute(
        _decisions(contribution_id)
        .add_columns(
            Account.name.label("moderator"),
            Decision.moderator_id,
            is_open().label("is_open_proposal"),
            is_kept().label("is_kept"),
            is_last().label("is_last"),
            _of_mark(MarkKind.SECONDED, DecisionMark.at).label("seconded_at"),
            _marker(MarkKind.SECONDED).label("seconded_by"),
            _marker(MarkKind.OVERRULED).label("overruled_by"),
            _marker(MarkKind.UNDONE).label("undone_by"),
            _of_mark(MarkKind.UNDONE, DecisionMark.account_id).label("undone_by_id"),
            _of_mark(MarkKind.UNDONE, DecisionMark.words).label("undone_words"),
        )
        .join(Account, Account.id == Decision.moderator_id)
    )
    return [
        HistoryItem(
            **_decided(row),
            moderator=row.moderator,
            moderator_id=row.moderator_id,
            standing=Standing(row.standing),
            is_seconded=row.seconded_at is not None,
            seconded_by=row.seconded_by or "",
            overruled_by=row.overruled_by or "",
            undone_by=row.undone_by or "",
            undone_by_id=row.undone_by_id,
            undone_words=row.undone_words or "",
            is_open_proposal=row.is_open_proposal,
            is_kept=row.is_kept,
            is_last=row.is_last,
        )
        for row in rows
    ]


def decisions_for_author(session: Session, contribution_id: int) -> list[Decided]:
    """All they were told, oldest first, without the moderators' names."""
    rows = session.execute(_decisions(contribution_id).where(is_told()))
    return [Decided(**_decided(row)) for row in rows]


def request_to_answer(session: Session, contribution: Contribution) -> Decided | None:
    """The request for changes that the newest revision got, for who writes the next one."""
    newest = _newest(session, contribution)
    return newest if newest and newest.verdict is Verdict.CHANGES else None


def standing_decision(session: Session, contribution: Contribution) -> Decided | None:
    """The decision by which a contribution is what its author sees; None before there is one."""
    if contribution.state not in DECIDED_ON:
        return None
    stand = [each for each in decisions_for_author(session, contribution.id) if not each.undone_at]
    return stand[-1] if stand else None


def proposed_track(session: Session, contribution: Contribution) -> TrackCode | None:
    """The track it should move to, while its author has not answered; None for none."""
    if contribution.state != State.CHANGES_REQUESTED:
        return None
    newest = _newest(session, contribution)
    return TrackCode(newest.new_track) if newest and newest.new_track else None


def _newest(session: Session, contribution: Contribution) -> Decided | None:
    """The last decision on the newest revision that its author was told and that stands."""
    row = session.execute(
        _decisions(contribution.id)
        .where(
            Decision.revision_id == contribution.revision_id,
            is_told(),
            _of_mark(MarkKind.UNDONE, DecisionMark.at).is_(None),
        )
        .order_by(None)
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()
    return Decided(**_decided(row)) if row else None


def is_kept() -> ColumnElement[bool]:
    """Whether a decision is what its contribution (joined) is held back by."""
    return (Contribution.state == State.DECIDED.value) & is_last()


def is_last() -> ColumnElement[bool]:
    """Whether no decision on the same contribution came after it."""
    later = aliased(Decision)
    newer = exists().where(
        later.contribution_id == Decision.contribution_id, later.id > Decision.id
    )
    return ~newer.correlate(Decision)


def is_told() -> ColumnElement[bool]:
    """Whether the author knows of a decision.

    What has been released and was undone, or whose essay was withdrawn, before it was carried out
    is still a secret.
    """
    return or_(Decision.standing == Standing.FINAL.value, told_at().is_not(None))


def told_at() -> ColumnElement[Any]:
    """The moment at which a decision was carried out, so that it counts; NULL before.

    That of the entry which was written in the same transaction, and names the decision: neither
    the order of two acts nor the clock has a say in it.
    """
    return (
        select(AuditEntry.at)
        .where(
            AuditEntry.subject == "contribution",
            AuditEntry.subject_id == Decision.contribution_id,
            AuditEntry.action == AuditAction.CONTRIBUTION_DECIDED.value,
            AuditEntry.data["decision"].as_integer() == Decision.id,
        )
        .limit(1)
        .correlate(Decision)
        .scalar_subquery()
    )


def _of_mark(kind: MarkKind, column: Any) -> ColumnElement[Any]:
    """That column of a decision's mark of that kind; NULL without one."""
    mark = aliased(DecisionMark)
    return (
        select(getattr(mark, column.key))
        .where(mark.decision_id == Decision.id, mark.kind == kind.value)
        .correlate(Decision)
        .scalar_subquery()
    )


def _marker(kind: MarkKind) -> ColumnElement[Any]:
    """Name of who set a decision's mark of that kind; NULL without one."""
    mark, by = aliased(DecisionMark), aliased(Account)
    return (
        select(func.coalesce(by.name, ""))
        .join_from(mark, by, by.id == mark.account_id)
        .where(mark.decision_id == Decision.id, mark.kind == kind.value)
        .correlate(Decision)
        .scalar_subquery()
    )


def _decisions(contribution_id: int) -> Rows:
    repeated = aliased(Contribution)
    return (
        select(
            Decision.id,
            Decision.verdict,
            Decision.reasons,
            Decision.reason_texts,
            Decision.reason_rules,
            Decision.words,
            Decision.words_language,
            Decision.points,
            Decision.decided_at,
            Decision.new_track,
            Decision.standing,
            Decision.signs,
            told_at().label("told_at"),
            _of_mark(MarkKind.UNDONE, DecisionMark.at).label("undone_at"),
            Revision.number,
            repeated.number.label("duplicate_of"),
        )
        .join(Revision, Revision.id == Decision.revision_id)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .outerjoin(repeated, repeated.id == Decision.duplicate_of_id)
        .where(Decision.contribution_id == contribution_id)
        .order_by(Decision.id)
    )


def _decided(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "verdict": Verdict(row.verdict),
        "reasons": tuple(row.reasons),
        "reason_texts": row.reason_texts,
        "rules": rules_of(row.reasons, row.reason_rules),
        "words": row.words,
        "words_language": row.words_language,
        "points": tuple(row.points),
        "decided_at": row.decided_at,
        "revision": row.number,
        "duplicate_of": row.duplicate_of or "",
        "new_track": row.new_track,
        "told_at": row.decided_at if row.standing == Standing.FINAL else row.told_at,
        "undone_at": row.undone_at,
        "signs": tuple(row.signs),
    }
