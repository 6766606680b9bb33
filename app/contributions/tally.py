"""How many contributions there are, for the organisers' desk."""

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
    """By state and track: of the newest open edition, or of the newest where none is open."""
    edition = editions.current_edition(session, clock.now())
    if edition is None:
        return []
    counted = count(session, edition)
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
    ]


def count(session: Session, edition: Edition) -> dict[tuple[str, str], int]:
    """The number of an edition's contributions by (state, track). One query."""
    rows = session.execute(
        select(Contribution.state, Contribution.track, func.count())
        .where(Contribution.edition_id == edition.id)
        .group_by(Contribution.state, Contribution.track)
    )
    return {(state, track): number for state, track, number in rows}


def _figure(
    edition: Edition, state: State, track: TrackCode, counted: dict[tuple[str, str], int]
) -> Figure:
    number = counted.get((state, track), 0)
    if not number or state not in NUMBERED:
        # Drafts are their writers' own: counted, never listed.
        return Figure(number)
    return Figure(
        number,
        url_for("contributions.organise", q=f"edition:{edition.slug} state:{state} track:{track}"),
    )
