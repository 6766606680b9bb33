"""The organisers' list of contributions, and what they may do with one."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions import queries
from app.contributions.editor import Correction
from app.contributions.forms import ReasonForm
from app.contributions.labels import REVISION_KINDS
from app.contributions.models import Revision
from app.contributions.states import NUMBERED, State
from app.editions import charter
from app.editions.forms import offer_rules
from app.moderation.appeals import authors as appeals
from app.moderation.conflicts.declared import declared
from app.moderation.conflicts.labels import KINDS as CONFLICT_KINDS
from app.moderation.conflicts.queries import is_apart
from app.moderation.organising import operations as organising
from app.moderation.organising.policy import (
    can_correct,
    can_release,
    can_remove,
    can_restore,
)
from app.moderation.organising.queries import readable
from app.moderation.record.timeline import timeline, versions
from app.moderation.search.conditions import conditions
from app.moderation.search.filters import filters
from app.moderation.search.forms import SearchForm
from app.moderation.talk.policy import can_follow
from app.web.acts import saved
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.language import PREFIX, current
from app.web.people import actor, organisers

ONE = f"{PREFIX}/organise/contributions/<int:contribution_id>/"


def register(blueprint: Blueprint) -> None:
    """Add the desk's addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{PREFIX}/organise/contributions/", view_func=organise)
    add(ONE, view_func=organise_one)
    add(f"{ONE}correct", view_func=correct, methods=["GET", "POST"])
    add(f"{ONE}release", view_func=release, methods=["POST"])
    add(f"{ONE}remove", view_func=remove, methods=["GET", "POST"])
    add(f"{ONE}restore", view_func=restore, methods=["POST"])


@organisers
def organise() -> Response | tuple[str, int]:
    """Everybody's contributions, by edition, track, theme, language and state.

    But for those one is in conflict with.
    """
    form = SearchForm.of(request.args)
    if form.is_built:
        return redirect(url_for("contributions.organise", q=form.line or None))
    after = request.args.get("after", type=row_number)
    wanted = [is_apart(), *conditions(form.search, actor())]
    html = render_template(
        "contributions/organise.html",
        page=queries.organised(db, actor(), wanted, after=after),
        form=form,
        filters=filters(db, actor(), form, everywhere=True, states=NUMBERED),
    )
    return html, 422 if form.errors else 200


@organisers
def organise_one(contribution_id: int) -> str:
    """One contribution with its revisions and decisions."""
    me, contribution = actor(), readable(db, actor(), contribution_id)
    follows = can_follow(me, contribution, conflicted=False)
    events = timeline(db, contribution, names=True)
    return render_template(
        "contributions/organise_one.html",
        contribution=contribution,
        events=events,
        can_compare=versions(events) > 1,
        kinds=REVISION_KINDS,
        appeals_made=appeals.of_author(db, contribution),
        conflicts=declared(db, me, contribution_id) if follows else [],
        conflict_kinds=CONFLICT_KINDS,
        can_follow=follows,
        can_correct=can_correct(me, contribution),
        can_release=can_release(me, contribution),
        can_remove=can_remove(me, contribution),
        can_restore=can_restore(me, contribution),
    )


@organisers
def correct(contribution_id: int) -> Response | tuple[str, int]:
    """Replace the published text by a corrected one."""
    contribution = readable(db, actor(), contribution_id)
    if contribution.state != State.PUBLISHED:
        abort(404)
    revision = db.get_one(Revision, contribution.published_revision_id)
    editor = Correction(contribution, revision)
    editor.form.note.label.text = _("What is corrected")
    if request.method == "POST" and (done := editor.handle()):
        return done
    page = render_template(
        "contributions/correct.html", editor=editor, form=editor.form, contribution=contribution
    )
    return page, editor.status


@organisers
def release(contribution_id: int) -> Response:
    """Publish an accepted essay that has been waiting."""
    with transaction() as session:
        organising.release(session, actor(), contribution_id)
    flash(_("The essay is published."), "success")
    return _back(contribution_id)


@organisers
def remove(contribution_id: int) -> Response | tuple[str, int]:
    """Take a published essay down, with a reason readers see."""
    form = ReasonForm(language=current().code)
    offer_rules(form.rule, charter.rules(db))

    def take_down(session: Session) -> None:
        organising.remove(
            session,
            actor(),
            contribution_id,
            reason=form.reason.data or "",
            language=form.language.data or "",
            rule=form.rule.data or "",
        )

    if form.validate_on_submit() and saved(form, take_down):
        flash(_("The essay has been taken down."), "success")
        return _back(contribution_id)
    contribution = readable(db, actor(), contribution_id)
    page = render_template("contributions/remove.html", contribution=contribution, form=form)
    return page, form.status


@organisers
def restore(contribution_id: int) -> Response:
    """Put a removed essay back."""
    with transaction() as session:
        organising.restore(session, actor(), contribution_id)
    flash(_("The essay is published again."), "success")
    return _back(contribution_id)


def _back(contribution_id: int) -> Response:
    return redirect(url_for("contributions.organise_one", contribution_id=contribution_id), 303)
