"""Who may say that there is a conflict of interest, and who may take it back."""

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import Actor, can_organise
from app.moderation.conflicts.models import Conflict
from app.moderation.policy import can_see


def can_declare(actor: Actor, contribution: Contribution) -> bool:
    """Say that one should have no part in it: who could have one."""
    organises = can_organise(actor) and contribution.state != State.DRAFT
    return organises or can_see(actor, contribution)


def can_lift(actor: Actor, conflict: Conflict) -> bool:
    """Let somebody have a part in it again: organisers, but never themselves."""
    return can_organise(actor) and conflict.account_id != actor.id
