"""Images, and what the tests of figures do with them."""

import io
from datetime import timedelta

import pytest
from obstore.store import ObjectStore
from PIL import Image
from sqlalchemy.orm import Session

from app.contributions import operations, publishing
from app.contributions.figures import operations as figure_operations
from app.contributions.figures.models import FORGOTTEN_AFTER, Figure
from app.contributions.models import Contribution, Draft, PublishedText
from app.contributions.moves import move
from app.contributions.states import State
from app.core import clock, storage
from app.core.audit import AuditAction
from app.core.policy import SYSTEM, Actor
from app.documents import images
from tests.factories import Cast


def picture(colour: str = "red", form: str = "PNG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, form)
    return made.getvalue()


RED = images.safe(picture())
DRAWING = images.safe(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'
)


def body(session: Session, contribution: Contribution, text: str) -> None:
    session.get_one(Draft, contribution.id).body = text
    session.flush()


def submitted(session: Session, cast: Cast, contribution: Contribution) -> None:
    operations.submit(session, cast.author.actor, contribution.id)


def published(session: Session, cast: Cast, contribution: Contribution) -> PublishedText:
    submitted(session, cast, contribution)
    move(session, SYSTEM, contribution, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
    return publishing.publish(session, SYSTEM, contribution)


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now() + FORGOTTEN_AFTER + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: now)


def is_stored(store: ObjectStore, key: str) -> bool:
    try:
        return storage.size(store, key) > 0
    except FileNotFoundError:
        return False


def bring(
    session: Session,
    actor: Actor,
    contribution_id: int,
    image: images.Image,
    *,
    store: ObjectStore,
    **words: str,
) -> Figure:
    """Add a figure as the pages do: expected, stored, kept."""
    found = figure_operations.Picture.of(image)
    figure_operations.expect(session, actor, contribution_id, [found])
    figure_operations.put_file(store, found, image.data)
    return figure_operations.add_figure(session, actor, contribution_id, found, **words)


def page_of(draft: Contribution, tail: str = "") -> str:
    return f"/fr/my/contributions/{draft.id}/figures/{tail}"


def file(data: bytes, name: str = "a.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name
