"""An edition, and the organiser at the desk."""

import pytest
from sqlalchemy.orm import Session

from app.editions import queries
from app.editions.models import Edition
from tests.factories import Cast, make_edition

DESK = "/en/organise/"


@pytest.fixture
def edition(db: Session, people: Cast) -> Edition:
    edition = make_edition(db)
    db.commit()
    return edition


def reread(db: Session, slug: str = "standing") -> Edition:
    db.rollback()
    db.expire_all()
    edition = queries.edition_by_slug(db, slug)
    assert edition is not None
    return edition
