"""A document becomes a draft: received, read, looked at, taken over or discarded."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from obstore.store import ObjectStore
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import policy
from app.contributions.essay import EssayInput
from app.contributions.figures import operations as figure_operations
from app.contributions.figures.models import ContributionFigure, Figure
from app.contributions.figures.operations import Picture
from app.contributions.models import Contribution, Draft
from app.contributions.moves import writable
from app.contributions.saving import operations as saving
from app.contributions.uploads.models import KEPT_FOR, Upload, UploadState
from app.core import clock, queue
from app.core.errors import Conflict, Invalid, NotFound
from app.core.policy import Actor
from app.documents.importing import Finding, Imported, Refused, without_figure

READ_JOB: Final = "read_upload"
SWEEP_JOB: Final = "sweep_upload"
SILENCE: Final = timedelta(minutes=3)
"""Who has not come to an end after so long is dead: a worker, since reading is limited to less, or
the process that was storing a document."""

MOST_ATTEMPTS: Final = 2
MOST_AT_ONCE: Final = 200
LONGEST_NAME: Final = 200
_OPEN: Final = (UploadState.WAITING, UploadState.RUNNING, UploadState.READY, UploadState.REFUSED)
LONGEST_ABSTRACT: Final = 5_000


def receive(
    session: Session,
    actor: Actor,
    contribution_id: int,
    *,
    filename: str,
    size: int,
    file_key: str = "",
) -> Upload:
    """A document for a draft; the one before it that was still open is let go of in the end.

    With ``file_key`` it is committed before its file is stored, and after that comes
    :func:`stored`: so each file has its row, whatever becomes of the process, and a worker will
    read it or sweep it. Without, the caller has read it, and says so with :func:`finish`. Raises
    NotFound for a stranger, Conflict where the essay can't be changed now.
    """
    writable(session, actor, contribution_id)
    upload = Upload(
        contribution_id=contribution_id,
        account_id=actor.id,
        filename=filename[:LONGEST_NAME],
        size=size,
        file_key=file_key,
    )
    if file_key:
        upload.state, upload.begun_at = UploadState.RUNNING.value, clock.now()
    session.add(upload)
    session.flush()
    if not file_key:
        _close_earlier(session, upload)
    return upload


def _close_earlier(session: Session, upload: Upload) -> None:
    for earlier in session.scalars(
        select(Upload).where(
            Upload.contribution_id == upload.contribution_id,
            Upload.account_id == upload.account_id,
            Upload.state.in_(_OPEN),
            Upload.id < upload.id,
        )
    ):
        _close(session, earlier)


def stored(session: Session, upload_id: int) -> None:
    """The document's file is there: a worker will read it, unless it has been closed meanwhile."""
    session.execute(
        update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.state == UploadState.RUNNING.value,
            Upload.attempt == 0,
        )
        .values(state=UploadState.WAITING.value, begun_at=None)
    )
    if upload := session.get(Upload, upload_id):
        _close_earlier(session, upload)
    queue.request(session, READ_JOB, upload_id)


def _takeable() -> ColumnElement[bool]:
    silent = or_(Upload.begun_at.is_(None), Upload.begun_at < clock.now() - SILENCE)
    return or_(
        Upload.state == UploadState.WAITING.value,
        and_(Upload.state == UploadState.RUNNING.value, silent),
    )


def due(session: Session) -> list[int]:
    """Ids of the uploads that wait to be read, or with which somebody has died."""
    return list(session.scalars(select(Upload.id).where(_takeable()).order_by(Upload.id)))


def take(session: Session, upload_id: int) -> Upload | None:
    """Begin to read one that waits; None where there is none. The worker's part.

    One that has been begun ``MOST_ATTEMPTS`` times without coming to an end is refused instead.
    """
    upload = session.scalar(
        update(Upload)
        .where(Upload.id == upload_id, _takeable())
        .values(state=UploadState.RUNNING.value, attempt=Upload.attempt + 1, begun_at=clock.now())
        .returning(Upload)
        .execution_options(populate_existing=True)
    )
    if upload is None or upload.attempt <= MOST_ATTEMPTS:
        return upload
    refuse(session, upload.id, upload.attempt, Refused("upload.too_complex"))
    return None


