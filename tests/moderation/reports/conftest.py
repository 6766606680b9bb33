"""An essay, and what a reader says is wrong with it."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.policy import NOBODY, Actor
from app.editions.models import Edition
from app.moderation.reports import operations
from app.moderation.reports.models import Complaint, Report, ReportCase
from tests.factories import Cast
from tests.factories.contributions import make_contribution

WORDS = "The second paragraph names a private person."


@pytest.fixture
def essay(session: Session, cast: Cast, edition: Edition) -> Contribution:
    """The author's, in French, for jurists, published."""
    return make_contribution(session, cast.author, edition=edition, state=State.PUBLISHED)


def report(session: Session, essay: Contribution, actor: Actor = NOBODY, **changes: Any) -> Report:
    values: dict[str, Any] = {"words": WORDS, "language": "en"} | changes
    assert essay.number is not None
    return operations.file(session, actor, essay.number, Complaint.PRIVACY, **values)


@pytest.fixture
def case(session: Session, essay: Contribution) -> ReportCase:
    return session.get_one(ReportCase, report(session, essay, email="reader@example.org").case_id)
