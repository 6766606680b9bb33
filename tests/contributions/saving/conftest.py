"""A draft for the tests over HTTP, and two who write it."""

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.models import Contribution
from app.contributions.states import State
from tests.factories import Cast, make_contribution, make_edition


@pytest.fixture
def draft(db: Session, people: Cast) -> Contribution:
    """A French draft of the author's, for jurists, of which version 2 is stored."""
    made = make_contribution(
        db,
        people.author,
        edition=make_edition(db),
        state=State.DRAFT,
        body="Un.\n\nDeux.\n\nTrois.",
        authors=(Author("Amina Auteur", key="owner"), Author("ليلى", "Layla", key="layla")),
    )
    db.commit()
    return made


@pytest.fixture
def co_author(db: Session, people: Cast, draft: Contribution) -> Account:
    """Its second author, who has confirmed and may edit."""
    guest = people.stranger
    asked = invitations.invite(
        db,
        people.author.actor,
        draft.id,
        "layla",
        email=guest.email,
        language="ar",
        may_edit=True,
    )
    invitations.confirm(db, guest, asked.id)
    db.commit()
    return guest
