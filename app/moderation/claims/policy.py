"""Who may give what waits to whom."""

from datetime import datetime

from app.contributions.models import Contribution
from app.contributions.policy import is_entrusted
from app.core.policy import Actor, can_organise
from app.moderation.claims.models import Claim
from app.moderation.policy import can_decide


def can_hand_over(
    actor: Actor, contribution: Contribution, claim: Claim | None, now: datetime
) -> bool:
    """Give it to a colleague: who holds it."""
    return can_decide(actor, contribution, claim, now)


def can_see_workload(actor: Actor) -> bool:
    """See how much each moderator has in hand and has done."""
    return can_organise(actor)


def can_be_given(receiver: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Receive it: a moderator of its lane without a conflict of interest."""
    return is_entrusted(receiver, contribution) and not conflicted
