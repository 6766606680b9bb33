"""What organisers may do with one contribution, where they have a say in it at all.

That nobody does who wrote it, or has another conflict of interest, is asked once for all of it: by
``operations.must_have_a_say``.
"""

from typing import Final

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Actor, can_organise

#: Where the end of the call matters at all, so that there can be more time.
UNFINISHED: Final = frozenset({State.DRAFT, State.WITHDRAWN})


def can_release(actor: Actor, contribution: Contribution) -> bool:
    """Publish an accepted essay that waits for its release."""
    return can_organise(actor) and contribution.state == State.ACCEPTED


def can_remove(actor: Actor, contribution: Contribution) -> bool:
    """Take a published essay down; a tombstone stays."""
    return can_organise(actor) and contribution.state == State.PUBLISHED


def can_correct(actor: Actor, contribution: Contribution) -> bool:
    """Replace a published text by a corrected one."""
    return can_remove(actor, contribution)


def can_restore(actor: Actor, contribution: Contribution) -> bool:
    """Put a removed essay back."""
    return can_organise(actor) and contribution.state == State.REMOVED
