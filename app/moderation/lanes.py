"""What of all contributions is a moderator's."""

from sqlalchemy import ColumnElement, and_, false

from app.contributions.models import Contribution
from app.core.db import word
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.moderation.policy import moderates


def in_lanes(actor: Actor) -> ColumnElement[bool]:
    """Of a track they serve, in a language they read; nothing for who does not moderate.

    Both as words of the statement, of which there are few sets: SQLAlchemy puts a statement
    together anew for each list of values it is given.
    """
    if not moderates(actor):
        return false()
    tracks = [word(code) for code in TrackCode if code in actor.serves]
    languages = [word(code) for code in CODES if code in actor.reads]
    return and_(Contribution.track.in_(tracks), Contribution.language.in_(languages))
