"""Documents as people send them, and what becomes of them."""

import io
import os
from pathlib import Path

from flask import Flask
from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from app.contributions.figures import operations as figure_operations
from app.contributions.models import Contribution
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.models import Upload
from app.contributions.uploads.views import AT_ONCE_BELOW
from app.core import storage
from app.documents.importing import Imported, read
from tests.documents.importing.files import (
    archive,
    by_pandoc,
    docx,
    image_rels,
    paragraph,
    picture,
    png,
    run,
    unpacked,
)
from tests.factories import Cast

TEXT = "# Nouveau titre\n\nUn texte venu d’ailleurs[^1].\n\n[^1]: Une note."


def large(text: str = TEXT) -> bytes:
    """The same document with an image that a request does not wait for."""
    noise = os.urandom(AT_ONCE_BELOW + 1)
    return archive({**unpacked(by_pandoc(text, "docx")), "word/media/image9.bmp": noise})


def imported(tmp_path: Path, content: bytes | None = None) -> Imported:
    folder = tmp_path / "images"
    folder.mkdir(exist_ok=True)
    return read(io.BytesIO(content or by_pandoc(TEXT, "docx")), "essay.docx", folder)


def with_image() -> bytes:
    return docx(
        paragraph(run("Before")) + paragraph(picture('r:embed="rId7"', "A square")),
        more={
            "word/_rels/document.xml.rels": image_rels("media/image1.png"),
            "word/media/image1.png": png(),
        },
    )


def received(
    session: Session, cast: Cast, draft: Contribution, found: Imported, store: ObjectStore
) -> Upload:
    upload = upload_operations.receive(
        session, cast.actor("author"), draft.id, filename="essay.docx", size=9
    )
    finish(session, upload, found, store)
    return upload


def finish(session: Session, upload: Upload, found: Imported, store: ObjectStore) -> None:
    """What is done with a document that was read."""
    figure_operations.announce(session, upload_operations.pictures(found))
    upload_operations.put_files(store, found)
    upload_operations.finish(session, upload.id, 0, found)


def sweep(session: Session, upload_id: int, store: ObjectStore) -> None:
    """What the worker does."""
    if file := upload_operations.file_of(session, upload_id):
        storage.delete(store, file)
    upload_operations.sweep(session, upload_id)


def stored(app: Flask) -> list[str]:
    folder = app.config["JSI"].data_dir / "files"
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
