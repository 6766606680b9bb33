"""Who may appeal against a decision, until when, and who may answer."""

from datetime import datetime, timedelta
from typing import Final

from app.contributions.models import Contribution
from app.contributions.policy import owns
from app.contributions.states import State
from app.core.policy import Actor
from app.editions.models import Edition
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision, Standing

#: Verdicts that end an essay's way; the others leave it with its author.
APPEALABLE: Final = frozenset({"reject", "spam", "duplicate"})

#: Where such a verdict leaves an essay, once its author is told.
ENDED: Final = frozenset({State.REJECTED, State.SPAM})


def appeal_until(
    decision: Decision, edition: Edition, told_at: datetime | None = None
) -> datetime | None:
    """Until when its author may appeal against it; None where they may not (yet).

    ``told_at`` is when the author was told of a decision that did not count at once; such a one
    has no date without it.
    """
    told = decision.decided_at if decision.standing == Standing.FINAL else told_at
    if decision.verdict not in APPEALABLE or not edition.appeal_days or told is None:
        return None
    return told + timedelta(days=edition.appeal_days)


def can_appeal(
    actor: Actor, contribution: Contribution, until: datetime | None, now: datetime
) -> bool:
    """Appeal against the decision that ended it: the owner, in time."""
    ended = contribution.state in ENDED
    return owns(actor, contribution) and ended and until is not None and now < until


def is_open(appeal: Appeal, contribution: Contribution, *, undone: bool) -> bool:
    """Whether it waits for an answer: one against a decision that was ``undone`` needs none.

    Not even where the essay has come to its end again since, by another decision.
    """
    return appeal.outcome == Outcome.OPEN and contribution.state in ENDED and not undone
