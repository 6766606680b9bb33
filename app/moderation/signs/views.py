"""Two contributions beside each other, where one may repeat the other."""

from typing import Final

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _

from app.contributions.following.comparing import CHANGES, KINDS, folded
from app.documents.compare import compare
from app.moderation.addresses import ONE
from app.moderation.item import queries
from app.web.database import db
from app.web.people import actor, signed_in

BESIDE: Final = f"{ONE}beside/<int:other_id>/"


def register(blueprint: Blueprint) -> None:
    """Add this address to the room's blueprint."""
    blueprint.add_url_rule(BESIDE, view_func=beside)


@signed_in
def beside(contribution_id: int, other_id: int) -> str:
    """Another contribution and this one, for who may read both."""
    item = queries.item(db, actor(), contribution_id)
    other = queries.item(db, actor(), other_id)
    rows = compare(
        other.revision.body,
        item.revision.body,
        old_language=other.revision.language,
        new_language=item.revision.language,
    )
    crumbs = [
        (url_for("moderation.queue"), _("Moderation")),
        (
            url_for("moderation.item", contribution_id=contribution_id),
            item.contribution.number or "",
        ),
    ]
    return render_template(
        "moderation/signs/beside.html",
        crumbs=crumbs,
        item=item,
        other=other,
        body=[*folded(rows)],
        block_kinds=KINDS,
        changes=CHANGES,
    )
