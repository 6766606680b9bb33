"""The worker's part of uploads: large documents are read, those that are over are removed."""

import logging
import tempfile
from pathlib import Path
from typing import Final

from flask import current_app

from app.contributions.figures import operations as figure_operations
from app.contributions.uploads import operations as upload_operations
from app.core import storage
from app.documents.importing import Refused, read
from app.jobs import Job, writing

logger = logging.getLogger(__name__)


def run_read(upload_id: int) -> None:
    """Read one that waits. What goes wrong is written into its row; nothing is raised."""
    store = current_app.extensions["jsi_store"]
    with writing() as session:
        upload = upload_operations.take(session, upload_id)
    if upload is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="jsi-upload-") as folder:
            document = Path(folder) / "document"
            with document.open("wb") as out:
                for piece in storage.stream(store, upload.file_key):
                    out.write(piece)
            with document.open("rb") as file:
                found = read(file, upload.filename, Path(folder))
            with writing() as session:
                figure_operations.announce(session, upload_operations.pictures(found))
            upload_operations.put_files(store, found)
            with writing() as session:
                upload_operations.finish(session, upload.id, upload.attempt, found)
    except Refused as error:
        with writing() as session:
            upload_operations.refuse(session, upload.id, upload.attempt, error)
    except FileNotFoundError:
        logger.warning("the document of upload %s is gone", upload.id)
        with writing() as session:
            upload_operations.refuse(session, upload.id, upload.attempt, Refused("upload.none"))
    # What was sent is of no more use; should this fail, the sweep does it.
    storage.delete(store, upload.file_key)


def run_sweep(upload_id: int) -> None:
    """Remove one that is over."""
    with current_app.extensions["jsi_sessions"]() as session:
        file = upload_operations.file_of(session, upload_id)
    if file:
        storage.delete(current_app.extensions["jsi_store"], file)
    with writing() as session:
        upload_operations.sweep(session, upload_id)


READ: Final = Job(run=run_read, due=upload_operations.due)
SWEEP: Final = Job(run=run_sweep, due=upload_operations.over)
