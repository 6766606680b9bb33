"""What organisers may do with one contribution; ``conflicted``: whether they are in conflict."""

from typing import Final

from app.contributions.models import Contribution
from app.contributions.policy import can_organise
from app.contributions.states import State
from app.core.policy import Actor

#: Where the end of the call matters at all, so that there can be more time.
UNFINISHED: Final = frozenset({State.DRAFT, State.WITHDRAWN})


def may_organise(actor: Actor, *, conflicted: bool) -> bool:
    """Have a say in what becomes of a contribution, and in who decides on it.

    Organisers and administrators, but nobody who wrote it or has a conflict of interest.
    """
    return can_organise(actor) and not conflicted


def can_release(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Publish an accepted essay that waits for its release."""
    may = may_organise(actor, conflicted=conflicted)
    return may and contribution.state == State.ACCEPTED


def can_remove(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Take a published essay down; a tombstone stays."""
    may = may_organise(actor, conflicted=conflicted)
    return may and contribution.state == State.PUBLISHED


def can_correct(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Replace a published text by a corrected one."""
    return can_remove(actor, contribution, conflicted=conflicted)


def can_restore(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Put a removed essay back."""
    may = may_organise(actor, conflicted=conflicted)
    return may and contribution.state == State.REMOVED
