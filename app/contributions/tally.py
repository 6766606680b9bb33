"""How many contributions there are, for the organisers' desk."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.labels import STATES, TRACKS
from app.contributions.models import Contribution
from app.contributions.states import NUMBERED, State
from app.core import clock
from app.core.policy import TrackCode
from app.editions import queries as editions
from app.editions.models import Edition
from app.web.desk import Figure, Figures
from app.web.templating import tr


def figures(session: Session) -> list[Figures]:
    """By state and track: of each open edition, or of the newest where none is open."""
    now = clock.now()
    shown = editions.open_editions(session, now) or editions.editions(session)[:1]
    counted = count(session, shown)
    return [
        Figures(
            caption=_("Contributions: %(edition)s", edition=tr(edition.title)),
            columns=[str(TRACKS[track]) for track in TrackCode],
            rows=[
                (
                    str(STATES[state]),
                    [_figure(edition, state, track, counted) for track in TrackCode],
                )
                for state in State
            ],
        )
        for edition in shown
    ]


Counted = dict[tuple[int, str, str], int]


def count(session: Session, of: Sequence[Edition]) -> Counted:
    """The number of these editions' contributions by (edition, state, track). One query."""
    rows = session.execute(
        select(Contribution.edition_id, Contribution.state, Contribution.track, func.count())
        .where(Contribution.edition_id.in_([edition.id for edition in of]))
        .group_by(Contribution.edition_id, Contribution.state, Contribution.track)
    )
    return {(edition, state, track): number for edition, state, track, number in rows}


def _figure(edition: Edition, state: State, track: TrackCode, counted: Counted) -> Figure:
    number = counted.get((edition.id, state, track), 0)
    if not number or state not in NUMBERED:
        # Drafts are their writers' own: counted, never listed.
        return Figure(number)
    return Figure(
        number,
        url_for("contributions.organise", q=f"edition:{edition.slug} state:{state} track:{track}"),
    )
