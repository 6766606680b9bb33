"""Who may do what with a contribution, its phase included."""

from datetime import datetime

from app.contributions.models import Contribution
from app.contributions.states import WRITABLE, State
from app.core.policy import Actor, Role, can_organise
from app.editions.models import Edition
from app.editions.policy import GRACE, accepts_drafts, accepts_submission, closing


def owns(actor: Actor, contribution: Contribution) -> bool:
    """Whether it is the actor's own."""
    return actor.id is not None and contribution.owner_id == actor.id


def co_authors(actor: Actor, contribution: Contribution) -> bool:
    """Whether the actor has confirmed being one of its authors."""
    return actor.id is not None and str(actor.id) in contribution.co_authors


def can_read(actor: Actor, contribution: Contribution) -> bool:
    """Open it at the writing desk, whatever its state: its owner and its co-authors."""
    return owns(actor, contribution) or co_authors(actor, contribution)


def can_invite(actor: Actor, contribution: Contribution) -> bool:
    """Ask co-authors, and say who may edit: the owner, until it is published or given up."""
    return owns(actor, contribution) and contribution.state in WRITABLE | {
        State.SUBMITTED,
        State.DECIDED,
        State.ACCEPTED,
    }


def can_open(actor: Actor, edition: Edition, now: datetime) -> bool:
    """Begin an essay: everybody with an account, while the call is open."""
    return actor.id is not None and accepts_drafts(edition, now)


def can_write(actor: Actor, contribution: Contribution) -> bool:
    """Change the draft: its owner, and the co-authors the owner lets do so, before submission and
    when changes were asked for.
    """
    edits = actor.id is not None and contribution.co_authors.get(str(actor.id)) is True
    return (owns(actor, contribution) or edits) and contribution.state in WRITABLE


def can_submit(actor: Actor, contribution: Contribution, edition: Edition, now: datetime) -> bool:
    """Hand in: the owner, in the call window or answering a request for changes."""
    if not (owns(actor, contribution) and can_write(actor, contribution)):
        return False
    return contribution.state == State.CHANGES_REQUESTED or in_time(contribution, edition, now)


def in_time(contribution: Contribution, edition: Edition, now: datetime) -> bool:
    """Whether the call is still open for this one: by its window or by more time for it alone."""
    more = contribution.extended_until is not None and now < contribution.extended_until
    return more or accepts_submission(edition, contribution.opened_at, now)


def late_until(contribution: Contribution, edition: Edition, now: datetime) -> datetime | None:
    """Until when it may be submitted although no call is open; None where that is not so."""
    if accepts_drafts(edition, now) or not in_time(contribution, edition, now):
        return None
    closed_at, begun_at = closing(edition), contribution.opened_at
    grace = closed_at + GRACE if closed_at and begun_at < closed_at <= now else None
    return max(moment for moment in (grace, contribution.extended_until) if moment is not None)


def can_withdraw(actor: Actor, contribution: Contribution) -> bool:
    """Take back what is not yet published: its owner."""
    return owns(actor, contribution) and contribution.state in {
        State.SUBMITTED,
        State.DECIDED,
        State.CHANGES_REQUESTED,
        State.ACCEPTED,
    }


def can_discard(actor: Actor, contribution: Contribution) -> bool:
    """Throw away a draft that was never submitted: its owner."""
    unseen = contribution.state == State.DRAFT and contribution.number is None
    return owns(actor, contribution) and unseen


def can_revive(actor: Actor, contribution: Contribution, edition: Edition, now: datetime) -> bool:
    """Take up again what was withdrawn: its owner, while the call is open for it."""
    withdrawn = contribution.state == State.WITHDRAWN
    return owns(actor, contribution) and withdrawn and in_time(contribution, edition, now)


def is_entrusted(actor: Actor, contribution: Contribution) -> bool:
    """Whether it lies in a language and a track of this moderator's, and isn't their own."""
    return (
        actor.id is not None
        and actor.has(Role.MODERATOR)
        and contribution.language in actor.reads
        and contribution.track in actor.serves
        and not can_read(actor, contribution)
    )


def can_see_figures(actor: Actor, contribution: Contribution, *, conflicted: bool) -> bool:
    """Look at what it shows while that is not public: whoever may read the text.

    ``conflicted``: whether the actor has a conflict of interest, which keeps them away.
    """
    if can_read(actor, contribution):
        return True
    if contribution.state == State.DRAFT or conflicted:
        return False
    moderates = contribution.state != State.WITHDRAWN and is_entrusted(actor, contribution)
    return moderates or can_organise(actor)
