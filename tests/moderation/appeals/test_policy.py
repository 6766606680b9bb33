"""Every state, every person: who may appeal, and who may answer."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.errors import Conflict, NotFound
from app.moderation.appeals import operations, policy, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.decisions.models import Decision
from tests.factories import Cast
from tests.moderation.appeals.conftest import REPLY, WORDS

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


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("name", EVERYBODY)
def test_file_by_state_and_person(
    session: Session,
    cast: Cast,
    essay: Contribution,
    rejection: Decision,
    state: State,
    name: str,
) -> None:
    essay.state, essay.published_at = state.value, clock.now()
    essay.published_revision_id = essay.revision_id
    session.flush()
    actor = cast.actor(name)
    may = name == "author" and state in ENDED
    later = clock.now() + timedelta(days=1)
    # What is down may be appealed against too, but not by this decision.
    possible = name == "author" and state in ENDED | {State.REMOVED}
    assert policy.can_appeal(actor, essay, later, clock.now()) == possible
    if may:
        assert operations.file(session, actor, rejection.id, words=WORDS, language="fr")
        return
    with pytest.raises(Conflict if name == "author" else NotFound):
        operations.file(session, actor, rejection.id, words=WORDS, language="fr")


@pytest.mark.parametrize("state", [each for each in State if each != State.DRAFT])
@pytest.mark.parametrize("name", EVERYBODY)
def test_answer_by_state_and_person(
    session: Session, cast: Cast, essay: Contribution, appeal: Appeal, state: State, name: str
) -> None:
    essay.state, essay.published_at = state.value, clock.now()
    essay.published_revision_id = essay.revision_id
    session.flush()
    actor = cast.actor(name)
    listed = [item.id for item in queries.appeals(session, actor).items]
    assert listed == ([appeal.id] if name in MAY_ANSWER and state in ENDED else [])
    if name in MAY_ANSWER and state in ENDED:
        answered = operations.answer(
            session, actor, appeal.id, Outcome.UPHELD, reply=REPLY, language="fr"
        )
        assert answered.outcome == Outcome.UPHELD
        return
    with pytest.raises(Conflict if name in MAY_ANSWER else NotFound):
        operations.answer(session, actor, appeal.id, Outcome.UPHELD, reply=REPLY, language="fr")
    assert appeal.outcome == Outcome.OPEN
