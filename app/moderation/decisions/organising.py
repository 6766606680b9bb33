"""The organisers' side of decisions: announcing those that were kept, and undoing any."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.contributions.following.views import organised_crumbs
from app.contributions.labels import TRACKS
from app.core.policy import TrackCode
from app.editions.views import crumb, found_edition
from app.moderation.decisions import releasing
from app.moderation.decisions.labels import VERDICTS
from app.moderation.decisions.undo_page import undo_page
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising.queries import readable
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.people import actor, organisers

KEPT: Final = f"{PREFIX}/organise/editions/<slug>/decisions"
UNDO: Final = f"{PREFIX}/organise/contributions/<int:contribution_id>/decisions/<int:decision_id>"


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(KEPT, view_func=release_decisions, methods=["GET", "POST"])
    add(f"{UNDO}/undo", view_func=undo_organised, methods=["GET", "POST"])


@dataclass(frozen=True, slots=True)
class KeptView:
    """How many decisions wait to be announced, by verdict and track.

    Attributes:
        rows: each verdict there is any of, with its numbers in the order of ``tracks``.
        totals: by track. ``being_told``: how many the worker is still to tell.
    """

    tracks: list[TrackCode]
    rows: list[tuple[Verdict, list[int]]]
    totals: list[int]
    being_told: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.totals)


@organisers
def release_decisions(slug: str) -> Response | str:
    """What has been decided and not announced yet; posting announces it."""
    if request.method == "POST":
        wanted = request.form.get("track", "")
        if wanted not in {"", *TrackCode}:
            # What nobody meant must not announce everything.
            abort(400)
        track = TrackCode(wanted) if wanted else None
        with transaction() as session:
            edition = found_edition(session, slug)
            number = releasing.release(session, actor(), edition.id, track=track)
        flash(
            ngettext(
                "%(num)s decision is being announced.",
                "%(num)s decisions are being announced.",
                number,
            ),
            "success",
        )
        return redirect(url_for("moderation.release_decisions", slug=slug), 303)
    edition = found_edition(db, slug)
    return render_template(
        "moderation/decisions_kept.html",
        edition=edition,
        crumbs=[crumb(edition)],
        view=_view(releasing.kept(db, actor(), edition), releasing.being_told(db, edition)),
        verdicts=VERDICTS,
        tracks=TRACKS,
    )


def _view(kept: list[releasing.Kept], being_told: int) -> KeptView:
    numbers = {(each.verdict, each.track): each.number for each in kept}
    rows = [
        (verdict, [numbers.get((verdict, track), 0) for track in TrackCode])
        for verdict in Verdict
        if any((verdict, track) in numbers for track in TrackCode)
    ]
    totals = [sum(each.number for each in kept if each.track == track) for track in TrackCode]
    return KeptView(list(TrackCode), rows, totals, being_told)


@organisers
def undo_organised(contribution_id: int, decision_id: int) -> Response | tuple[str, int]:
    """Take back the last decision on an essay."""
    contribution = readable(db, actor(), contribution_id)
    back = url_for("contributions.organise_one", contribution_id=contribution_id)
    return undo_page(contribution, decision_id, organised_crumbs(contribution), back)
