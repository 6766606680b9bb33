"""Volumes with essays in them."""

from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core.policy import SYSTEM
from app.proceedings import contents, operations
from app.proceedings.models import Volume
from tests.factories.contributions import make_contribution
from tests.factories.editions import make_edition
from tests.factories.people import Cast


def make_volume(
    session: Session, cast: Cast, *, languages: tuple[str, ...] = ("fr", "ar"), slug: str = "2017"
) -> Volume:
    """A volume, not published, with one published essay in each of the languages; flushed."""
    edition = make_edition(session, slug)
    for language in languages:
        make_contribution(
            session, cast.author, edition=edition, language=language, state=State.PUBLISHED
        )
    title = {"en": "Proceedings", "fr": "Actes", "ar": "أعمال المؤتمر"}
    volume = operations.create_volume(session, SYSTEM, edition, slug, title)
    contents.fill(session, SYSTEM, volume)
    session.flush()
    return volume
