"""The organisers' pages of a track's reasons."""

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.core.errors import Invalid
from app.core.languages import LANGUAGES
from app.core.policy import TrackCode
from app.editions import charter
from app.editions.forms import offer_rules
from app.editions.models import Edition, Track
from app.editions.theme_views import step
from app.editions.views import TRACK, crumb, found_edition, found_track
from app.moderation.decisions.labels import REASONS, VERDICTS
from app.moderation.decisions.verdicts import Reason
from app.moderation.reasons import operations, queries
from app.moderation.reasons.forms import (
    NewReason,
    OfferForm,
    OwnOfferForm,
    ReasonTexts,
    StandardTexts,
)
from app.moderation.reasons.labels import reason_in
from app.moderation.reasons.queries import IMPLIED, TrackReason
from app.web import translating
from app.web.acts import saved
from app.web.database import db, transaction
from app.web.language import current
from app.web.people import actor, organisers

ALL: Final = f"{TRACK}reasons/"
ONE: Final = f"{ALL}<reason>/"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=track_reasons)
    add(f"{ALL}new", view_func=new_reason, methods=["GET", "POST"])
    add(f"{ONE}offer", view_func=reason_offer, methods=["GET", "POST"])
    add(f"{ONE}texts", view_func=reason_texts, methods=["GET", "POST"])
    add(f"{ONE}move", view_func=move_reason, methods=["POST"])


def track_name(track: Track) -> LazyString:
    """How the track is called."""
    return TRACKS[TrackCode(track.code)]


def _found(track: Track, code: str) -> TrackReason:
    """The reason as the track has it, or 404."""
    known = queries.of_track(db, track.id)
    return next((each for each in known if each.code == code), None) or abort(404)


def _address(slug: str, code: str) -> str:
    return url_for("moderation.track_reasons", slug=slug, code=code)


def _crumbs(edition: Edition, track: Track) -> list[tuple[str, str]]:
    own = _("Reasons of the track “%(track)s”", track=track_name(track))
    return [crumb(edition), (own, _address(edition.slug, track.code))]


@organisers
def track_reasons(slug: str, code: str) -> str:
    """All reasons a decision in this track may give."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    reasons = [
        (each, reason_in(current(), each.code, each.text))
        for each in queries.of_track(db, track.id)
    ]
    return render_template(
        "moderation/reasons/list.html",
        edition=edition,
        track=track,
        name=track_name(track),
        standard=[each for each in reasons if each[0].is_standard],
        own=[each for each in reasons if not each[0].is_standard],
        implied=IMPLIED,
        charter=charter.rules(db),
        verdicts=VERDICTS,
        crumbs=[crumb(edition)],
    )


@organisers
def new_reason(slug: str, code: str) -> Response | tuple[str, int]:
    """Add a reason of the track's own."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    form, crumbs = NewReason(), _crumbs(edition, track)
    offer_rules(form.rule, charter.rules(db))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                operations.create_reason(
                    session,
                    actor(),
                    found_track(session, slug, code),
                    code=form.code.data or "",
                    language=form.language.data or "",
                    text=form.text.data or "",
                    verdicts=form.verdicts.data or (),
                    rule=form.rule.data or "",
                )
        except Invalid as error:
            form.reject(error)
        else:
            flash(_("The reason has been added."), "success")
            return redirect(_address(slug, code), 303)
    page = render_template("moderation/reasons/new.html", form=form, crumbs=crumbs)
    return page, form.status


@organisers
def reason_offer(slug: str, code: str, reason: str) -> Response | tuple[str, int]:
    """For which decisions a reason is offered, or that it isn't any more."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    found = _found(track, reason)
    if reason in IMPLIED:
        abort(404)
    form, crumbs = _offer_form(found), _crumbs(edition, track)

    def change(session: Session) -> None:
        track = found_track(session, slug, code)
        values: dict[str, Any] = {
            "verdicts": form.verdicts.data or (),
            "is_offered": form.is_offered.data,
            "rule": form.rule.data or "" if isinstance(form, OwnOfferForm) else "",
        }
        operations.change_reason(session, actor(), track, reason, **values)

    if form.validate_on_submit() and saved(form, change):
        flash(_("The reason has been saved."), "success")
        return redirect(_address(slug, code), 303)
    words = reason_in(current(), found.code, found.text)
    page = render_template("moderation/reasons/offer.html", form=form, crumbs=crumbs, words=words)
    return page, form.status


def _offer_form(found: TrackReason) -> OfferForm:
    if found.is_standard:
        return OfferForm(found.verdicts, found.is_offered)
    form = OwnOfferForm(found.verdicts, found.is_offered, rule=found.rule)
    offer_rules(form.rule, charter.rules(db), found.rule)
    return form


@organisers
def reason_texts(slug: str, code: str, reason: str) -> Response | tuple[str, int]:
    """A reason's words in one language."""
    edition, track = found_edition(db, slug), found_track(db, slug, code)
    found = _found(track, reason)

    def save(session: Session, language: str, texts: dict[str, str]) -> None:
        track = found_track(session, slug, code)
        operations.write_reason(session, actor(), track, reason, language, **texts)

    return translating.edit(
        StandardTexts if found.is_standard else ReasonTexts,
        found,
        save,
        "moderation/reasons/texts.html",
        heading=_("Reason “%(code)s”", code=reason),
        crumbs=_crumbs(edition, track),
        usual=_usual(reason) if found.is_standard else {},
    )


def _usual(code: str) -> dict[str, str]:
    """A standard reason's usual words by language."""
    found = {}
    for language in LANGUAGES.values():
        with force_locale(language.locale):
            found[language.code] = str(REASONS[Reason(code)])
    return found


@organisers
def move_reason(slug: str, code: str, reason: str) -> Response:
    """One place up or down among the track's own."""
    with transaction() as session:
        track = found_track(session, slug, code)
        operations.move_reason(session, actor(), track, reason, step())
    return redirect(_address(slug, code), 303)
