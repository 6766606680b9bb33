"""Where figures are kept, and whose they are."""

from pathlib import Path

import pytest
from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import storage
from tests.factories import Cast, make_contribution, make_edition


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return storage.make_store(f"file://{tmp_path / 'files'}")


@pytest.fixture
def mine(session: Session, cast: Cast) -> Contribution:
    """A draft of the author's."""
    return make_contribution(session, cast.author, edition=make_edition(session), state=State.DRAFT)
