"""What of all contributions is a moderator's."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false

from app.contributions.models import Contribution
from app.core.db import word
from app.core.languages import CODES
from app.core.policy import Actor, TrackCode
from app.moderation.policy import moderates


def in_lanes(
    actor: Actor,
    track: SQLColumnExpression[Any] = Contribution.track,
    language: SQLColumnExpression[Any] = Contribution.language,
) -> ColumnElement[bool]:
    """Of a track they serve, in a language they read; nothing for who does not moderate.

    A contribution's, or what these columns say of it.

    Both as words of the statement, of which there are few sets: SQLAlchemy puts a statement
    together anew for each list of values it is given.
    """
    if not moderates(actor):
        return false()
    tracks = [word(code) for code in TrackCode if code in actor.serves]
    languages = [word(code) for code in CODES if code in actor.reads]
    return and_(track.in_(tracks), language.in_(languages))
