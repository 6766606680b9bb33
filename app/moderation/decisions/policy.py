"""Who may take decisions back, and who may tell those that were kept."""

from typing import Final

from app.contributions.models import Contribution
from app.contributions.policy import is_entrusted
from app.contributions.states import State
from app.core.policy import Actor, can_organise
from app.moderation.decisions.verdicts import LEADS_TO, Verdict

#: What readers have seen is taken down, not undone.
PUBLIC: Final = frozenset({State.PUBLISHED, State.REMOVED})


def can_undo(
    actor: Actor,
    contribution: Contribution,
    moderator_id: int,
    verdict: Verdict,
    *,
    is_proposed: bool,
    conflicted: bool,
) -> bool:
    """Undo the last decision on it, which that moderator made: the moderator, and organisers.

    None of them once they have a conflict of interest.
    """
    own = moderator_id == actor.id and is_entrusted(actor, contribution)
    stands = is_proposed or contribution.state in {State.DECIDED, LEADS_TO[verdict]}
    return stands and not conflicted and (own or can_organise(actor))


def can_release(actor: Actor) -> bool:
    """Tell authors the decisions of an edition that were kept: organisers and administrators."""
    return can_organise(actor)