def pictures(found: Imported) -> list[Picture]:
    """The figures of a document, in the order of the text."""
    return [
        Picture(each.id, each.kind, each.width, each.height, each.path.stat().st_size)
        for each in found.images
    ]


def put_files(store: ObjectStore, found: Imported) -> None:
    """Store the files of its figures once they are announced; never inside a transaction."""
    for picture, each in zip(pictures(found), found.images, strict=True):
        figure_operations.put_file(store, picture, each.path)


def finish(session: Session, upload_id: int, attempt: int, found: Imported) -> None:
    """It was read: its figures belong to the draft from now on, its text waits to be looked at.

    The files of its figures are in storage by now. Nothing happens where somebody has closed it
    meanwhile, or another worker has it.
    """
    upload = _held(session, upload_id, attempt)
    if upload is None or upload.contribution_id is None:
        return
    contribution = session.get_one(Contribution, upload.contribution_id)
    actor = session.get_one(Account, upload.account_id).actor
    if not policy.can_write(actor, contribution):
        _close(session, upload)
        return
    findings = list(found.findings)
    brought, body = _figures(session, actor, upload.contribution_id, found, findings)
    upload.state = UploadState.READY.value
    upload.title, upload.body = found.title, body
    upload.abstract = found.abstract[:LONGEST_ABSTRACT]
    upload.authors = list(found.authors)
    upload.findings = [finding.as_json() for finding in findings]
    upload.figures = brought
    session.flush()


def _held(session: Session, upload_id: int, attempt: int) -> Upload | None:
    upload = session.get(Upload, upload_id, with_for_update=True, populate_existing=True)
    if upload is None or upload.attempt != attempt or upload.state == UploadState.CLOSED:
        return None
    return upload


def _figures(
    session: Session,
    actor: Actor,
    contribution_id: int,
    found: Imported,
    findings: list[Finding],
) -> tuple[list[str], str]:
    """Digests of the figures that are new to the contribution, and the text.

    Of a figure that can't be kept because there are too many, the text shows the words.
    """
    known = set(
        session.scalars(
            select(Figure.digest)
            .join(ContributionFigure, ContributionFigure.figure_id == Figure.id)
            .where(ContributionFigure.contribution_id == contribution_id)
        )
    )
    brought: list[str] = []
    body = found.text
    for picture in pictures(found):
        try:
            figure_operations.attach(session, actor, contribution_id, picture)
        except Invalid as error:
            body = without_figure(body, picture.digest)
            findings.append(Finding("image.refused", data={"reason": error.code}))
        else:
            brought += [picture.digest] if picture.digest not in known else []
    return brought, body


def refuse(session: Session, upload_id: int, attempt: int, error: Refused) -> None:
    """It can't be read; code and data say why. Nothing happens where it isn't ours any more."""
    upload = _held(session, upload_id, attempt)
    if upload is not None:
        upload.state = UploadState.REFUSED.value
        upload.error = {"code": error.code, "data": error.data}
        session.flush()


def of_owner(session: Session, actor: Actor, contribution_id: int, upload_id: int) -> Upload:
    """The upload, for the one who sent it. Raises NotFound for everybody else."""
    upload = session.get(Upload, upload_id)
    if (
        upload is None
        or actor.id is None
        or upload.account_id != actor.id
        or upload.contribution_id != contribution_id
        or upload.state == UploadState.CLOSED
        or upload.created_at < clock.now() - KEPT_FOR
    ):
        raise NotFound("upload.none")
    return upload


