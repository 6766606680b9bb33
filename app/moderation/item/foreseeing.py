"""What an author would be told by a decision that nobody has made yet. Nothing is written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from sqlalchemy.orm import Session

from app.contributions.mails import about
from app.contributions.queries import number_of
from app.core import clock
from app.core.errors import Several
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor
from app.moderation.appeals.policy import appeal_until
from app.moderation.decisions.carrying_out import letter
from app.moderation.decisions.models import Decision
from app.moderation.decisions.queries import Decided
from app.moderation.decisions.verdicts import Verdict
from app.moderation.decisions.written import Said, Written
from app.moderation.item.queries import Item, item
from app.moderation.reasons.rules import rules_of
from app.moderation.signs import queries as signs
from app.moderation.talk.queries import author_language


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A decision as its author would find it.

    Attributes:
        decided: as the author's page states it. ``until``: when they might appeal, if they may.
        mail: as it would be owed; it has no recipient and is never sent.
        published: whether the essay could be read by everybody.
        guessed: whether the author may read in another language, which moderators aren't told.
    """

    decided: Decided
    until: datetime | None
    mail: OutboxMail
    published: bool
    guessed: bool


def foresee(
    session: Session,
    actor: Actor,
    contribution_id: int,
    verdict: Verdict,
    **said: Unpack[Said],
) -> Foreseen:
    """What the author would be told once ``decide`` with the same counts.

    Raises NotFound for whom it is none of their business, Several for what it lacks.
    """
    shown = item(session, actor, contribution_id)
    contribution, edition = shown.contribution, shown.contribution.edition
    written = Written.of(session, actor, contribution, verdict, said)
    if found := written.lacks():
        raise Several(found)
    decision = Decision(
        contribution_id=contribution_id,
        revision_id=shown.revision.id,
        signs=signs.kinds(session, contribution),
        decided_at=clock.now(),
        **written.columns(),
    )
    until = appeal_until(decision, edition, decision.decided_at)
    return Foreseen(
        decided=_decided(session, shown, decision),
        until=until,
        mail=OutboxMail(
            kind=MailKind.DECISION.value,
            language=author_language(session, contribution, sees_authors=shown.sees_authors),
            data=about(contribution) | letter(session, decision, edition, until),
        ),
        published=verdict is Verdict.ACCEPT and not edition.release_later,
        guessed=not shown.sees_authors,
    )


def _decided(session: Session, shown: Item, decision: Decision) -> Decided:
    return Decided(
        id=0,
        verdict=Verdict(decision.verdict),
        reasons=tuple(decision.reasons),
        reason_texts=decision.reason_texts,
        rules=rules_of(decision.reasons, decision.reason_rules),
        words=decision.words,
        words_language=decision.words_language,
        points=tuple(decision.points),
        decided_at=decision.decided_at,
        revision=shown.revision.number,
        duplicate_of=number_of(session, decision.duplicate_of_id),
        new_track=decision.new_track,
        signs=tuple(decision.signs),
        told_at=decision.decided_at,
        undone_at=None,
    )
