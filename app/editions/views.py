"""The organisers' desk, and the editing of editions and their tracks."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.core import clock
from app.core.errors import Invalid
from app.core.policy import TrackCode
from app.editions import operations, policy, queries
from app.editions.forms import EditionForm, EditionTexts, NewEdition, TrackForm, TrackTexts, values
from app.editions.models import Edition, Track
from app.web import desk as web_desk
from app.web import translating
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, organisers
from app.web.templating import tr
from app.web.tracks import TRACKS

ALL: Final = f"{PREFIX}/organise/editions/"
ONE: Final = f"{ALL}<slug>/"
TRACK: Final = f"{ONE}tracks/<code>/"

blueprint = Blueprint("organise", __name__)


def found_edition(session: Session, slug: str) -> Edition:
    """The edition, or 404."""
    return queries.edition_by_slug(session, slug) or abort(404)


def found_track(session: Session, slug: str, code: str) -> Track:
    """The track of that edition, or 404."""
    return queries.track(session, found_edition(session, slug), code) or abort(404)


def crumb(edition: Edition) -> tuple[str, str]:
    """The way back to an edition's page: its title and address."""
    return str(tr(edition.title)), url_for("organise.edition", slug=edition.slug)


@blueprint.get(f"{PREFIX}/organise/")
@organisers
def desk() -> str:
    """What an organiser can do here, and how things stand."""
    now = clock.now()
    return render_template(
        "editions/desk.html",
        cards=web_desk.cards(),
        figures=web_desk.figures(db),
        uncovered=accounts.uncovered(db),
        editions=[(each, policy.call(each, now)) for each in queries.editions(db)],
    )


@blueprint.get(ALL)
@organisers
def editions() -> str:
    """All editions."""
    now = clock.now()
    found = [(each, policy.call(each, now)) for each in queries.editions(db)]
    return render_template("editions/editions.html", editions=found)


@blueprint.route(f"{ALL}new", methods=["GET", "POST"])
@organisers
def new_edition() -> Response | tuple[str, int]:
    """Begin an edition."""
    form = NewEdition()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                names = ("slug", "prefix", "language", "title", "description")
                made = operations.create_edition(session, actor(), **values(form, *names))
        except Invalid as error:
            form.reject(error)
        else:
            flash(_("The edition has been created. Its call is still switched off."), "success")
            return redirect(url_for(".edition", slug=made.slug), 303)
    return render_template("editions/new_edition.html", form=form), form.status


@blueprint.get(ONE)
@organisers
def edition(slug: str) -> str:
    """One edition with everything in it."""
    edition = found_edition(db, slug)
    return render_template(
        "editions/edition.html",
        edition=edition,
        call=policy.call(edition, clock.now()),
        themes=queries.themes_with_questions(db, edition),
        track_names=TRACKS,
    )


@blueprint.route(f"{ONE}settings", methods=["GET", "POST"])
@organisers
def edition_settings(slug: str) -> Response | tuple[str, int]:
    """The call window and what else is the same in every language."""
    edition = found_edition(db, slug)
    form, crumbs = EditionForm(edition), [crumb(edition)]

    def change(session: Session) -> None:
        edition = found_edition(session, slug)
        operations.change_edition(session, actor(), edition, **form.values)

    if form.validate_on_submit() and saved(form, change):
        flash(_("The settings have been saved."), "success")
        return redirect(url_for(".edition", slug=form.slug.data), 303)
    return render_template("editions/settings.html", form=form, crumbs=crumbs), form.status


@blueprint.route(f"{ONE}texts", methods=["GET", "POST"])
@organisers
def edition_texts(slug: str) -> Response | tuple[str, int]:
    """The edition's title and description in one language."""
    edition = found_edition(db, slug)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        edition = found_edition(session, slug)
        operations.write_edition(session, actor(), edition, language, **texts)

    return translating.edit(
        EditionTexts,
        edition,
        save,
        "editions/texts.html",
        heading=_("Title and description"),
        crumbs=[crumb(edition)],
    )


@blueprint.route(f"{TRACK}rules", methods=["GET", "POST"])
@organisers
def track_rules(slug: str, code: str) -> Response | tuple[str, int]:
    """A track's lengths, fields and licences."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    form, crumbs, name = TrackForm(track), [crumb(edition)], TRACKS[TrackCode(track.code)]

    def change(session: Session) -> None:
        track = found_track(session, slug, code)
        operations.change_track(session, actor(), track, **form.values)

    if form.validate_on_submit() and saved(form, change):
        flash(_("The rules of this track have been saved."), "success")
        return redirect(url_for(".edition", slug=slug), 303)
    page = render_template("editions/rules.html", form=form, crumbs=crumbs, name=name)
    return page, form.status


@blueprint.route(f"{TRACK}texts", methods=["GET", "POST"])
@organisers
def track_texts(slug: str, code: str) -> Response | tuple[str, int]:
    """A track's title, audience and guidance in one language."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        track = found_track(session, slug, code)
        operations.write_track(session, actor(), track, language, **texts)

    return translating.edit(
        TrackTexts,
        track,
        save,
        "editions/texts.html",
        heading=_("Guidance of the track “%(track)s”", track=TRACKS[TrackCode(track.code)]),
        crumbs=[crumb(edition)],
    )
