"""What organisers' pages of one contribution read."""

from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.queries import any_submitted
from app.core.policy import Actor
from app.moderation.organising.operations import must_have_a_say


def readable(session: Session, actor: Actor, contribution_id: int) -> Contribution:
    """Anybody's contribution once submitted, for an organiser who has a say in it.

    Raises NotFound, and Forbidden as :func:`must_have_a_say` does, before anything is said of it.
    """
    found = any_submitted(session, contribution_id)
    must_have_a_say(session, actor, found)
    return found
