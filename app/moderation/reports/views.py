"""Reports: the reader's form, the cases, and closing one."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from limits import parse
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.contributions.states import State
from app.core.policy import ORGANISERS, Role, can_organise
from app.editions import charter
from app.moderation.labels import NAMES
from app.moderation.policy import KNOWN, moderates
from app.moderation.queue.queries import Place
from app.moderation.reports import operations, queries
from app.moderation.reports.forms import CaseForm, ReportForm
from app.moderation.reports.labels import COMPLAINTS, OUTCOMES
from app.moderation.reports.models import CaseOutcome, Complaint
from app.moderation.search.filters import filters
from app.moderation.search.forms import SearchForm
from app.web.acts import answered, done, saved
from app.web.database import db
from app.web.language import PREFIX, current
from app.web.limits import spend
from app.web.people import actor, needs, signed_in

ALL: Final = f"{PREFIX}/moderation/reports/"
ONE: Final = f"{ALL}<int:case_id>/"
HOW_OFTEN: Final = (parse("5 per hour"), parse("20 per day"))


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    own = f"{PREFIX}/contributions/<number>/report/"
    add(own, view_func=report, methods=["GET", "POST"])
    add(ALL, view_func=reports)
    add(ONE, view_func=case, methods=["GET", "POST"])
    add(f"{ONE}reverse", view_func=reverse_case, methods=["POST"])


def report(number: str) -> Response | tuple[str, int]:
    """What a reader finds wrong with a published essay; signed in or not."""
    essay = queries.published(db, number)
    if essay is None:
        abort(404)
    form = ReportForm()
    if form.validate_on_submit() and _report(form, number):
        # Not to the essay: its page is kept for everybody, and has no words for one reader.
        return redirect(url_for("moderation.report", number=number, sent=1), 303)
    html = render_template(
        "moderation/reports/report.html",
        essay=essay,
        form=form,
        is_sent="sent" in request.args and not form.is_submitted(),
    )
    return html, form.status


def _report(form: ReportForm, number: str) -> bool:
    """Do what was posted; whether it was taken."""
    for limit in HOW_OFTEN:
        spend(limit, "report", get_remote_address())
    return saved(
        form,
        lambda session: operations.file(
            session,
            actor(),
            number,
            Complaint(form.reason.data),
            words=form.words.data or "",
            language=current().code,
            email=form.email.data or "",
        ),
    )


@needs(Role.MODERATOR, *ORGANISERS)
def reports() -> Response | tuple[str, int]:
    """The cases of reports that wait, longest waiting first; or those closed last."""
    form = SearchForm.of(request.args)
    closed = request.args.get("closed") == "1"
    if form.is_built:
        kept = 1 if closed else None
        return redirect(url_for("moderation.reports", q=form.line or None, closed=kept))
    after = Place.parse(request.args.get("after", ""))
    page = render_template(
        "moderation/reports/list.html",
        page=queries.cases(db, actor(), form.search, closed=closed, after=after),
        second_looks=moderates(actor()),
        form=form,
        filters=filters(db, actor(), form, everywhere=can_organise(actor()), states=KNOWN),
        is_closed=closed,
        is_continued=after is not None,
        tracks=TRACKS,
        names=NAMES,
        outcomes=OUTCOMES,
    )
    return page, 422 if form.errors else 200


@signed_in
def case(case_id: int) -> Response | tuple[str, int]:
    """One case with its reports; posting to it closes it."""
    found = queries.case(db, actor(), case_id)
    form = CaseForm(language=current().code)
    form.offer(charter.rules(db), is_published=found.contribution.state == State.PUBLISHED)
    if form.validate_on_submit() and _close(form, case_id):
        return redirect(url_for("moderation.reports"), 303)
    if form.is_submitted():
        found = queries.case(db, actor(), case_id)
    html = render_template(
        "moderation/reports/case.html",
        view=found,
        form=form,
        tracks=TRACKS,
        names=NAMES,
        complaints=COMPLAINTS,
        outcomes=OUTCOMES,
    )
    return html, form.status


def _close(form: CaseForm, case_id: int) -> bool:
    """Do what was posted; whether it was taken."""
    said = {"words": form.words.data or "", "language": form.language.data or ""}

    def close(session: Session) -> None:
        if form.outcome.data == CaseOutcome.KEPT:
            operations.keep(session, actor(), case_id, **said)
        else:
            public = {"reason": form.reason.data or "", "rule": form.rule.data or ""}
            operations.remove(session, actor(), case_id, **public, **said)

    if not answered(form, close):
        return False
    flash(_("The case is closed."), "success")
    return True


@signed_in
def reverse_case(case_id: int) -> Response:
    """Put back what a case took down."""
    if done(lambda session: operations.reverse(session, actor(), case_id)):
        flash(_("The essay is published again."), "success")
    return redirect(url_for("moderation.case", case_id=case_id), 303)
