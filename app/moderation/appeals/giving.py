"""Giving an appeal to a colleague: by who has it in hand, and by organisers."""

from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.contributions.models import Contribution
from app.moderation.appeals import handing, queries
from app.moderation.appeals.models import Appeal
from app.moderation.claims.forms import GivingForm
from app.moderation.claims.giving import WORKLOAD, Answer, giving_page
from app.moderation.claims.handing import live_claim
from app.moderation.claims.queries import hold_of
from app.moderation.organising.operations import must_have_a_say
from app.web.acts import has_words, settled
from app.web.database import db
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in

HAND_OVER: Final = f"{PREFIX}/moderation/appeals/<int:appeal_id>/hand-over"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(HAND_OVER, view_func=hand_over_appeal, methods=["GET", "POST"])
    add(f"{WORKLOAD}appeals/<int:appeal_id>/", view_func=assign_appeal, methods=["GET", "POST"])


@signed_in
def hand_over_appeal(appeal_id: int) -> Answer:
    """Give the appeal one has in hand to a colleague."""
    found = queries.appeal(db, actor(), appeal_id)
    back = url_for("moderation.appeal", appeal_id=appeal_id)
    form = _form(found.appeal, found.contribution, but=actor().id)
    is_mine = found.is_open and found.hold is not None and found.hold.mine
    # A note that comes too late is shown by the page that refuses it.
    if not is_mine and not has_words(form):
        flash(_("You no longer have this appeal in hand."), "error")
        return redirect(back, 303)

    def give(session: Session) -> None:
        handing.hand_over(session, actor(), appeal_id, **form.given)

    if left := settled(
        form,
        give,
        said=_("The appeal has been handed over. Your colleague is being told."),
        to=redirect(url_for("moderation.appeals"), 303),
        too_late=redirect(back, 303),
    ):
        return left
    if form.is_submitted():
        found = queries.appeal(db, actor(), appeal_id)
    crumbs: list[tuple[str, str | None]] = [
        (url_for("moderation.queue"), _("Moderation")),
        (url_for("moderation.appeals"), _("Appeals")),
        (back, found.contribution.number),
    ]
    title = _("Hand the appeal over to a colleague")
    return giving_page(
        found.contribution, form, crumbs, title, about=_about(found.appeal)
    ), form.status


@organisers
def assign_appeal(appeal_id: int) -> Response | tuple[str, int]:
    """Give an appeal to a moderator, whoever has it in hand."""
    appeal, contribution = queries.to_assign(db, appeal_id)
    must_have_a_say(db, actor(), contribution)
    live = live_claim(db, contribution.id)
    holder = live.moderator_id if live else None
    form = _form(appeal, contribution, but=holder)
    if not queries.is_open(db, appeal, contribution) and not has_words(form):
        flash(_("This appeal has been answered, or needs no answer any more."), "error")
        return redirect(url_for("moderation.workload"), 303)
    if not form.is_submitted():
        form.holder_seen.data = str(holder or "")

    def give(session: Session) -> None:
        handing.assign(session, actor(), appeal_id, holder_seen=form.holder, **form.given)

    if left := settled(
        form,
        give,
        said=_("The appeal has been given to the moderator, who is being told."),
        to=redirect(url_for("moderation.workload"), 303),
        too_late=redirect(url_for("moderation.assign_appeal", appeal_id=appeal_id), 303),
    ):
        return left
    if form.is_submitted():
        appeal, contribution = queries.to_assign(db, appeal_id)
    crumbs: list[tuple[str, str | None]] = [
        (url_for("organise.desk"), _("Organisers’ desk")),
        (url_for("moderation.workload"), _("Who moderates what")),
    ]
    hold = hold_of(db, contribution.id)
    title = _("Give the appeal to a moderator")
    return giving_page(contribution, form, crumbs, title, hold, about=_about(appeal)), form.status


def _form(appeal: Appeal, contribution: Contribution, but: int | None) -> GivingForm:
    form = GivingForm()
    form.offer(queries.colleagues(db, appeal, contribution, but=but))
    return form


def _about(appeal: Appeal) -> str:
    about: str = (
        _(
            "Moderators of this language and track who had no part in the taking down, without a "
            "conflict of interest. They have it in hand for a day and are told by e-mail."
        )
        if appeal.take_down_id
        else _(
            "Moderators of this language and track who had no part in the decision, without a "
            "conflict of interest. They have it in hand for a day and are told by e-mail."
        )
    )
    return about
