"""Every person: who finds a case of reports among theirs.

What becomes of it when they close it is in ``tests/moderation/test_table``.
"""

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import NOBODY, TrackCode
from app.editions.models import Edition
from app.moderation.reports import operations, queries
from app.moderation.reports.models import Complaint
from tests.factories import Cast
from tests.factories.contributions import make_contribution

#: Whether they may handle cases about the author's essay in Arabic, for digital actors.
EVERYBODY = {
    "author": False,
    "stranger": False,
    "moderator": True,
    "other_moderator": True,
    "jurist_moderator": False,
    "organiser": True,
    "administrator": True,
}


@pytest.fixture
def essay(session: Session, cast: Cast, edition: Edition) -> Contribution:
    return make_contribution(
        session,
        cast.author,
        edition=edition,
        state=State.PUBLISHED,
        language="ar",
        track=TrackCode.DIGITAL_ACTOR,
    )


def test_cases_by_state_and_person(session: Session, cast: Cast, essay: Contribution) -> None:
    number = essay.number or ""
    made = operations.file(session, NOBODY, number, Complaint.OTHER, words="Hm.", language="en")
    for state in (State.PUBLISHED, State.REMOVED):
        essay.state = state.value
        session.flush()
        for name, may in EVERYBODY.items():
            found = queries.cases(session, cast.actor(name)).items
            assert [item.id for item in found] == [made.case_id] * may, (state, name)
