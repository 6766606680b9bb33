"""A draft, its author at its page, and where files are kept."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Draft
from app.contributions.states import State
from app.contributions.uploads.models import Upload
from app.core import storage
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return storage.make_store(f"file://{tmp_path / 'files'}")


@pytest.fixture
def draft(session: Session, cast: Cast) -> Contribution:
    return make_contribution(session, cast.author, edition=make_edition(session), state=State.DRAFT)


# -- pages -----------------------------------------------------------------------------------
class Desk:
    """The author at the upload page of a draft."""

    def __init__(self, db: Session, people: Cast, person: Browser) -> None:
        draft = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
        db.commit()
        self.db, self.browser, self.id = db, person, draft.id
        self.address = f"/fr/my/contributions/{draft.id}/upload/"

    def send(self, content: bytes, name: str = "essai.docx", **kwargs: Any) -> Any:
        return self.browser.post(self.address, {"file": (io.BytesIO(content), name)}, **kwargs)

    @property
    def body(self) -> str:
        self.db.rollback()
        self.db.expire_all()
        return self.db.get_one(Draft, self.id).body

    def uploads(self) -> list[Upload]:
        self.db.rollback()
        return list(self.db.scalars(select(Upload).order_by(Upload.id)))


@pytest.fixture
def desk(db: Session, people: Cast, browser: Callable[..., Browser]) -> Desk:
    return Desk(db, people, browser("author@example.org"))
