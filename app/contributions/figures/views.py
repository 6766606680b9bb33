"""The figures of a draft: their page, what the editor uploads, and the files themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from limits import parse as limit
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from app.contributions import queries
from app.contributions.figures import operations as figure_operations
from app.contributions.figures import queries as figure_queries
from app.contributions.figures.models import ContributionFigure
from app.contributions.figures.operations import Picture
from app.contributions.models import Draft
from app.contributions.own import writable
from app.contributions.uploads.labels import said
from app.core import storage
from app.core.errors import Invalid, NotFound
from app.core.policy import Actor
from app.documents import images
from app.documents.parse import parse
from app.moderation.conflicts.queries import is_conflicted
from app.web import limits, uploads
from app.web.database import db, transaction
from app.web.forms import Form, MaxLength, plain_line
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, signed_in

HOW_OFTEN: Final = limit("120 per hour")
MOST_WORDS: Final = 2_000
OF_DRAFT: Final = f"{PREFIX}/my/contributions/<int:contribution_id>/figures/"
FILE: Final = "/figures/<digest>.<any(png, jpg, svg):kind>"

#: Caches ask before each use, so that what has been taken down is gone at once.
KEPT: Final = "public, no-cache"
#: Should anybody open a drawing by itself: it may load, run and embed nothing.
NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def register(blueprint: Blueprint) -> None:
    """Add the figures' addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(OF_DRAFT, view_func=figures, methods=["GET", "POST"])
    add(f"{OF_DRAFT}upload", view_func=upload_figure, methods=["POST"])
    add(f"{OF_DRAFT}append", view_func=append_figure, methods=["POST"])
    add(f"{OF_DRAFT}remove", view_func=remove_figure, methods=["POST"])
    add(FILE, view_func=figure)
    for endpoint in ("figures", "upload_figure"):
        uploads.allow(f"{blueprint.name}.{endpoint}", images.MAX_BYTES)


class FigureForm(Form):
    """A file with its words."""

    file = FileField(_l("File"))
    alternative = StringField(_l("Alternative text"), [MaxLength(MOST_WORDS), plain_line])
    caption = StringField(_l("Caption"), [MaxLength(MOST_WORDS), plain_line])
    append = BooleanField(_l("Put the figure at the end of the essay"))


@dataclass(frozen=True, slots=True)
class Shown:
    """One of a draft's figures on their page.

    Attributes:
        line: what to write into the essay; "" while there is no alternative text.
        in_text: whether the draft shows it.
    """

    link: ContributionFigure
    url: str
    line: str
    in_text: bool


def _shown(contribution_id: int, body: str) -> list[Shown]:
    in_text = parse(body).figures
    return [
        Shown(
            link=link,
            url=figure_queries.address(link.figure.digest, link.figure.kind),
            line=figure_operations.line(link.figure.digest, link.alternative, link.caption)
            if link.alternative
            else "",
            in_text=link.figure.digest in in_text,
        )
        for link in figure_queries.of_contribution(db, contribution_id)
    ]


@signed_in
def figures(contribution_id: int) -> Response | tuple[str, int]:
    """The figures of a draft: all of them, and a form for another one."""
    contribution = writable(contribution_id)
    form = FigureForm()
    if form.validate_on_submit() and (done := _keep(contribution_id, form)):
        return done
    draft = db.get_one(Draft, contribution_id)
    page = render_template(
        "contributions/figures.html",
        contribution=contribution,
        draft=draft,
        form=form,
        figures=_shown(contribution_id, draft.body),
        most=figure_operations.MOST_FIGURES,
        most_megabytes=images.MAX_BYTES // (1024 * 1024),
    )
    return page, form.status


def _keep(contribution_id: int, form: FigureForm) -> Response | None:
    """Keep the file; None where something was wrong with it."""
    try:
        if not (form.alternative.data or "").strip():
            raise Invalid("required", field="alternative")
        picture, losses = _stored(contribution_id, form.file.data)
        alternative, caption = form.alternative.data or "", form.caption.data or ""
        with transaction() as session:
            figure_operations.add_figure(
                session, actor(), contribution_id, picture, alternative=alternative, caption=caption
            )
            if form.append.data:
                figure_operations.append_figure(session, actor(), contribution_id, picture.digest)
    except Invalid as error:
        form.reject(error)
        return None
    if form.append.data:
        flash(_("The figure has been uploaded and put at the end of your essay."), "success")
    else:
        flash(_("The figure has been uploaded. Its line for the essay stands below."), "success")
    for loss in losses:
        flash(loss, "warning")
    return _back(contribution_id)


def _stored(contribution_id: int, file: FileStorage | None) -> tuple[Picture, list[str]]:
    """The image made safe, its file in storage, and what of it could not be kept.

    Raises Invalid, NotFound, Conflict.
    """
    limits.spend(HOW_OFTEN, "figure", actor().id)
    image = images.safe(file.read(images.MAX_BYTES + 1) if file else b"")
    picture = Picture.of(image)
    with transaction() as session:
        figure_operations.expect(session, actor(), contribution_id, [picture])
    figure_operations.put_file(current_app.extensions["jsi_store"], picture, image.data)
    return picture, [said(loss) for loss in image.losses]


def _back(contribution_id: int) -> Response:
    return redirect(url_for("contributions.figures", contribution_id=contribution_id), 303)


@signed_in
def upload_figure(contribution_id: int) -> tuple[dict[str, str | int], int]:
    """What the editor sends: a ``file``; the answer is JSON, of an error too."""
    queries.own(db, actor(), contribution_id)
    try:
        picture, losses = _stored(contribution_id, request.files.get("file"))
        with transaction() as session:
            kept = figure_operations.add_figure(session, actor(), contribution_id, picture)
    except Invalid as error:
        return {"code": error.code, "error": str(words(error))}, 422
    return {
        "id": kept.digest,
        "url": figure_queries.address(kept.digest, kept.kind),
        "width": kept.width,
        "height": kept.height,
        "notice": " ".join(losses),
    }, 201


@signed_in
def append_figure(contribution_id: int) -> Response:
    """Put a figure at the end of the draft."""
    _do(figure_operations.append_figure, contribution_id)
    flash(_("The figure stands at the end of your essay now."), "success")
    return _back(contribution_id)


@signed_in
def remove_figure(contribution_id: int) -> Response:
    """Let go of a figure that the essay does not show."""
    _do(figure_operations.remove_figure, contribution_id)
    flash(_("The figure has been removed."), "success")
    return _back(contribution_id)


def _do(act: Callable[[Session, Actor, int, str], object], contribution_id: int) -> None:
    with transaction() as session:
        act(session, actor(), contribution_id, request.form.get("figure", ""))


def figure(digest: str, kind: str) -> Response:
    """The file, for whoever may read a text that shows it."""
    found = figure_queries.served(db, actor(), digest, kind, is_withheld=is_conflicted)
    if found.public and request.if_none_match.contains(digest):
        response: Response = current_app.response_class(status=304)
    else:
        response = _file(found)
    response.headers["Content-Security-Policy"] = NOTHING
    response.headers["Cache-Control"] = KEPT if found.public else "private, no-store"
    if found.public:
        response.set_etag(digest)
    return response


def _file(found: figure_queries.Served) -> Response:
    try:
        pieces = storage.stream(current_app.extensions["jsi_store"], found.key)
    except FileNotFoundError as error:
        raise NotFound("figure.none") from error
    response = current_app.response_class(
        stream_with_context(pieces), mimetype=images.MEDIA_TYPES[found.kind]
    )
    response.content_length = found.size
    return response
