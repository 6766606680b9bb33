"""Giving an essay to a colleague, and the organisers' view of who has what."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import queries as accounts
from app.contributions.labels import TRACKS
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.moderation import policy as moderation
from app.moderation.addresses import ONE, to_item, to_queue
from app.moderation.appeals.stranded import stranded
from app.moderation.claims import handing, operations, policy, queries, workload
from app.moderation.claims.forms import GivingForm
from app.moderation.claims.queries import InHand
from app.moderation.claims.stranded import stranded_essays
from app.moderation.item import queries as items
from app.moderation.labels import NAMES
from app.moderation.organising.queries import readable
from app.moderation.queue.queries import Place
from app.web.acts import has_words, settled
from app.web.database import db
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in

WORKLOAD: Final = f"{PREFIX}/organise/moderation/"
Answer = str | Response | tuple[str, int]


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{ONE}hand-over", view_func=hand_over, methods=["GET", "POST"])
    add(WORKLOAD, view_func=show_workload, endpoint="workload")
    add(f"{WORKLOAD}<int:contribution_id>/", view_func=assign, methods=["GET", "POST"])


@signed_in
def hand_over(contribution_id: int) -> Answer:
    """Give what one has in hand to a colleague."""
    item = items.item(db, actor(), contribution_id)
    form = _form(item.contribution, but=actor().id)
    may = policy.can_hand_over(actor(), item.contribution, item.claim, clock.now())
    # A note that comes too late is shown by the page that refuses it.
    if not may and not has_words(form):
        flash(_("You no longer have this essay in hand."), "error")
        return to_item(contribution_id)

    def give(session: Session) -> None:
        handing.hand_over(session, actor(), contribution_id, **form.given)

    if left := settled(
        form,
        give,
        said=_("The essay has been handed over. Your colleague is being told."),
        to=to_queue(),
        too_late=to_item(contribution_id),
    ):
        return left
    here = url_for("moderation.item", contribution_id=contribution_id)
    crumbs = [(url_for("moderation.queue"), _("Moderation")), (here, item.contribution.number)]
    return giving_page(
        item.contribution, form, crumbs, _("Hand it over to a colleague")
    ), form.status


@organisers
def show_workload() -> str:
    """Who has how much to do, and which lanes wait."""
    after = Place.parse(request.args.get("after", ""))
    return render_template(
        "moderation/claims/workload.html",
        view=workload.workload(db, actor(), after=after),
        is_continued=after is not None,
        uncovered=accounts.uncovered(db),
        stranded=stranded(db, actor()),
        undecidable=stranded_essays(db, actor()),
        tracks=TRACKS,
        names=NAMES,
    )


@organisers
def assign(contribution_id: int) -> Answer:
    """Give what waits to a moderator, whoever has it in hand."""
    contribution = readable(db, actor(), contribution_id)
    held = operations.claim_of(db, contribution_id)
    holder = held.moderator_id if held and moderation.is_live(held, clock.now()) else None
    form = _form(contribution, but=holder)
    if contribution.state != State.SUBMITTED and not has_words(form):
        flash(_("You can’t give this essay to a moderator now."), "error")
        return redirect(url_for("moderation.workload"), 303)
    if not form.is_submitted():
        form.holder_seen.data = str(holder or "")

    def give(session: Session) -> None:
        handing.assign(session, actor(), contribution_id, holder_seen=form.holder, **form.given)

    if left := settled(
        form,
        give,
        said=_("The essay has been given to the moderator, who is being told."),
        to=redirect(url_for("moderation.workload"), 303),
        too_late=redirect(url_for("moderation.assign", contribution_id=contribution_id), 303),
    ):
        return left
    crumbs = [
        (url_for("organise.desk"), _("Organisers’ desk")),
        (url_for("moderation.workload"), _("Who moderates what")),
    ]
    hold = queries.hold_of(db, contribution.id)
    return giving_page(contribution, form, crumbs, _("Give it to a moderator"), hold), form.status


def _form(contribution: Contribution, but: int | None) -> GivingForm:
    form = GivingForm()
    form.offer(queries.colleagues(db, contribution, but=but))
    return form


def giving_page(
    contribution: Contribution,
    form: GivingForm,
    crumbs: list[tuple[str, str | None]],
    title: str,
    hold: InHand | None = None,
    *,
    about: str = "",
) -> str:
    """Whom it may be given to; ``about`` says who those are, where it is no essay that is given."""
    is_appeal = bool(about)
    about = about or _(
        "Moderators of this language and track, without a conflict of interest. They have it in "
        "hand for a day and are told by e-mail."
    )
    return render_template(
        "moderation/claims/give.html",
        contribution=contribution,
        form=form,
        crumbs=crumbs,
        title=title,
        hold=hold,
        about=about,
        is_appeal=is_appeal,
    )
