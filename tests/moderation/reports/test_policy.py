"""Every state, every person: who may close a case, and how."""

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, NotFound
from app.core.policy import NOBODY, TrackCode
from app.editions.models import Edition
from app.moderation.reports import operations, queries
from app.moderation.reports.models import CaseOutcome, Complaint, ReportCase
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
#: What can be made of a case by what has become of the essay meanwhile.
POSSIBLE = {State.PUBLISHED: {"keep", "remove"}, State.REMOVED: {"remove"}}


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


@pytest.fixture
def case(session: Session, essay: Contribution) -> ReportCase:
    made = operations.file(
        session, NOBODY, essay.number or "", Complaint.OTHER, words="Hm.", language="en"
    )
    return session.get_one(ReportCase, made.case_id)


@pytest.mark.parametrize("act", ["keep", "remove"])
@pytest.mark.parametrize("state", list(POSSIBLE))
@pytest.mark.parametrize("name", list(EVERYBODY))
def test_close_by_state_and_person(
    session: Session,
    cast: Cast,
    essay: Contribution,
    case: ReportCase,
    name: str,
    state: State,
    act: str,
) -> None:
    essay.state = state.value
    session.flush()
    actor, may = cast.actor(name), EVERYBODY[name]
    assert [item.id for item in queries.cases(session, actor).items] == [case.id] * may

    def close() -> ReportCase:
        if act == "keep":
            return operations.keep(session, actor, case.id, words="No.", language="en")
        return operations.remove(session, actor, case.id, reason="Why.", words="", language="en")

    if may and act in POSSIBLE[state]:
        assert close().outcome != CaseOutcome.OPEN
        return
    with pytest.raises(Conflict if may else NotFound):
        close()
    assert case.outcome == CaseOutcome.OPEN
