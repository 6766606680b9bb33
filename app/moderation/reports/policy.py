"""Who sees and closes the cases of readers' reports."""

from app.contributions.models import Contribution
from app.contributions.policy import can_organise, is_entrusted
from app.contributions.states import State
from app.core.policy import Actor, Role
from app.moderation.reports.models import CaseOutcome, ReportCase


def has_cases(actor: Actor) -> bool:
    """Whether the person has such cases at all: moderators and organisers."""
    return actor.id is not None and (actor.has(Role.MODERATOR) or can_organise(actor))


def can_handle(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Read what was reported about it, close the case, take the essay down through it.

    The moderators of its language and track, and all organisers, without a conflict of interest.
    """
    return not conflicted and (can_organise(actor) or is_entrusted(actor, contribution))


def is_reversible(case: ReportCase, contribution: Contribution) -> bool:
    """Whether the essay is down because of this case, so that it can be put back through it."""
    removed = contribution.state == State.REMOVED and case.outcome == CaseOutcome.REMOVED
    return removed and case.closed_at == contribution.removed_at
