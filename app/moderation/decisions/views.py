"""A moderator's second opinion and undoing, and an author's answer to a proposed move."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions import policy as writing
from app.contributions import queries as contributions
from app.contributions.models import Contribution, Revision
from app.contributions.references.formatted import Formatted
from app.core.errors import NotFound
from app.core.policy import TrackCode
from app.moderation.addresses import ONE, to_item, to_queue
from app.moderation.decisions import seconding, tracks
from app.moderation.decisions.forms import TrackForm
from app.moderation.decisions.organising import register as register_organising
from app.moderation.decisions.queries import proposed_track
from app.moderation.decisions.undo_page import undo_page
from app.moderation.item import queries as items
from app.web.acts import done, saved
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, signed_in


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(
        f"{PREFIX}/my/contributions/<int:contribution_id>/track",
        view_func=answer_track,
        methods=["GET", "POST"],
    )
    add(f"{ONE}second", view_func=second, methods=["POST"])
    add(f"{ONE}decisions/<int:decision_id>/undo", view_func=undo, methods=["GET", "POST"])
    register_organising(blueprint)


@signed_in
def second(contribution_id: int) -> Response:
    """Agree with the rejection a colleague has proposed."""
    decision_id = request.form.get("decision", 0, type=row_number)

    def agree(session: Session) -> None:
        seconding.second(session, actor(), contribution_id, decision_id)

    if not done(agree):
        return to_item(contribution_id)
    flash(_("You have agreed to the rejection."), "success")
    return to_queue()


@signed_in
def undo(contribution_id: int, decision_id: int) -> Response | tuple[str, int]:
    """Take back one's own last decision on an essay."""
    contribution = items.item(db, actor(), contribution_id).contribution
    back = url_for("moderation.item", contribution_id=contribution_id)
    crumbs = [(url_for("moderation.queue"), _("Moderation")), (back, contribution.number or "")]
    return undo_page(contribution, decision_id, crumbs, back)


@signed_in
def answer_track(contribution_id: int) -> Response | tuple[str, int]:
    """Agree that the essay moves to the other track, or say why it should stay."""
    contribution = contributions.own(db, actor(), contribution_id)
    if not writing.owns(actor(), contribution):
        raise NotFound("contribution.unknown")
    track = proposed_track(db, contribution)
    if track is None:
        return _to_own(contribution_id)
    form = TrackForm()
    if form.validate_on_submit() and _answer(form, contribution, track):
        return _to_own(contribution_id)
    page = render_template(
        "moderation/decision_track.html",
        # A refused answer let go of the row.
        contribution=contributions.own(db, actor(), contribution_id),
        track=track,
        form=form,
    )
    return page, form.status


def _answer(form: TrackForm, contribution: Contribution, track: TrackCode) -> bool:
    """Do what was chosen; whether it was done. What is wrong is put into the form."""
    id = contribution.id
    if not form.stay.data:
        references = _formatted(contribution, track)
        with transaction() as session:
            tracks.move_to_track(session, actor(), id, references=references)
        flash(_("Your essay has moved. It waits for a moderator of its new track."), "success")
        return True
    said = form.words.data or ""
    if not saved(form, lambda session: tracks.keep_in_track(session, actor(), id, words=said)):
        return False
    flash(_("Your essay stays in its track. The moderators read what you wrote."), "success")
    return True


def _formatted(contribution: Contribution, track: TrackCode) -> Formatted:
    """Its references as the other track lists them, made before the transaction."""
    newest = db.get_one(Revision, contribution.revision_id)
    items, language = tuple(newest.bibliography), newest.language
    db.rollback()
    return Formatted.of(items, language, track.value)


def _to_own(contribution_id: int) -> Response:
    return redirect(url_for("contributions.show", contribution_id=contribution_id), 303)
