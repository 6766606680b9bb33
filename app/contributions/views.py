"""The writing desk: a track's guidance, one's own contributions, the editor."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.contributions import operations, policy, queries
from app.contributions.desk import register as register_desk
from app.contributions.editor import Editor
from app.contributions.forms import StartForm
from app.contributions.labels import REVISION_KINDS, STATE_TONES, STATES, TRACKS
from app.contributions.models import Contribution, Draft
from app.core import clock
from app.core.languages import LANGUAGES
from app.core.policy import TrackCode
from app.documents.labels import NOTE_LABELS
from app.documents.render import render, render_paragraphs
from app.editions import queries as editions
from app.editions.models import Edition, Question, Track
from app.editions.policy import accepts_submission
from app.moderation import queries as moderation
from app.moderation.labels import REASONS, VERDICTS
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.language import PREFIX, current
from app.web.people import actor, is_signed_in, signed_in
from app.web.templating import tr

blueprint = Blueprint("contributions", __name__)
register_desk(blueprint)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Labels that every page about contributions shows."""
    return {
        "states": STATES,
        "state_tones": STATE_TONES,
        "tracks": TRACKS,
        "verdicts": VERDICTS,
        "reasons": REASONS,
    }


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a track's page shows: the editions it can be answered in, and the chosen one."""

    code: TrackCode
    editions: list[Edition]
    edition: Edition | None
    track: Track | None
    questions: list[Question]


def _guidance(code: TrackCode) -> Guidance:
    found = editions.open_editions(db, clock.now())
    wished = request.values.get("edition", "")
    edition = next((each for each in found if each.slug == wished), None) or next(iter(found), None)
    shown = edition or editions.current_edition(db, clock.now())
    track = next((each for each in shown.tracks if each.code == code), None) if shown else None
    questions = editions.questions_of(db, edition, code) if edition else []
    return Guidance(code, found, edition, track, questions)


def _start_form(guidance: Guidance) -> StartForm:
    form = StartForm(
        edition=guidance.edition.slug if guidance.edition else "",
        question=request.args.get("question", ""),
        language=current().code,
    )
    form.edition.choices = [(each.slug, str(tr(each.title))) for each in guidance.editions]
    form.question.choices = [
        ("", _("I will decide later")),
        *((each.slug, str(tr(each.title))) for each in guidance.questions),
    ]
    form.language.choices = [(each.code, each.name) for each in LANGUAGES.values()]
    return form


@blueprint.route(f"{PREFIX}/contribute/<track>/", methods=["GET", "POST"])
def track(track: str) -> Response | tuple[str, int]:
    """A track's guidance, for everybody; an essay is begun from here."""
    if track not in set(TrackCode):
        abort(404)
    guidance = _guidance(TrackCode(track))
    form = _start_form(guidance)
    if is_signed_in() and guidance.edition and form.validate_on_submit():
        question = next((q for q in guidance.questions if q.slug == form.question.data), None)
        with transaction() as session:
            contribution = operations.open_draft(
                session,
                actor(),
                guidance.edition,
                guidance.code,
                language=form.language.data or current().code,
                question=question,
            )
        return redirect(url_for("contributions.edit", contribution_id=contribution.id), 303)
    page = render_template("contributions/track.html", guidance=guidance, form=form)
    return page, form.status


@blueprint.get(f"{PREFIX}/my/contributions/")
@signed_in
def mine() -> str:
    """One's own contributions with their states."""
    page = queries.mine(db, actor(), after=request.args.get("after", type=row_number))
    return render_template("contributions/mine.html", page=page)


@blueprint.get(f"{PREFIX}/my/contributions/<int:contribution_id>/")
@signed_in
def show(contribution_id: int) -> str:
    """One of one's own: its state, and everything that happened to it."""
    contribution = queries.own(db, actor(), contribution_id)
    return render_template(
        "contributions/show.html",
        contribution=contribution,
        revisions=queries.revisions(db, contribution_id),
        decisions=moderation.decisions_for_author(db, contribution_id),
        kinds=REVISION_KINDS,
        can=_permissions(contribution),
    )


@dataclass(frozen=True, slots=True)
class Permissions:
    """Which buttons the owner sees."""

    write: bool
    submit: bool
    withdraw: bool
    discard: bool


def _permissions(contribution: Contribution) -> Permissions:
    return Permissions(
        write=policy.can_write(actor(), contribution),
        submit=policy.can_submit(actor(), contribution, contribution.edition, clock.now()),
        withdraw=policy.can_withdraw(actor(), contribution),
        discard=policy.can_discard(actor(), contribution),
    )


@blueprint.get(f"{PREFIX}/my/contributions/<int:contribution_id>/revisions/<int:number>/")
@signed_in
def revision(contribution_id: int, number: int) -> str:
    """One submitted snapshot, as it was."""
    contribution = queries.own(db, actor(), contribution_id)
    shown = queries.revision(db, contribution_id, number)
    html = render(
        shown.body, language=shown.language, prefix="r-", labels=NOTE_LABELS[shown.language]
    )
    return render_template(
        "contributions/revision.html",
        contribution=contribution,
        revision=shown,
        html=html,
        abstract=render_paragraphs(shown.abstract),
        kinds=REVISION_KINDS,
    )


@blueprint.route(f"{PREFIX}/my/contributions/<int:contribution_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(contribution_id: int) -> Response | tuple[str, int]:
    """The editor: save, look at it, hand it in."""
    contribution = queries.own(db, actor(), contribution_id)
    if not policy.can_write(actor(), contribution):
        flash(_("This essay has been submitted; it can’t be changed now."), "info")
        return redirect(url_for("contributions.show", contribution_id=contribution_id), 303)
    draft = db.get_one(Draft, contribution_id)
    editor = Editor(contribution, draft)
    if request.method == "POST" and (done := editor.handle()):
        return done
    page = render_template(
        "contributions/edit.html",
        editor=editor,
        form=editor.form,
        draft=draft,
        contribution=contribution,
        may_submit=contribution.state != "draft"
        or accepts_submission(contribution.edition, contribution.opened_at, clock.now()),
    )
    return page, editor.status


@blueprint.post(f"{PREFIX}/my/contributions/<int:contribution_id>/withdraw")
@signed_in
def withdraw(contribution_id: int) -> Response:
    """Take it back."""
    with transaction() as session:
        operations.withdraw(session, actor(), contribution_id)
    flash(_("Your contribution has been withdrawn."), "success")
    return redirect(url_for("contributions.show", contribution_id=contribution_id), 303)


@blueprint.post(f"{PREFIX}/my/contributions/<int:contribution_id>/discard")
@signed_in
def discard(contribution_id: int) -> Response:
    """Throw a draft away."""
    with transaction() as session:
        operations.discard(session, actor(), contribution_id)
    flash(_("The draft has been deleted."), "success")
    return redirect(url_for("contributions.mine"), 303)
