"""Who sees and closes the cases of readers' reports."""

from app.contributions.models import Contribution, TakeDown
from app.contributions.policy import is_entrusted
from app.core.policy import Actor, Role, can_organise


def has_cases(actor: Actor) -> bool:
    """Whether the person has such cases at all: moderators and organisers."""
    return actor.id is not None and (actor.has(Role.MODERATOR) or can_organise(actor))


def can_handle(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Read what was reported about it, close the case, take the essay down through it.

    The moderators of its language and track, and all organisers, without a conflict of interest.
    """
    return not conflicted and (can_organise(actor) or is_entrusted(actor, contribution))


def is_reversible(made: TakeDown | None) -> bool:
    """Whether what a case took down, if anything, is down still and can be put back through it."""
    return made is not None and made.reversed_at is None
