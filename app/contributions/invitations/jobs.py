"""The worker's part: addresses of people who have not answered in time are forgotten."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy.orm import Session

from app.contributions.invitations import operations as invitations
from app.contributions.invitations import queries as invitation_queries
from app.jobs import Job, writing

EXPIRE_JOB: Final = "contributions.expire_invitation"
MOST_AT_ONCE: Final = 200


def run(invitation_id: int) -> None:
    """Look at one invitation."""
    with writing() as session:
        invitations.expire(session, invitation_id)


def due(session: Session) -> Iterable[int]:
    """Those whose time has run out."""
    return invitation_queries.overdue(session, MOST_AT_ONCE)


JOB: Final = Job(run=run, due=due)
