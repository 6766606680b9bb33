"""A document becomes a draft: its pages."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO, Final, cast
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from limits import parse as limit
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.contributions.forms import version_of
from app.contributions.models import Draft
from app.contributions.own import writable
from app.contributions.uploads import labels as upload_labels
from app.contributions.uploads import operations as upload_operations
from app.contributions.uploads.models import KEPT_FOR, Upload, UploadState
from app.core import storage
from app.core.errors import Conflict, Invalid
from app.core.languages import LANGUAGES
from app.documents import importing
from app.documents.detect import language_of_text
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.web import errors, limits, uploads
from app.web.database import db, transaction
from app.web.forms import Form
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, signed_in

HOW_OFTEN: Final = limit("40 per hour")
AT_ONCE_BELOW: Final = 768 * 1024
"""Smaller documents are read while their sender waits, larger ones by a worker."""

AT_ONCE: Final = importing.Limits(4.0, 6 * 1024 * 1024, 6 * 1024 * 1024)
"""What they may take of this process; those that take more are the worker's too."""

MEGABYTES: Final = importing.MOST_BYTES // (1024 * 1024)
ACCEPTED: Final = ".docx,.odt,.md,.markdown,.html,.htm,.txt"
PATH: Final = f"{PREFIX}/my/contributions/<int:contribution_id>/upload/"
ONE: Final = f"{PATH}<int:upload_id>/"

#: Documents that this process reads while a request waits. The others go to a worker.
_READING: Final = BoundedSemaphore(1)


def register(blueprint: Blueprint) -> None:
    """Add the pages to the room's blueprint."""
    add = blueprint.add_url_rule
    add(PATH, view_func=upload, methods=["GET", "POST"])
    add(ONE, view_func=uploaded)
    add(f"{ONE}take", view_func=take_upload, methods=["POST"])
    add(f"{ONE}discard", view_func=discard_upload, methods=["POST"])
    uploads.allow(f"{blueprint.name}.upload", importing.MOST_BYTES)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)


class UploadForm(Form):
    """A document."""

    file = FileField(_l("Document"))


class TakeForm(Form):
    """What of a document goes into the draft."""

    version = HiddenField(default="0")
    title = BooleanField(_l("Also use its title"))
    abstract = BooleanField(_l("Also use its abstract"))

    @property
    def seen_version(self) -> int:
        """The draft's version that the person had seen."""
        return version_of(self.version.data)


@signed_in
def upload(contribution_id: int) -> Response | tuple[str | dict[str, str], int]:
    """The form for a document, and what becomes of one that was sent."""
    contribution = writable(contribution_id)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            received = _receive(contribution_id, form.file.data)
        except Invalid as error:
            form.reject(error)
        else:
            return _sent_on(contribution_id, received)
    if form.is_submitted() and _wants_data():
        return {"error": " ".join(message for _, message in form.error_list)}, 422
    page = render_template(
        "contributions/upload.html",
        form=form,
        contribution=contribution,
        waiting=upload_operations.open_one(db, actor(), contribution_id),
        accepted=ACCEPTED,
        megabytes=MEGABYTES,
        most_bytes=importing.MOST_BYTES,
    )
    return page, form.status


def _wants_data() -> bool:
    """Whether the script of the page asks, which shows the progress."""
    accepts = request.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def _sent_on(contribution_id: int, received: Upload) -> Response | tuple[dict[str, str], int]:
    target = url_for(
        "contributions.uploaded", contribution_id=contribution_id, upload_id=received.id
    )
    return ({"location": target}, 201) if _wants_data() else redirect(target, 303)


def _receive(contribution_id: int, sent: FileStorage | None) -> Upload:
    """Read the document now if it is small, else keep it for the worker. Raises Refused."""
    limits.spend(HOW_OFTEN, "upload", actor().id)
    if sent is None or not sent.filename:
        raise Invalid("upload.none_chosen", field="file")
    file = cast(BinaryIO, sent.stream)
    importing.check(file)
    size = file.seek(0, 2)
    file.seek(0)
    name = Path(sent.filename.replace("\\", "/")).name
    if size <= AT_ONCE_BELOW and _READING.acquire(blocking=False):
        try:
            return _read_now(contribution_id, file, name, size)
        except importing.TooComplex:
            file.seek(0)
        finally:
            _READING.release()
    return _keep(contribution_id, file, name, size)


