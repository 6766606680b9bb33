"""A process is killed while it stores a document: no file is left that nothing names."""

import io
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

import pytest
from flask import Flask
from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.contributions.models import Contribution
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.models import Upload, UploadState
from app.core import clock, storage
from tests.contributions.uploads.conftest import Desk
from tests.contributions.uploads.samples import TEXT, large, stored, sweep
from tests.factories import Cast
from tests.http import Browser

Moment = Literal["before", "after"]
LATER = upload_operations.SILENCE + timedelta(seconds=1)


def send_and_die(settings: Settings, address: str, moment: Moment) -> None:
    """Send a document to a site of one's own, which is killed before or after it stores the file.

    Runs in a process of its own.
    """
    put = storage.put

    def put_and_die(store: ObjectStore, key: str, source: Any) -> None:
        if moment == "after":
            put(store, key, source)
        os.kill(os.getpid(), signal.SIGKILL)

    storage.put = put_and_die
    author = Browser(create_app(settings).test_client())
    author.sign_in("author@example.org")
    author.post(address, {"file": (io.BytesIO(large()), "essai.docx")})


def killed(desk: Desk, settings: Settings, moment: Moment) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=send_and_die, args=(settings, desk.address, moment)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_a_document_whose_process_was_killed_after_it_was_stored_is_read(
    app: Flask,
    desk: Desk,
    settings: Settings,
    work: Callable[[], int],
    at: Callable[[Any], None],
) -> None:
    killed(desk, settings, "after")
    (upload,) = desk.uploads()
    assert stored(app) == [upload.file_key]
    app.extensions["jsi_sweep"]()
    work()
    (upload,) = desk.uploads()
    assert upload.state == UploadState.RUNNING  # it might be on its way still
    at(clock.now() + LATER)
    app.extensions["jsi_sweep"]()
    work()
    (upload,) = desk.uploads()
    assert upload.state == UploadState.READY
    assert TEXT.split("\n")[2][:20] in upload.body
    assert stored(app) == []


def test_a_document_whose_process_was_killed_before_it_was_stored_is_refused(
    app: Flask,
    desk: Desk,
    settings: Settings,
    work: Callable[[], int],
    at: Callable[[Any], None],
) -> None:
    killed(desk, settings, "before")
    at(clock.now() + LATER)
    app.extensions["jsi_sweep"]()
    work()
    (upload,) = desk.uploads()
    assert (upload.state, upload.error["code"]) == (UploadState.REFUSED, "upload.none")
    assert stored(app) == []


def test_a_document_that_is_replaced_while_it_is_being_stored_is_swept_afterwards(
    session: Session,
    cast: Cast,
    draft: Contribution,
    store: ObjectStore,
    at: Callable[[Any], None],
) -> None:
    author = cast.actor("author")
    slow = upload_operations.receive(
        session, author, draft.id, filename="a", size=1, file_key="uploads/a"
    )
    upload_operations.receive(session, author, draft.id, filename="b", size=1)
    assert upload_operations.over(session) == []
    sweep(session, slow.id, store)
    storage.put(store, "uploads/a", b"document")
    upload_operations.stored(session, slow.id)
    session.expire_all()
    assert slow.state == UploadState.CLOSED
    assert upload_operations.due(session) != [slow.id]
    at(clock.now() + LATER)
    assert upload_operations.over(session) == [slow.id]
    sweep(session, slow.id, store)
    assert session.get(Upload, slow.id) is None
    with pytest.raises(FileNotFoundError):
        storage.size(store, "uploads/a")


def test_a_document_that_cannot_be_stored_is_discarded(
    app: Flask, desk: Desk, settings: Settings, work: Callable[[], int], at: Callable[[Any], None]
) -> None:
    files = settings.data_dir / "files"
    (files / "uploads").write_text("no folder can be made here")
    app.testing = False
    assert desk.send(large()).status_code == 500
    (upload,) = desk.uploads()
    assert upload.state == UploadState.CLOSED
    at(clock.now() + LATER)
    (files / "uploads").unlink()
    app.extensions["jsi_sweep"]()
    work()
    assert desk.uploads() == []
