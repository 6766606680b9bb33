"""The record of one contribution, for its moderators and for organisers."""

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from app.contributions.labels import STATES
from app.contributions.models import Contribution
from app.moderation.addresses import ONE
from app.moderation.item.queries import item
from app.moderation.organising.queries import readable
from app.moderation.record.labels import act_title
from app.moderation.record.queries import acts
from app.web.database import db
from app.web.language import PREFIX
from app.web.people import actor, organisers, signed_in


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    organised = f"{PREFIX}/organise/contributions/<int:contribution_id>/record"
    blueprint.add_url_rule(f"{ONE}record", view_func=record)
    blueprint.add_url_rule(organised, view_func=record_organised)


@signed_in
def record(contribution_id: int) -> str:
    """Everything that was done to it, as one of its moderators may know it."""
    view = item(db, actor(), contribution_id)
    here = url_for("moderation.item", contribution_id=contribution_id)
    way = [(url_for("moderation.queue"), _("Moderation")), (here, view.contribution.number or "")]
    return _page(view.contribution, way, authors=view.sees_authors)


@organisers
def record_organised(contribution_id: int) -> str:
    """Everything that was done to it, with all names."""
    contribution = readable(db, actor(), contribution_id)
    here = url_for("contributions.organise_one", contribution_id=contribution_id)
    way = [
        (url_for("contributions.organise"), _("All contributions")),
        (here, contribution.number or ""),
    ]
    return _page(contribution, way, authors=True)


def _page(contribution: Contribution, way: list[tuple[str, str]], *, authors: bool) -> str:
    return render_template(
        "moderation/record/record.html",
        contribution=contribution,
        crumbs=way,
        acts=acts(db, contribution, authors=authors),
        act_title=act_title,
        states=STATES,
    )