def _read_now(contribution_id: int, file: BinaryIO, name: str, size: int) -> Upload:
    with tempfile.TemporaryDirectory(prefix="jsi-upload-") as folder:
        found = importing.read(file, name, Path(folder), limits=AT_ONCE)
        if found.images:
            with transaction() as session:
                pictures = upload_operations.pictures(found)
                figure_operations.expect(session, actor(), contribution_id, pictures)
            upload_operations.put_files(current_app.extensions["jsi_store"], found)
        with transaction() as session:
            received = upload_operations.receive(
                session, actor(), contribution_id, filename=name, size=size
            )
            upload_operations.finish(session, received.id, 0, found)
    return received


def _keep(contribution_id: int, file: BinaryIO, name: str, size: int) -> Upload:
    key = f"uploads/{uuid4().hex}"
    with transaction() as session:
        received = upload_operations.receive(
            session, actor(), contribution_id, filename=name, size=size, file_key=key
        )
    try:
        storage.put(current_app.extensions["jsi_store"], key, file)
    except BaseException:
        with transaction() as session:
            upload_operations.discard(session, actor(), contribution_id, received.id)
        raise
    with transaction() as session:
        upload_operations.stored(session, received.id)
    return received


@dataclass(frozen=True, slots=True)
class Preview:
    """A document as readers would see it, and what could not be kept."""

    html: Markup
    abstract: Markup
    items: list[upload_labels.Item]


@signed_in
def uploaded(contribution_id: int, upload_id: int) -> Response | str:
    """One document: still being read, refused, or to be confirmed."""
    contribution = writable(contribution_id)
    found = upload_operations.of_owner(db, actor(), contribution_id, upload_id)
    draft = db.get_one(Draft, contribution_id)
    form = TakeForm(formdata=None, version=str(draft.version))
    form.title.data, form.abstract.data = not draft.title, not draft.abstract
    ready = found.state == UploadState.READY
    return render_template(
        "contributions/uploaded.html",
        contribution=contribution,
        draft=draft,
        upload=found,
        form=form,
        preview=_preview(found, draft.language) if ready else None,
        refusal=words(importing.Refused(found.error["code"], **found.error["data"]))
        if found.state == UploadState.REFUSED
        else "",
        until=found.created_at + KEPT_FOR,
        other_language=_other_language(found, draft.language) if ready else "",
    )


def _preview(found: Upload, language: str) -> Preview:
    assert found.contribution_id is not None  # noqa: S101 - of_owner has compared it
    html = render(
        found.body,
        language=language,
        prefix="u-",
        labels=NOTE_LABELS[language],
        figures=figure_queries.files(db, found.contribution_id, found.body),
    )
    return Preview(
        Markup(html),  # noqa: S704 - the renderer cleans
        Markup(render_paragraphs(found.abstract)),  # noqa: S704 - the renderer cleans
        upload_labels.items(found.findings),
    )


def _other_language(found: Upload, declared: str) -> str:
    """A hint where the text seems to be in another language than the draft says."""
    code = language_of_text(found.body)
    if code is None or code == declared:
        return ""
    return words(Invalid("language.other", language=LANGUAGES[code].name))


@signed_in
def take_upload(contribution_id: int, upload_id: int) -> Response:
    """The document's text becomes the draft's."""
    form = TakeForm()
    try:
        with transaction() as session:
            upload_operations.take_over(
                session,
                actor(),
                contribution_id,
                upload_id,
                seen_version=form.seen_version,
                with_title=bool(form.title.data),
                with_abstract=bool(form.abstract.data),
            )
    except Conflict as error:
        if error.code != "draft.changed_elsewhere":
            raise
        flash(_("The draft has been saved since. Please look at it, then confirm again."), "error")
        return redirect(
            url_for("contributions.uploaded", contribution_id=contribution_id, upload_id=upload_id),
            303,
        )
    flash(_("The document’s text is in your draft now. Nothing has been submitted yet."), "success")
    return redirect(url_for("contributions.edit", contribution_id=contribution_id), 303)


@signed_in
def discard_upload(contribution_id: int, upload_id: int) -> Response:
    """Throw the document away."""
    with transaction() as session:
        upload_operations.discard(session, actor(), contribution_id, upload_id)
    flash(_("The document has been discarded; your draft is as it was."), "success")
    return redirect(url_for("contributions.edit", contribution_id=contribution_id), 303)


def _too_large(_error: RequestEntityTooLarge) -> tuple[str | dict[str, str], int]:
    """A request that is larger than its address allows, refused before it is read."""
    errors.take_what_is_sent()
    said = _("A document may have at most %(limit)s MB.", limit=MEGABYTES)
    if request.endpoint != "contributions.upload":
        return errors.page(413)
    return ({"error": said}, 413) if _wants_data() else errors.page(413, said)
