"""Who may look at a contribution in the queue, hold it and decide on it, its phase included."""

from datetime import datetime
from typing import Final

from app.contributions.models import Contribution
from app.contributions.policy import is_entrusted as is_entrusted  # noqa: PLC0414 - asked here
from app.contributions.states import State
from app.core.policy import Actor, Role, can_organise
from app.editions.models import Track
from app.moderation.claims.models import Claim

#: What an author has not handed in, or has taken back, is nobody else's to read.
PRIVATE: Final = frozenset({State.DRAFT, State.WITHDRAWN})

#: Whose authors readers know. Before that a decision isn't final: a rejection may be appealed
#: against, an acceptance undone.
KNOWN: Final = frozenset({State.PUBLISHED, State.REMOVED})


def moderates(actor: Actor) -> bool:
    """Whether the person has a queue at all."""
    return actor.id is not None and actor.has(Role.MODERATOR)


def can_see(actor: Actor, contribution: Contribution) -> bool:
    """Read what was handed in, and what was decided about it."""
    return is_entrusted(actor, contribution) and contribution.state not in PRIVATE


def sees_authors(actor: Actor, track: Track, contribution: Contribution) -> bool:
    """Be told who wrote it. ``track`` is the contribution's, in its edition."""
    return not track.is_blind or can_organise(actor) or contribution.state in KNOWN


def can_moderate(actor: Actor, contribution: Contribution) -> bool:
    """Work on it: it waits in the queue, and the queue is this moderator's."""
    return is_entrusted(actor, contribution) and contribution.state == State.SUBMITTED


def is_live(claim: Claim | None, now: datetime) -> bool:
    """Whether anybody holds it at that moment."""
    return claim is not None and claim.expires_at > now


def holds(actor: Actor, claim: Claim | None) -> bool:
    """Whether the claim, run out or not, is the actor's."""
    return claim is not None and claim.moderator_id == actor.id


def can_claim(actor: Actor, contribution: Contribution, claim: Claim | None, now: datetime) -> bool:
    """Take it in hand, or hold it longer: while nobody else does."""
    return can_moderate(actor, contribution) and (holds(actor, claim) or not is_live(claim, now))


def can_decide(
    actor: Actor, contribution: Contribution, claim: Claim | None, now: datetime
) -> bool:
    """Decide: only while holding it."""
    return can_moderate(actor, contribution) and holds(actor, claim) and is_live(claim, now)


def can_release(actor: Actor, claim: Claim | None) -> bool:
    """Let go of what one holds."""
    return holds(actor, claim)
