"""Who looks at a decision a second time, and who is told what came of it."""

from datetime import datetime

from app.contributions.models import Contribution, Revision
from app.contributions.policy import can_read
from app.core.policy import Actor, can_organise
from app.editions.models import Edition
from app.moderation.appeals.models import Outcome
from app.moderation.appeals.policy import appeal_until
from app.moderation.decisions.models import Decision
from app.moderation.policy import PRIVATE, moderates
from app.moderation.sampling.models import SecondLook


def can_look(
    actor: Actor, contribution: Contribution, look: SecondLook, revision: Revision, *, apart: bool
) -> bool:
    """Look at a decision on it a second time: moderators of its lane when it was decided on, who
    stand ``apart`` from the essay.

    That is, who had no part in it and have no conflict of interest. The essay's own track and
    language may be others by now, those of a draft its author has not handed in.
    """
    in_lane = look.track in actor.serves and revision.language in actor.reads
    seen = contribution.state not in PRIVATE and not can_read(actor, contribution)
    return moderates(actor) and in_lane and seen and apart


def waits(look: SecondLook, contribution: Contribution, *, appealed: bool) -> bool:
    """Whether it needs a look: not while its author has taken the essay back, nor while they have
    ``appealed`` or still can, since whoever looks can't answer that.
    """
    is_open = look.looked_at is None and look.left_at is None
    return is_open and not appealed and contribution.state not in PRIVATE


def is_appealed(
    look: SecondLook,
    decision: Decision,
    edition: Edition,
    appeal: Outcome | None,
    now: datetime,
) -> bool:
    """Whether an appeal against it waits for an answer, or may still come. What counts is drawn
    when its author is told.
    """
    if appeal is not None:
        return appeal is Outcome.OPEN
    until = appeal_until(decision, edition, look.drawn_at)
    return until is not None and now < until


def can_see_results(actor: Actor) -> bool:
    """Be told how many second looks agreed: organisers and administrators."""
    return can_organise(actor)
