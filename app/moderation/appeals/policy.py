"""Who may appeal, against what, until when, and who may answer."""

from datetime import datetime
from typing import Final

from app.contributions.models import Contribution
from app.contributions.policy import owns
from app.contributions.states import State
from app.core.policy import Actor
from app.editions import policy as editions
from app.editions.models import Edition
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, Standing

#: Verdicts that end an essay's way; the others leave it with its author.
APPEALABLE: Final = frozenset({"reject", "spam", "duplicate"})

#: Where such a verdict leaves an essay, once its author is told.
ENDED: Final = frozenset({State.REJECTED, State.SPAM})

#: Where an essay is while there can be something to appeal against.
APPEALED: Final = ENDED | {State.REMOVED}


def appeal_until(
    decision: Decision, edition: Edition, told_at: datetime | None = None
) -> datetime | None:
    """Until when its author may appeal against it; None where they may not (yet).

    ``told_at`` is when the author was told of a decision that did not count at once; such a one
    has no date without it.
    """
    told = decision.decided_at if decision.standing == Standing.FINAL else told_at
    if decision.verdict not in APPEALABLE or told is None:
        return None
    return editions.appeal_until(edition, told)


def can_appeal(
    actor: Actor, contribution: Contribution, until: datetime | None, now: datetime
) -> bool:
    """Appeal against the decision that ended it, or its taking down: the owner, in time."""
    ended = contribution.state in APPEALED
    return owns(actor, contribution) and ended and until is not None and now < until


def is_open(appeal: Appeal, contribution: Contribution, *, undone: bool) -> bool:
    """Whether it waits for an answer: one against what was ``undone`` otherwise needs none.

    Not even where the essay has come to its end again since, by another decision.
    """
    there = ENDED if appeal.decision_id else {State.REMOVED}
    return appeal.outcome == Outcome.OPEN and contribution.state in there and not undone
