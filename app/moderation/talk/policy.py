"""Who reads and writes what is said about a contribution."""

from app.contributions.models import Contribution
from app.contributions.policy import can_read
from app.contributions.states import State
from app.core.policy import Actor, can_organise
from app.moderation.policy import PRIVATE, is_entrusted

#: Nobody is told that an essay was marked as spam.
SILENT = PRIVATE | {State.SPAM}


def can_follow(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Read and write notes: its moderators and organisers, without a conflict of interest."""
    if conflicted or contribution.state in PRIVATE:
        return False
    return can_organise(actor) or is_entrusted(actor, contribution)


def can_address_author(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Write to the author."""
    follows = can_follow(actor, contribution, conflicted=conflicted)
    return follows and contribution.state not in SILENT


def can_answer(actor: Actor, contribution: Contribution, *, addressed: bool) -> bool:
    """Write to the moderators: its authors, once (``addressed``) somebody has written to them."""
    return can_read(actor, contribution) and addressed and contribution.state not in SILENT
