"""Second looks: what waits for one, the look itself, and what organisers learn of all."""

from itertools import groupby
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.following.views import revision_html
from app.contributions.labels import TRACKS
from app.core.policy import Role
from app.documents.render import render_paragraphs
from app.editions import charter
from app.editions.views import crumb, found_edition
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.verdicts import Verdict
from app.moderation.labels import NAMES
from app.moderation.queue.queries import Place
from app.moderation.sampling import operations, queries, results
from app.moderation.sampling.forms import LookForm
from app.web.acts import answered
from app.web.database import db
from app.web.language import PREFIX, current
from app.web.people import actor, needs, organisers, signed_in

ALL: Final = f"{PREFIX}/moderation/second-looks/"
RESULTS: Final = f"{PREFIX}/organise/editions/<slug>/second-looks"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=second_looks)
    add(f"{ALL}<int:decision_id>/", view_func=second_look, methods=["GET", "POST"])
    add(RESULTS, view_func=second_looks_organised)


@needs(Role.MODERATOR)
def second_looks() -> str:
    """The decisions this moderator may look at a second time, longest waiting first."""
    after = Place.parse(request.args.get("after", ""))
    return render_template(
        "moderation/sampling/list.html",
        page=queries.second_looks(db, actor(), after=after),
        waiting=queries.count(db, actor()),
        is_continued=after is not None,
        tracks=TRACKS,
        names=NAMES,
        verdicts=VERDICTS,
    )


@signed_in
def second_look(decision_id: int) -> Response | tuple[str, int]:
    """One decision and the essay it was made on; posting to it says what one thinks of it."""
    form = LookForm(language=current().code)
    found = queries.second_look(db, actor(), decision_id)
    form.offer(found.decided.verdict)
    if form.validate_on_submit() and _look(form, decision_id):
        return redirect(url_for("moderation.second_looks"), 303)
    if form.is_submitted():
        # What was refused let go of the rows.
        found = queries.second_look(db, actor(), decision_id)
    revision = found.revision
    page = render_template(
        "moderation/sampling/one.html",
        view=found,
        is_mine=found.look.looked_by_id == actor().id,
        html=revision_html(db, revision),
        abstract=render_paragraphs(revision.abstract),
        summary=render_paragraphs(revision.summary),
        references=render_paragraphs(revision.reference_list),
        charter=charter.rules(db),
        form=form,
        tracks=TRACKS,
        names=NAMES,
        verdicts=VERDICTS,
    )
    return page, form.status


def _look(form: LookForm, decision_id: int) -> bool:
    """Do what was posted; whether it was taken."""

    def look(session: Session) -> None:
        operations.look(
            session,
            actor(),
            decision_id,
            Verdict(form.verdict.data),
            words=form.words.data or "",
            language=form.language.data or "",
        )

    if not answered(form, look):
        return False
    flash(
        _("Thank you. The decision stays as it is; organisers see what you think of it."), "success"
    )
    return True


@organisers
def second_looks_organised(slug: str) -> str:
    """What second looks say of an edition's decisions."""
    edition = found_edition(db, slug)
    after = Place.parse(request.args.get("after", ""))
    tallies = results.tallies(db, actor(), edition)
    return render_template(
        "moderation/sampling/results.html",
        edition=edition,
        crumbs=[crumb(edition)],
        by_track=[(track, [*each]) for track, each in groupby(tallies, lambda it: it.track)],
        page=results.disagreements(db, actor(), edition, after=after),
        is_continued=after is not None,
        tracks=TRACKS,
        names=NAMES,
        verdicts=VERDICTS,
    )
