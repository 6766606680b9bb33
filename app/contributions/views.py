"""The writing desk: a track's guidance, one's own contributions, the editor."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.contributions import operations, policy, queries
from app.contributions.desk import register as register_desk
from app.contributions.editor import Editor
from app.contributions.figures.views import register as register_figures
from app.contributions.following.views import register as register_following
from app.contributions.following.views import revision_page
from app.contributions.forms import StartForm
from app.contributions.invitations import queries as invitation_queries
from app.contributions.invitations.views import register as register_invitations
from app.contributions.labels import REVISION_KINDS, STATE_TONES, STATES, TRACKS
from app.contributions.models import Contribution, Draft
from app.contributions.own import writable
from app.contributions.references.views import register as register_references
from app.contributions.saving.views import register as register_versions
from app.contributions.states import State
from app.contributions.uploads.views import register as register_uploads
from app.core import clock
from app.core.policy import TrackCode
from app.editions import charter
from app.editions import queries as editions
from app.editions.models import Edition, Question, Track
from app.moderation.appeals import authors as appeals
from app.moderation.decisions import queries as decisions
from app.moderation.decisions.labels import VERDICTS, signs_in_words
from app.moderation.record.labels import event_title
from app.moderation.record.timeline import timeline, versions
from app.moderation.reports import taken_down
from app.moderation.reports.labels import COMPLAINTS
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.forms import language_options, options
from app.web.language import PREFIX, current
from app.web.people import actor, is_signed_in, signed_in
from app.web.templating import tr

blueprint = Blueprint("contributions", __name__)
register_desk(blueprint)
register_following(blueprint)
register_references(blueprint)
register_figures(blueprint)
register_uploads(blueprint)
register_invitations(blueprint)
register_versions(blueprint)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Labels that every page about contributions shows."""
    return {
        "states": STATES,
        "state_tones": STATE_TONES,
        "tracks": TRACKS,
        "verdicts": VERDICTS,
        "event_title": event_title,
        "signs_in_words": signs_in_words,
        "complaints": COMPLAINTS,
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
    form.edition.choices = options((each.slug, str(tr(each.title))) for each in guidance.editions)
    form.question.choices = options(
        [
            ("", _("I will decide later")),
            *((each.slug, str(tr(each.title))) for each in guidance.questions),
        ]
    )
    form.language.choices = language_options()
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
        target = "upload" if request.form.get("begin") == "document" else "edit"
        return redirect(url_for(f"contributions.{target}", contribution_id=contribution.id), 303)
    page = render_template("contributions/track.html", guidance=guidance, form=form)
    return page, form.status


@blueprint.get(f"{PREFIX}/my/contributions/")
@signed_in
def mine() -> str:
    """One's own contributions with their states."""
    page = queries.mine(db, actor(), after=request.args.get("after", type=row_number))
    invitations = invitation_queries.waiting_for(db, actor())
    return render_template("contributions/mine.html", page=page, invitations=invitations)


@blueprint.get(f"{PREFIX}/my/contributions/<int:contribution_id>/")
@signed_in
def show(contribution_id: int) -> str:
    """One of one's own: its state, and everything that happened to it."""
    contribution = queries.own(db, actor(), contribution_id)
    events = timeline(db, contribution, names=False)
    return render_template(
        "contributions/show.html",
        contribution=contribution,
        events=events,
        kinds=REVISION_KINDS,
        can=_permissions(contribution, versions(events)),
        unconfirmed=_unconfirmed(contribution),
        appeals_made=appeals.of_author(db, contribution),
        chance=appeals.chance(db, actor(), contribution, contribution.edition),
        new_track=decisions.proposed_track(db, contribution),
        stands=decisions.standing_decision(db, contribution),
        down=taken_down.standing(db, contribution.id) if _is_down(contribution) else None,
        charter=charter.rules(db),
    )


def _is_down(contribution: Contribution) -> bool:
    return contribution.state == State.REMOVED


def _unconfirmed(contribution: Contribution) -> list[str]:
    """Co-authors the owner has still to hear from, where that matters yet."""
    if not policy.can_invite(actor(), contribution):
        return []
    return invitation_queries.unconfirmed(db, contribution.id)


@dataclass(frozen=True, slots=True)
class Permissions:
    """Which buttons the owner sees."""

    write: bool
    submit: bool
    withdraw: bool
    revive: bool
    discard: bool
    compare: bool
    answer_track: bool


def _permissions(contribution: Contribution, revisions: int) -> Permissions:
    may_write = policy.can_write(actor(), contribution)
    return Permissions(
        write=may_write,
        submit=policy.can_submit(actor(), contribution, contribution.edition, clock.now()),
        withdraw=policy.can_withdraw(actor(), contribution),
        revive=policy.can_revive(actor(), contribution, contribution.edition, clock.now()),
        discard=policy.can_discard(actor(), contribution),
        compare=revisions + may_write > 1,
        answer_track=policy.owns(actor(), contribution),
    )


@blueprint.get(f"{PREFIX}/my/contributions/<int:contribution_id>/revisions/<int:number>/")
@signed_in
def revision(contribution_id: int, number: int) -> str:
    """One submitted snapshot, as it was."""
    contribution = queries.own(db, actor(), contribution_id)
    crumbs = [
        (url_for("contributions.mine"), _("My contributions")),
        (
            url_for("contributions.show", contribution_id=contribution_id),
            contribution.number or "",
        ),
    ]
    return revision_page(contribution, number, crumbs)


def open_editor(contribution: Contribution) -> Editor:
    """The editor of a draft, with the points of a request for changes that are to be answered."""
    asked = decisions.request_to_answer(db, contribution)
    draft = db.get_one(Draft, contribution.id)
    return Editor(contribution, draft, points=len(asked.asked) if asked else 0)


@blueprint.route(f"{PREFIX}/my/contributions/<int:contribution_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(contribution_id: int) -> Response | tuple[str, int]:
    """The editor: save, look at it, hand it in."""
    contribution = writable(contribution_id)
    editor = open_editor(contribution)
    if request.method == "POST" and (done := editor.handle()):
        return done
    page = render_template(
        "contributions/merge.html" if editor.merging else "contributions/edit.html",
        editor=editor,
        form=editor.form,
        draft=editor.source,
        contribution=contribution,
        request_made=decisions.request_to_answer(db, contribution),
        may_submit=policy.can_submit(actor(), contribution, contribution.edition, clock.now()),
        is_own=policy.owns(actor(), contribution),
        late_until=policy.late_until(contribution, contribution.edition, clock.now()),
    )
    return page, editor.status


@blueprint.post(f"{PREFIX}/my/contributions/<int:contribution_id>/discard")
@signed_in
def discard(contribution_id: int) -> Response:
    """Throw a draft away."""
    with transaction() as session:
        operations.discard(session, actor(), contribution_id)
    flash(_("The draft has been deleted."), "success")
    return redirect(url_for("contributions.mine"), 303)
