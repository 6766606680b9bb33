"""The earlier versions of a draft, for those who write it."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.contributions.figures import queries as figure_queries
from app.contributions.models import Draft
from app.contributions.own import writable
from app.contributions.saving import operations as saving
from app.contributions.saving import queries as save_queries
from app.core.errors import Conflict
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, signed_in

ALL: Final = f"{PREFIX}/my/contributions/<int:contribution_id>/versions/"


def register(blueprint: Blueprint) -> None:
    """Add the pages' addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=versions)
    add(f"{ALL}<int:save_id>/", view_func=version)
    add(f"{ALL}<int:save_id>/take-back", view_func=take_back, methods=["POST"])


def _to(endpoint: str, contribution_id: int) -> Response:
    return redirect(url_for(f"contributions.{endpoint}", contribution_id=contribution_id), 303)


@signed_in
def versions(contribution_id: int) -> str:
    """Earlier versions of a draft."""
    contribution = writable(contribution_id)
    return render_template(
        "contributions/versions.html",
        contribution=contribution,
        saves=save_queries.history(db, contribution_id),
        present=db.get_one(Draft, contribution_id).version,
    )


@signed_in
def version(contribution_id: int, save_id: int) -> str:
    """One of them, as it was."""
    contribution = writable(contribution_id)
    kept = save_queries.save(db, contribution_id, save_id)
    essay = saving.essay_of(kept.content)
    html = render(
        essay.body,
        language=essay.language,
        prefix="v-",
        labels=NOTE_LABELS[essay.language],
        figures=figure_queries.files(db, contribution_id, essay.body),
    )
    return render_template(
        "contributions/version.html",
        contribution=contribution,
        kept=kept,
        essay=essay,
        html=html,
        abstract=render_paragraphs(essay.abstract),
    )


@signed_in
def take_back(contribution_id: int, save_id: int) -> Response:
    """Write on from an earlier version."""
    try:
        with transaction() as session:
            saving.take_back(session, actor(), contribution_id, save_id)
    except Conflict:
        return _to("show", contribution_id)
    flash(_("The earlier version is back. The one it replaced is kept, too."), "success")
    return _to("edit", contribution_id)
