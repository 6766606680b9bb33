"""Who may do what with a contribution, its phase included."""

from datetime import datetime

from app.contributions.models import Contribution
from app.contributions.states import WRITABLE, State
from app.core.policy import Actor, Role
from app.editions.models import Edition
from app.editions.policy import accepts_drafts, accepts_submission


def owns(actor: Actor, contribution: Contribution) -> bool:
    """Whether it is the actor's own."""
    return actor.id is not None and contribution.owner_id == actor.id


def can_open(actor: Actor, edition: Edition, now: datetime) -> bool:
    """Begin an essay: everybody with an account, while the call is open."""
    return actor.id is not None and accepts_drafts(edition, now)


def can_write(actor: Actor, contribution: Contribution) -> bool:
    """Change the draft: its owner, before submission and when changes were asked for."""
    return owns(actor, contribution) and contribution.state in WRITABLE


def can_submit(actor: Actor, contribution: Contribution, edition: Edition, now: datetime) -> bool:
    """Hand in: the owner, in the call window or answering a request for changes."""
    if not can_write(actor, contribution):
        return False
    answering = contribution.state == State.CHANGES_REQUESTED
    return answering or accepts_submission(edition, contribution.opened_at, now)


def can_withdraw(actor: Actor, contribution: Contribution) -> bool:
    """Take back what is not yet published: its owner."""
    return owns(actor, contribution) and contribution.state in {
        State.SUBMITTED,
        State.CHANGES_REQUESTED,
        State.ACCEPTED,
    }


def can_discard(actor: Actor, contribution: Contribution) -> bool:
    """Throw away a draft that was never submitted: its owner."""
    return owns(actor, contribution) and contribution.state == State.DRAFT


def can_organise(actor: Actor) -> bool:
    """Import, release, correct and remove: organisers and administrators."""
    return actor.has(Role.ORGANISER, Role.ADMINISTRATOR)


def can_release(actor: Actor, contribution: Contribution) -> bool:
    """Publish an accepted essay that waits for its release."""
    return can_organise(actor) and contribution.state == State.ACCEPTED


def can_remove(actor: Actor, contribution: Contribution) -> bool:
    """Take a published essay down; a tombstone stays."""
    return can_organise(actor) and contribution.state == State.PUBLISHED


def can_correct(actor: Actor, contribution: Contribution) -> bool:
    """Replace a published text by a corrected one."""
    return can_organise(actor) and contribution.state == State.PUBLISHED


def can_restore(actor: Actor, contribution: Contribution) -> bool:
    """Put a removed essay back."""
    return can_organise(actor) and contribution.state == State.REMOVED
