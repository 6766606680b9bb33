"""What readers find in the place of an essay that was taken down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, select

from app.contributions.byline import Author
from app.contributions.models import Contribution, Revision, TakeDown
from app.contributions.states import State
from app.core.db import Reader
from app.core.languages import LANGUAGES, Language
from app.core.localised import pick
from app.editions.models import Edition
from app.library.queries import Named
from app.moderation.reports.models import ReportCase
from app.moderation.reports.taken_down import LAY_THERE


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a contribution that was taken down.

    Attributes:
        reason_language: None where it isn't known.
        rule: the rule of the charter it rests on; "" for none in particular.
        was_reported: whether readers had reported it; else organisers found it themselves.
    """

    number: str
    language: Language
    title: str
    authors: tuple[Author, ...]
    edition: Named
    published_at: datetime
    removed_at: datetime
    reason: str
    reason_language: Language | None
    rule: str
    was_reported: bool


_TOMBSTONE: Final = (
    select(
        Contribution.number,
        Contribution.published_at,
        Contribution.removed_at,
        TakeDown.reason,
        TakeDown.language.label("reason_language"),
        TakeDown.rule,
        exists(select(ReportCase.id).where(LAY_THERE).correlate(TakeDown)).label("was_reported"),
        Revision.language,
        Revision.title,
        Revision.authors,
        Edition.slug,
        Edition.title.label("edition"),
    )
    .join(Revision, Revision.id == Contribution.published_revision_id)
    .join(Edition, Edition.id == Contribution.edition_id)
    .join(
        TakeDown,
        (TakeDown.contribution_id == Contribution.id) & TakeDown.reversed_at.is_(None),
    )
    .where(
        Contribution.number == bindparam("number"),
        Contribution.state == State.REMOVED.value,
    )
)


def tombstone(session: Reader, number: str, code: str) -> Tombstone | None:
    """What stays of the removed contribution of that number. One query."""
    row = session.execute(_TOMBSTONE, {"number": number}).first()
    if row is None:
        return None
    return Tombstone(
        number=row.number,
        language=LANGUAGES[row.language],
        title=row.title,
        authors=tuple(Author(**author) for author in row.authors),
        edition=Named(row.slug, pick(row.edition, code)),
        published_at=row.published_at,
        removed_at=row.removed_at,
        reason=row.reason,
        reason_language=LANGUAGES.get(row.reason_language),
        rule=row.rule,
        was_reported=row.was_reported,
    )
