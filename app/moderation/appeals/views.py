"""Appeals: the author's page, the queue of them, and the answer."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions import queries as contributions
from app.contributions.labels import TRACKS
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict
from app.core.policy import Role, can_organise
from app.editions import charter
from app.moderation.appeals import authors, operations, queries
from app.moderation.appeals.authors import Chance
from app.moderation.appeals.forms import AnswerForm, AppealForm
from app.moderation.appeals.giving import register as register_giving
from app.moderation.appeals.models import Outcome
from app.moderation.appeals.policy import ENDED
from app.moderation.appeals.stranded import stranded
from app.moderation.claims.views import renewed
from app.moderation.decisions.labels import VERDICTS
from app.moderation.labels import NAMES
from app.moderation.policy import moderates
from app.moderation.queue.queries import Place
from app.moderation.search.filters import filters
from app.moderation.search.forms import SearchForm
from app.web.acts import answered, done, has_words, saved
from app.web.database import db
from app.web.language import PREFIX, current
from app.web.people import actor, needs, signed_in

ALL: Final = f"{PREFIX}/moderation/appeals/"
ONE: Final = f"{ALL}<int:appeal_id>/"
Answer = Response | tuple[str, int]


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    own = f"{PREFIX}/my/contributions/<int:contribution_id>/appeal"
    add(own, view_func=file_appeal, methods=["GET", "POST"])
    add(ALL, view_func=appeals)
    add(ONE, view_func=appeal, methods=["GET", "POST"])
    add(f"{ONE}claim", view_func=claim_appeal, methods=["POST"])
    add(f"{ONE}release", view_func=release_appeal, methods=["POST"])
    add(f"{ONE}renew", view_func=renew_appeal, methods=["POST"])
    register_giving(blueprint)


@signed_in
def file_appeal(contribution_id: int) -> Response | tuple[str, int]:
    """The author's words against the decision that ended their essay, or its taking down."""
    contribution = contributions.own(db, actor(), contribution_id)
    back = redirect(url_for("contributions.show", contribution_id=contribution_id), 303)
    chance = authors.chance(db, actor(), contribution, contribution.edition)
    form = AppealForm(language=current().code)
    if chance is None:
        if has_words(form) and not _is_filed(form, contribution):
            raise Conflict("appeal.too_late")
        flash(_("An appeal is not possible, or no longer possible."), "info")
        return back
    if chance.take_down_id:
        form.be_against_taking_down()
    if form.validate_on_submit() and _file(form, chance):
        return back
    page = render_template(
        "moderation/appeals/file.html", contribution=contribution, chance=chance, form=form
    )
    return page, form.status


def _is_filed(form: AppealForm, contribution: Contribution) -> bool:
    """Whether this very appeal has been received: two clicks send it twice."""
    sent = (form.words.data or "").split()
    return any(each.words.split() == sent for each in authors.of_author(db, contribution))


def _file(form: AppealForm, chance: Chance) -> bool:
    """Do what was posted; whether it was taken. A Conflict's page has the words, to be copied."""
    said = {"words": form.words.data or "", "language": form.language.data or ""}

    def file(session: Session) -> None:
        if chance.take_down_id:
            operations.file_against_take_down(session, actor(), chance.take_down_id, **said)
        else:
            operations.file(session, actor(), chance.decision_id or 0, **said)

    if not saved(form, file):
        return False
    flash(_("Your appeal has been received. You will be told of the answer by e-mail."), "success")
    return True


@needs(Role.MODERATOR)
def appeals() -> Answer:
    """What this moderator may answer, longest waiting first."""
    form = SearchForm.of(request.args)
    if form.is_built:
        return redirect(url_for("moderation.appeals", q=form.line or None))
    after = Place.parse(request.args.get("after", ""))
    page = render_template(
        "moderation/appeals/list.html",
        page=queries.appeals(db, actor(), form.search, after=after),
        second_looks=moderates(actor()),
        stranded=stranded(db, actor()) if can_organise(actor()) else [],
        form=form,
        filters=filters(db, actor(), form, states=ENDED | {State.REMOVED}),
        is_continued=after is not None,
        tracks=TRACKS,
        names=NAMES,
        verdicts=VERDICTS,
    )
    return page, 422 if form.errors else 200


@signed_in
def appeal(appeal_id: int) -> Answer:
    """One appeal; posting to it answers."""
    form = AnswerForm(language=current().code)
    if form.validate_on_submit() and _answer(form, appeal_id):
        return redirect(url_for("moderation.appeals"), 303)
    found = queries.appeal(db, actor(), appeal_id)
    if found.down:
        form.answer_taking_down()
    page = render_template(
        "moderation/appeals/one.html",
        view=found,
        charter=charter.rules(db),
        form=form,
        is_open=found.is_open,
        tracks=TRACKS,
        names=NAMES,
        verdicts=VERDICTS,
    )
    return page, form.status


def _answer(form: AnswerForm, appeal_id: int) -> bool:
    """Do what was posted; whether it was taken."""

    def answer(session: Session) -> None:
        operations.answer(
            session,
            actor(),
            appeal_id,
            Outcome(form.outcome.data),
            reply=form.reply.data or "",
            language=form.language.data or "",
        )

    if not answered(form, answer):
        return False
    flash(_("The appeal has been answered. The author is being told."), "success")
    return True


@signed_in
def claim_appeal(appeal_id: int) -> Response:
    """Take in hand."""
    done(lambda session: operations.claim(session, actor(), appeal_id))
    return redirect(url_for("moderation.appeal", appeal_id=appeal_id), 303)


@signed_in
def renew_appeal(appeal_id: int) -> Response:
    """Hold it longer, as an essay is; answers the same."""
    return renewed(lambda session: operations.renew(session, actor(), appeal_id))


@signed_in
def release_appeal(appeal_id: int) -> Response:
    """Leave it to somebody else."""
    if done(lambda session: operations.release(session, actor(), appeal_id)):
        flash(_("The appeal is left to another moderator."), "success")
    return redirect(url_for("moderation.appeals"), 303)
