"""The organisers' pages of a track's message templates."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.editions.forms import values
from app.editions.models import Edition, Track
from app.editions.theme_views import step
from app.editions.views import TRACK, crumb, found_edition, found_track
from app.moderation.decisions.labels import VERDICTS
from app.moderation.message_templates import operations, queries
from app.moderation.message_templates.filling import PLACEHOLDERS
from app.moderation.message_templates.forms import NewTemplate, TemplateTexts
from app.moderation.message_templates.models import MessageTemplate
from app.moderation.reasons.forms import OfferForm
from app.moderation.reasons.views import track_name
from app.web import translating
from app.web.database import db, transaction
from app.web.people import actor, organisers
from app.web.templating import tr

ALL: Final = f"{TRACK}messages/"
ONE: Final = f"{ALL}<int:template_id>/"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=message_templates)
    add(f"{ALL}new", view_func=new_template, methods=["GET", "POST"])
    add(f"{ONE}offer", view_func=template_offer, methods=["GET", "POST"])
    add(f"{ONE}texts", view_func=template_texts, methods=["GET", "POST"])
    add(f"{ONE}move", view_func=move_template, methods=["POST"])


def _found(session: Session, slug: str, code: str, template_id: int) -> MessageTemplate:
    """The template of that track, or 404."""
    return queries.one(session, found_track(session, slug, code), template_id) or abort(404)


def _address(slug: str, code: str) -> str:
    return url_for("moderation.message_templates", slug=slug, code=code)


def _crumbs(edition: Edition, track: Track) -> list[tuple[str, str]]:
    own = _("Message templates of the track “%(track)s”", track=track_name(track))
    return [crumb(edition), (own, _address(edition.slug, track.code))]


@organisers
def message_templates(slug: str, code: str) -> str:
    """What has been prepared for the moderators of this track."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    return render_template(
        "moderation/message_templates/list.html",
        edition=edition,
        track=track,
        name=track_name(track),
        templates=queries.of_track(db, track.id),
        verdicts=VERDICTS,
        crumbs=[crumb(edition)],
    )


@organisers
def new_template(slug: str, code: str) -> Response | tuple[str, int]:
    """Prepare a message."""
    form = NewTemplate()
    crumbs = _crumbs(found_edition(db, slug), found_track(db, slug, code))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                track = found_track(session, slug, code)
                names = ("language", "title", "text", "verdicts")
                operations.create_template(session, actor(), track, **values(form, *names))
        except Invalid as error:
            form.reject(error)
        else:
            flash(_("The message template has been added."), "success")
            return redirect(_address(slug, code), 303)
    page = render_template(
        "moderation/message_templates/new.html",
        form=form,
        crumbs=crumbs,
        placeholders=PLACEHOLDERS,
    )
    return page, form.status


@organisers
def template_offer(slug: str, code: str, template_id: int) -> Response | tuple[str, int]:
    """For which decisions a template is meant, or that it isn't offered any more."""
    crumbs = _crumbs(found_edition(db, slug), found_track(db, slug, code))
    found = _found(db, slug, code, template_id)
    form, words = OfferForm(found.verdicts, found.is_offered), tr(found.title)
    if form.validate_on_submit():
        with transaction() as session:
            row = _found(session, slug, code, template_id)
            chosen = values(form, "verdicts", "is_offered")
            operations.change_template(session, actor(), row, **chosen)
        flash(_("The message template has been saved."), "success")
        return redirect(_address(slug, code), 303)
    page = render_template("moderation/reasons/offer.html", form=form, crumbs=crumbs, words=words)
    return page, form.status


@organisers
def template_texts(slug: str, code: str, template_id: int) -> Response | tuple[str, int]:
    """A template's title and text in one language."""
    crumbs = _crumbs(found_edition(db, slug), found_track(db, slug, code))
    found = _found(db, slug, code, template_id)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        row = _found(session, slug, code, template_id)
        operations.write_template(session, actor(), row, language, **texts)

    return translating.edit(
        TemplateTexts,
        found,
        save,
        "moderation/message_templates/texts.html",
        heading=_("Message template “%(title)s”", title=tr(found.title)),
        crumbs=crumbs,
        placeholders=PLACEHOLDERS,
    )


@organisers
def move_template(slug: str, code: str, template_id: int) -> Response:
    """One place up or down."""
    with transaction() as session:
        row = _found(session, slug, code, template_id)
        operations.move_template(session, actor(), row, step())
    return redirect(_address(slug, code), 303)
