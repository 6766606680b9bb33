"""Deciding on what one has in hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.mails import tell_owner
from app.contributions.models import Contribution, Revision
from app.contributions.moves import move
from app.contributions.publishing import publish
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction
from app.core.errors import Conflict, Invalid, Several
from app.core.languages import CODES
from app.core.outbox import MailKind
from app.core.policy import Actor
from app.documents.text import normalise, problems, unkeepable
from app.editions.models import Edition
from app.moderation import policy
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import claim, claim_of, entrusted, held_by_other, must_wait
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import LEADS_TO, NEEDS_WORDS, Reason, Verdict

MOST_CHARACTERS: Final = 5_000
MOST_POINTS: Final = 30


def decide(
    session: Session,
    actor: Actor,
    contribution_id: int,
    verdict: Verdict,
    *,
    reasons: Iterable[Reason] = (),
    words: str = "",
    words_language: str = "",
    points: Iterable[str] = (),
    revision_seen: int,
) -> Decision:
    """Decide on the revision one has read, while holding the contribution.

    Accepting publishes, unless the edition releases later. The owner gets a mail, except for spam.
    The same decision sent twice is one. ``revision_seen`` is the revision's number; ``points`` are
    what is to be changed, which the author answers one by one.

    Raises NotFound for whom it is none of their business; Conflict when it no longer waits
    (``contribution.moved_on``), when there is a newer revision (``decision.newer_revision``), when
    somebody else holds it (``claim.held_by_other``) or nobody does (``claim.ran_out``); Several for
    missing reasons or words, or for words that can't be kept.
    """
    contribution = entrusted(session, actor, contribution_id)
    revision = session.get_one(Revision, contribution.revision_id)
    given, kept = _ordered(verdict, reasons), normalise(words).strip()
    asked = [point for each in points if (point := " ".join(normalise(each).split()))]
    language = (words_language or actor.ui_language) if kept or asked else ""
    if contribution.state != State.SUBMITTED:
        made = _made(session, actor, revision)
        same = (verdict.value, given, kept, asked)
        if made and (made.verdict, made.reasons, made.words, made.points) == same:
            return made
    must_wait(contribution)
    held = claim_of(session, contribution_id)
    _must_hold(session, actor, contribution, held, clock.now())
    if revision.number != revision_seen:
        raise Conflict("decision.newer_revision", number=revision.number)
    if found := _unfit(verdict, given, kept, asked, language):
        raise Several(found)
    decision = Decision(
        contribution_id=contribution_id,
        revision_id=revision.id,
        moderator_id=actor.id,
        verdict=verdict.value,
        reasons=given,
        words=kept,
        words_language=language,
        points=asked,
        decided_at=clock.now(),
    )
    session.add(decision)
    session.delete(held)
    session.flush()
    _carry_out(session, actor, contribution, revision, decision)
    return decision


def claim_and_decide(
    session: Session,
    actor: Actor,
    contribution_id: int,
    verdict: Verdict,
    *,
    reasons: Iterable[Reason] = (),
    words: str = "",
    words_language: str = "",
) -> Decision:
    """Claim, and decide on the newest revision. Raises what the two raise."""
    claim(session, actor, contribution_id)
    newest = session.scalars(
        select(Revision.number)
        .join(Contribution, Contribution.revision_id == Revision.id)
        .where(Contribution.id == contribution_id)
    ).one()
    return decide(
        session,
        actor,
        contribution_id,
        verdict,
        reasons=reasons,
        words=words,
        words_language=words_language,
        revision_seen=newest,
    )


def _must_hold(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    held: Claim | None,
    now: datetime,
) -> None:
    if policy.can_decide(actor, contribution, held, now):
        return
    if policy.is_live(held, now):
        raise held_by_other(session, held)
    raise Conflict("claim.ran_out")


def _made(session: Session, actor: Actor, revision: Revision) -> Decision | None:
    return session.scalar(
        select(Decision).where(
            Decision.revision_id == revision.id, Decision.moderator_id == actor.id
        )
    )


def _ordered(verdict: Verdict, reasons: Iterable[Reason]) -> list[str]:
    given = set(reasons) | ({Reason.SPAM} if verdict is Verdict.SPAM else set())
    return [reason.value for reason in Reason if reason in given]


def _unfit(
    verdict: Verdict, reasons: list[str], words: str, points: list[str], language: str
) -> list[Invalid]:
    """What the decision lacks, or why its words can't be kept."""
    found = []
    if not reasons:
        found.append(Invalid("decision.reasons_needed", field="reasons"))
    if verdict in NEEDS_WORDS and not words and not points:
        found.append(Invalid("decision.words_needed", field="words"))
    if len(words) > MOST_CHARACTERS:
        found.append(Invalid("text.too_long", field="words", limit=MOST_CHARACTERS))
    elif unfit := [each for each in problems(words) if each.code.startswith("text.")]:
        first = unfit[0]
        found.append(Invalid(first.code, field="words", line=first.line, **first.data))
    if points and verdict is not Verdict.CHANGES:
        found.append(Invalid("decision.points_without_changes", field="points"))
    if len(points) > MOST_POINTS:
        found.append(Invalid("decision.too_many_points", field="points", limit=MOST_POINTS))
    if sum(map(len, points)) > MOST_CHARACTERS:
        found.append(Invalid("text.too_long", field="points", limit=MOST_CHARACTERS))
    elif unfit := [problem for point in points for problem in unkeepable(point)]:
        found.append(Invalid(unfit[0].code, field="points", line=1, **unfit[0].data))
    if (words or points) and language not in CODES:
        found.append(Invalid("language.unknown", field="words_language"))
    return found


def _carry_out(
    session: Session,
    actor: Actor,
    contribution: Contribution,
    revision: Revision,
    decision: Decision,
) -> None:
    """What the verdict causes: the move, the publication, the mail."""
    verdict = Verdict(decision.verdict)
    move(
        session,
        actor,
        contribution,
        LEADS_TO[verdict],
        AuditAction.CONTRIBUTION_DECIDED,
        decision=decision.id,
        verdict=decision.verdict,
        reasons=decision.reasons,
        revision=revision.number,
    )
    edition = session.get_one(Edition, contribution.edition_id)
    if verdict is Verdict.ACCEPT and not edition.release_later:
        publish(session, actor, contribution)
    if verdict is not Verdict.SPAM:
        tell_owner(
            session,
            MailKind.DECISION,
            contribution,
            decision.id,
            verdict=decision.verdict,
            reasons=decision.reasons,
            words=decision.words,
            words_language=decision.words_language,
            points=decision.points,
        )
