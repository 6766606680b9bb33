"""Every state, every person: who may appeal and until when, and who finds an appeal in their queue.

What becomes of it when they file or answer it is in ``tests/moderation/test_table``.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.moderation.appeals import policy, queries
from app.moderation.appeals.models import Appeal
from tests.factories import Cast

EVERYBODY = [
    "author",
    "stranger",
    "moderator",
    "other_moderator",
    "jurist_moderator",
    "organiser",
    "administrator",
]
#: Of the author's essay in French for jurists, which ``moderator`` turned down.
MAY_ANSWER = {"other_moderator", "jurist_moderator"}
ENDED = {State.REJECTED, State.SPAM}


def test_appeal_by_state_and_person(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal
) -> None:
    now = clock.now()
    later, wrong = now + timedelta(days=1), []
    for state in State:
        essay.state, essay.published_at = state.value, now
        essay.published_revision_id = essay.revision_id
        session.flush()
        for name in EVERYBODY:
            actor = cast.actor(name)
            may = policy.can_appeal(actor, essay, later, now)
            too_late = policy.can_appeal(actor, essay, now, now)
            listed = [item.id for item in queries.appeals(session, actor).items]
            if (may, too_late, listed) != (
                # What is down may be appealed against too, but not by this decision.
                name == "author" and state in ENDED | {State.REMOVED},
                False,
                [appeal.id] if name in MAY_ANSWER and state in ENDED else [],
            ):
                wrong.append((state, name, may, too_late, listed))
    assert not wrong
