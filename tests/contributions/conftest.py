"""A draft for the tests over HTTP."""

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from tests.factories import Cast, make_contribution, make_edition


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    """A French draft of the author's, for jurists."""
    made = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
    db.commit()
    return made
