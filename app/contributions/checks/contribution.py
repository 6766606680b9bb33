"""The checks of one contribution: what they need of the database."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.checks import essay as checks
from app.contributions.checks.essay import Earlier, Finding
from app.contributions.essay import EssayInput
from app.contributions.figures import queries as figure_queries
from app.contributions.invitations import queries as invitation_queries
from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.errors import Invalid
from app.editions.choices import Check
from app.editions.models import Question, Track

MOST_EARLIER: Final = 20
MOST_CHARACTERS: Final = 1_000_000
"""Of earlier essays that are compared: the newest."""


def findings(
    session: Session, contribution: Contribution, essay: EssayInput, track: Track
) -> list[Finding]:
    """All there is to say about what is being written. At most four queries."""
    question = session.get(Question, essay.question_id) if essay.question_id else None
    figures = figure_queries.problems(session, contribution.id, essay.body)
    needed = Check.CO_AUTHORS in track.required_checks
    return [
        *(Finding(error, needed=True) for error in figures),
        *(Finding(error, needed=needed) for error in unconfirmed(session, contribution, essay)),
        *checks.findings(essay, track, question, earlier(session, contribution)),
    ]


def refusals(
    session: Session, contribution: Contribution, essay: EssayInput, track: Track
) -> list[Invalid]:
    """What the checks find that the track insists on; nothing is looked at where it has none."""
    if not track.required_checks:
        return []
    compared = Check.SIMILAR in track.required_checks
    others = earlier(session, contribution) if compared else []
    found = checks.refusals(essay, track.required_checks, others)
    if Check.CO_AUTHORS in track.required_checks:
        found += unconfirmed(session, contribution, essay)
    return found


def unconfirmed(session: Session, contribution: Contribution, essay: EssayInput) -> list[Invalid]:
    """The co-authors the owner has still to hear from (``authors.unconfirmed``). One query."""
    names = invitation_queries.unconfirmed_of(session, contribution.id, essay.authors)
    found = Invalid("authors.unconfirmed", field="authors", names=", ".join(names))
    return [found] if names else []


def earlier(session: Session, contribution: Contribution) -> list[Earlier]:
    """The account's own newest essays that were handed in, but this one. One query."""
    rows = session.execute(
        select(Contribution.number, Revision.title, Revision.language, Revision.body)
        .join(Revision, Revision.id == Contribution.revision_id)
        .where(
            Contribution.owner_id == contribution.owner_id,
            Contribution.id != contribution.id,
            Contribution.state != State.SPAM.value,
        )
        .order_by(Contribution.id.desc())
        .limit(MOST_EARLIER)
    )
    found: list[Earlier] = []
    left = MOST_CHARACTERS
    for number, title, language, body in rows:
        left -= len(body)
        if left < 0:
            break
        found.append(Earlier(number or "", title, language, body))
    return found
