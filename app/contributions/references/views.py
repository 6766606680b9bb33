"""A draft's references: the list, the box to paste into, and the fields of one."""

import json
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from limits import parse
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.contributions import queries
from app.contributions.essay import EssayInput
from app.contributions.forms import version_of
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.own import writable
from app.contributions.references import operations as references
from app.contributions.references.formatted import Formatted
from app.contributions.references.forms import KINDS, CorrectionForm, PasteForm, ReferenceForm
from app.contributions.states import State
from app.core.errors import Invalid
from app.documents.references.items import MOST, Unusable, is_unstructured, line
from app.documents.references.reading import read
from app.documents.render import render_paragraphs
from app.moderation.organising import operations as organising
from app.moderation.organising.queries import readable
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.limits import spend
from app.web.people import actor, organisers, signed_in

ALL: Final = f"{PREFIX}/my/contributions/<int:contribution_id>/references/"
PUBLISHED: Final = f"{PREFIX}/organise/contributions/<int:contribution_id>/correct/references"
PASTES: Final = parse("60 per hour")
"""Reading a paste may take seconds of a child process."""
LOOKS: Final = parse("30 per minute")
MOST_LINES: Final = 20
"""Unread lines that are named; all are kept."""


def register(blueprint: Blueprint) -> None:
    """Add the references' addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, "references", view_func=all_of_them, methods=["GET", "POST"])
    add(f"{ALL}arrange", "arrange_references", view_func=arrange, methods=["POST"])
    add(f"{ALL}<reference>", "reference", view_func=one, methods=["GET", "POST"])
    add(PUBLISHED, "correct_references", view_func=correct, methods=["GET", "POST"])


@signed_in
def all_of_them(contribution_id: int) -> Response | tuple[str, int]:
    """The list, and a box to add to it."""
    contribution = writable(contribution_id)
    draft, form = db.get_one(Draft, contribution_id), PasteForm()
    if form.validate_on_submit() and (done := _added(form, draft)):
        return done
    page = render_template(
        "contributions/references.html",
        contribution=contribution,
        draft=draft,
        form=form,
        kinds=KINDS,
        line=line,
        is_unstructured=is_unstructured,
        formatted=_formatted(contribution, draft) if "formatted" in request.args else None,
    )
    return page, form.status


def _formatted(contribution: Contribution, draft: Draft) -> Markup:
    spend(LOOKS, "references", actor().id)
    listed = Formatted.of(draft.bibliography, draft.language, contribution.track)
    return Markup(render_paragraphs(listed.text))  # noqa: S704 - the renderer cleans


def _added(form: PasteForm, draft: Draft) -> Response | None:
    """Keep what can be read of a paste; the rest stays in the box, each part with its line."""
    spend(PASTES, "references", actor().id)
    found = read(form.text.data or "", taken=[item["id"] for item in draft.bibliography])
    try:
        with transaction() as session:
            references.add(session, actor(), draft.contribution_id, found.items)
    except Invalid as error:
        form.reject(error)
        return None
    if count := len(found.items):
        flash(
            ngettext(
                "%(num)s reference has been added.", "%(num)s references have been added.", count
            ),
            "success",
        )
    if not found.left:
        return redirect(
            url_for("contributions.references", contribution_id=draft.contribution_id), 303
        )
    db.rollback()
    db.refresh(draft)
    form.text.data = found.left
    if found.too_many:
        form.reject(Invalid("references.too_many", field="text", limit=MOST))
    else:
        for number in found.lines[:MOST_LINES]:
            form.reject(Invalid("references.unread", field="text", line=number))
    return None


@signed_in
def arrange(contribution_id: int) -> Response:
    """Move one, take one out, or sort them all."""
    queries.own(db, actor(), contribution_id)
    action, reference = request.form.get("action", ""), request.form.get("reference", "")
    with transaction() as session:
        if action == "sort":
            references.sort(session, actor(), contribution_id)
        elif action == "remove":
            references.remove(session, actor(), contribution_id, reference)
        elif action in {references.UP, references.DOWN}:
            references.move(session, actor(), contribution_id, reference, action)
        else:
            abort(400)
    return redirect(
        url_for("contributions.references", contribution_id=contribution_id, _anchor="list"), 303
    )


@signed_in
def one(contribution_id: int, reference: str) -> Response | tuple[str, int]:
    """One reference in its fields."""
    contribution = writable(contribution_id)
    draft = db.get_one(Draft, contribution_id)
    item = references.find(draft.bibliography, reference)
    form = ReferenceForm.of(item)
    if form.validate_on_submit() and (done := _changed(form, contribution_id, reference)):
        return done
    page = render_template(
        "contributions/reference.html",
        contribution=contribution,
        draft=draft,
        form=form,
        is_plain=is_unstructured(item),
    )
    return page, form.status


def _changed(form: ReferenceForm, contribution_id: int, reference: str) -> Response | None:
    try:
        item = form.item()
    except Unusable:
        form.reject(Invalid("references.unusable", field="title"))
        return None
    with transaction() as session:
        references.change(session, actor(), contribution_id, reference, item)
    flash(_("The reference has been saved."), "success")
    return redirect(
        url_for("contributions.references", contribution_id=contribution_id, _anchor="list"), 303
    )


@organisers
def correct(contribution_id: int) -> Response | tuple[str, int]:
    """The references of a published essay, for organisers: as data, corrected as a whole."""
    contribution = readable(db, actor(), contribution_id)
    if contribution.state != State.PUBLISHED:
        abort(404)
    revision = db.get_one(Revision, contribution.published_revision_id)
    shown = "[\n" + ",\n".join(
        json.dumps(item, ensure_ascii=False) for item in revision.bibliography
    )
    text = f"{shown}\n]" if revision.bibliography else ""
    form = CorrectionForm(data={"text": text, "version": revision.number})
    if form.validate_on_submit() and (done := _corrected(form, contribution, revision)):
        return done
    page = render_template(
        "contributions/correct_references.html", contribution=contribution, form=form
    )
    return page, form.status


def _corrected(
    form: CorrectionForm, contribution: Contribution, revision: Revision
) -> Response | None:
    """Publish them, all or none."""
    spend(PASTES, "references", actor().id)
    found = read(form.text.data or "")
    if found.left:
        form.reject(Invalid("references.some_unread", field="text", left=len(found.lines)))
        return None
    essay, note = EssayInput.of(revision), form.note.data or ""
    listed = Formatted.of(found.items, essay.language, contribution.track)
    with transaction() as session:
        organising.correct(
            session,
            actor(),
            contribution.id,
            essay,
            note=note,
            seen=version_of(form.version.data),
            bibliography=found.items,
            references=listed,
        )
    flash(_("The correction is published."), "success")
    return redirect(url_for("contributions.organise_one", contribution_id=contribution.id), 303)
