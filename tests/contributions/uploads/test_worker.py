"""A document is read by one worker, gives its figures, and is swept."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations
from app.contributions.figures import operations as figure_operations
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.models import Contribution, Draft
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.models import KEPT_FOR, Upload, UploadState
from app.core import clock, storage
from app.core.errors import NotFound
from app.documents.importing import Refused
from tests.contributions.uploads.samples import finish, imported, received, sweep, with_image
from tests.factories import Cast


def test_finish_gives_the_draft_the_figures(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    [figure] = session.scalars(select(Figure))
    assert upload.figures == [figure.digest]
    assert f"![A square](figure:{figure.digest})" in upload.body
    assert storage.size(store, figure.key) == figure.size


def test_finish_shows_words_for_figures_that_are_too_many(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figure_operations, "MOST_FIGURES", 0)
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    assert upload.body.strip() == "Before\n\nA square"
    assert [finding["code"] for finding in upload.findings] == ["image.refused"]


def test_sweep_removes_a_discarded_upload_with_its_file_and_figures(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    upload.file_key = "uploads/x"
    storage.put(store, "uploads/x", b"document")
    upload_operations.discard(session, cast.actor("author"), draft.id, upload.id)
    assert upload_operations.over(session) == [upload.id]
    sweep(session, upload.id, store)
    assert session.scalars(select(Upload)).all() == []
    assert session.scalars(select(ContributionFigure)).all() == []
    with pytest.raises(FileNotFoundError):
        storage.size(store, "uploads/x")


def test_sweep_leaves_figures_that_were_taken_over(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = received(session, cast, draft, imported(tmp_path, with_image()), store)
    version = session.get_one(Draft, draft.id).version
    upload_operations.take_over(
        session,
        cast.actor("author"),
        draft.id,
        upload.id,
        seen_version=version,
        with_title=True,
        with_abstract=True,
    )
    sweep(session, upload.id, store)
    assert len(session.scalars(select(ContributionFigure)).all()) == 1
    assert session.scalars(select(Upload)).all() == []


def test_an_upload_expires_and_is_swept(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    tmp_path: Path,
    at: Callable[[Any], None],
) -> None:
    upload = received(session, cast, draft, imported(tmp_path), store)
    now = clock.now()
    assert upload_operations.over(session) == []
    sweep(session, upload.id, store)
    assert session.get(Upload, upload.id) is not None
    at(now + KEPT_FOR + timedelta(minutes=1))
    with pytest.raises(NotFound):
        upload_operations.of_owner(session, cast.actor("author"), draft.id, upload.id)
    assert upload_operations.over(session) == [upload.id]
    sweep(session, upload.id, store)
    assert session.get(Upload, upload.id) is None


def test_an_upload_of_a_draft_that_is_gone_is_swept(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore
) -> None:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="uploads/y"
    )
    storage.put(store, "uploads/y", b"document")
    upload_operations.stored(session, upload.id)
    operations.discard(session, cast.actor("author"), draft.id)
    session.expire_all()
    assert upload_operations.over(session) == [upload.id]
    sweep(session, upload.id, store)
    with pytest.raises(FileNotFoundError):
        storage.size(store, "uploads/y")


def test_take_lets_one_worker_read_and_another_after_its_death(
    session: Session, cast: Cast, draft: Contribution, at: Callable[[Any], None]
) -> None:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="k"
    )
    upload_operations.stored(session, upload.id)
    now = clock.now()
    for attempt in range(1, upload_operations.MOST_ATTEMPTS + 1):
        at(now + attempt * 2 * upload_operations.SILENCE)
        assert upload_operations.due(session) == [upload.id]
        taken = upload_operations.take(session, upload.id)
        assert taken is not None
        assert taken.attempt == attempt
        assert upload_operations.take(session, upload.id) is None
    at(now + 10 * upload_operations.SILENCE)
    assert upload_operations.take(session, upload.id) is None
    session.expire_all()
    assert (upload.state, upload.error["code"]) == ("refused", "upload.too_complex")


def test_a_worker_that_was_thought_dead_changes_nothing(
    session: Session, cast: Cast, draft: Contribution, store: ObjectStore, tmp_path: Path
) -> None:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="a", size=1, file_key="k"
    )
    upload_operations.stored(session, upload.id)
    upload_operations.take(session, upload.id)
    finish(session, upload, imported(tmp_path), store)
    upload_operations.refuse(session, upload.id, 0, Refused("upload.damaged"))
    session.expire_all()
    assert upload.state == UploadState.RUNNING