def open_one(session: Session, actor: Actor, contribution_id: int) -> Upload | None:
    """The upload of a draft that its sender has not decided on."""
    return session.scalar(
        select(Upload)
        .where(
            Upload.contribution_id == contribution_id,
            Upload.account_id == actor.id,
            Upload.state.in_(_OPEN),
            Upload.state != UploadState.REFUSED.value,
            Upload.created_at >= clock.now() - KEPT_FOR,
        )
        .order_by(Upload.id.desc())
        .limit(1)
    )


def take_over(
    session: Session,
    actor: Actor,
    contribution_id: int,
    upload_id: int,
    *,
    seen_version: int,
    with_title: bool,
    with_abstract: bool,
) -> Draft:
    """Make the document's text the draft's; what the draft was stays among its earlier versions.

    Raises NotFound for a stranger, Conflict where the draft has been saved since it was seen
    (``draft.changed_elsewhere``) or can't be changed, Several where the text can't be kept.
    """
    writable(session, actor, contribution_id)
    upload = of_owner(session, actor, contribution_id, upload_id)
    if upload.state != UploadState.READY:
        raise NotFound("upload.none")
    essay = EssayInput.of(session.get_one(Draft, contribution_id))
    changes: dict[str, Any] = {"body": upload.body}
    if with_title and upload.title:
        changes["title"] = upload.title
    if with_abstract and upload.abstract:
        changes["abstract"] = upload.abstract
    draft = saving.save_draft(
        session, actor, contribution_id, replace(essay, **changes), seen_version=seen_version
    )
    upload.figures = []  # they are the draft's now
    _close(session, upload)
    return draft


def discard(session: Session, actor: Actor, contribution_id: int, upload_id: int) -> None:
    """Throw the document away. Raises NotFound for a stranger."""
    _close(session, of_owner(session, actor, contribution_id, upload_id))


def _close(session: Session, upload: Upload) -> None:
    """Nobody sees it any more; a worker removes what there is of it."""
    upload.state = UploadState.CLOSED.value
    upload.title = upload.abstract = upload.body = ""
    upload.findings, upload.authors = [], []
    session.flush()
    queue.request(session, SWEEP_JOB, upload.id)


def _is_over() -> ColumnElement[bool]:
    # One that is closed while its file is being stored is swept once the file must be there.
    no_file_comes = or_(
        Upload.attempt > 0, Upload.begun_at.is_(None), Upload.begun_at < clock.now() - SILENCE
    )
    unwanted = or_(
        Upload.state == UploadState.CLOSED.value,
        Upload.created_at < clock.now() - KEPT_FOR,
        Upload.contribution_id.is_(None),
        Upload.account_id.is_(None),
    )
    return and_(no_file_comes, unwanted)


def over(session: Session) -> Sequence[int]:
    """Ids of the uploads that nobody will take over any more."""
    return session.scalars(
        select(Upload.id).where(_is_over()).order_by(Upload.id).limit(MOST_AT_ONCE)
    ).all()


def file_of(session: Session, upload_id: int) -> str:
    """The file of an upload that is over, to be deleted before :func:`sweep`; "" for none.

    What is over stays so: no transaction needs to hold it.
    """
    over = select(Upload.file_key).where(Upload.id == upload_id, _is_over())
    return session.scalar(over) or ""


def sweep(session: Session, upload_id: int) -> None:
    """Remove an upload that is over, and the figures that only it had brought."""
    upload = session.scalar(select(Upload).where(Upload.id == upload_id, _is_over()))
    if upload is None:
        return
    account = session.get(Account, upload.account_id) if upload.account_id else None
    if account is not None and upload.contribution_id is not None:
        for digest in upload.figures:
            # The draft shows it by now, or somebody has removed it, or it is the figures' own
            # sweep that will.
            with suppress(Conflict, NotFound):
                figure_operations.remove_figure(
                    session, account.actor, upload.contribution_id, digest
                )
    session.delete(upload)
    session.flush()
