"""One contribution as a moderator sees it."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from app.accounts.models import Account
from app.contributions.models import Contribution, Revision
from app.core import clock
from app.core.errors import NotFound
from app.core.policy import Actor
from app.editions.models import Track
from app.moderation import policy
from app.moderation.claims.models import Claim
from app.moderation.claims.queries import Hold
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions.queries import HistoryItem, history


@dataclass(frozen=True, slots=True)
class Item:
    """One contribution as a moderator sees it, with its newest revision.

    Attributes:
        track: with the rules of its edition.
        sees_authors: whether the moderator may be told who wrote it.
        claim: the claim on it, run out or not. ``hold``: the same, unless it has run out.
    """

    contribution: Contribution
    revision: Revision
    track: Track
    sees_authors: bool
    claim: Claim | None
    hold: Hold | None
    history: list[HistoryItem]


def item(session: Session, actor: Actor, contribution_id: int) -> Item:
    """One contribution with its newest revision, its hold and what was decided. Four queries.

    Raises NotFound for all but the moderators of its language and track, and for those of them who
    have a conflict of interest.
    """
    row = session.execute(
        select(Contribution, Track)
        .join(
            Track,
            and_(Track.edition_id == Contribution.edition_id, Track.code == Contribution.track),
        )
        .where(Contribution.id == contribution_id)
        .options(
            joinedload(Contribution.revision),
            joinedload(Contribution.edition),
            joinedload(Contribution.theme),
            joinedload(Contribution.question),
            raiseload("*"),
        )
    ).one_or_none()
    found, track = row or (None, None)
    if found is None or track is None or found.revision is None or not policy.can_see(actor, found):
        raise NotFound("contribution.unknown")
    if is_conflicted(session, actor, contribution_id):
        raise NotFound("contribution.unknown")
    held = session.execute(
        select(Claim, Account.name)
        .join(Account, Account.id == Claim.moderator_id)
        .where(Claim.contribution_id == contribution_id)
    ).one_or_none()
    claim, name = held or (None, "")
    live = claim is not None and policy.is_live(claim, clock.now())
    return Item(
        contribution=found,
        revision=found.revision,
        track=track,
        sees_authors=policy.sees_authors(actor, track, found),
        claim=claim,
        hold=Hold(name, policy.holds(actor, claim), claim.expires_at) if claim and live else None,
        history=history(session, contribution_id),
    )
