"""Pages of a draft, what is filled in on them, and what is stored of it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Draft
from tests.http import Browser

Open = Callable[..., Browser]
COMPLETE = {
    "title": "De la paix",
    "abstract": "Un résumé.",
    "body": "La paix a besoin de règles[^1].\n\n[^1]: La Charte.",
    "licence": "CC-BY-4.0",
    "consent_publication": "y",
    "authors-0-name": "Amina Auteur",
}


def page_of(draft: Contribution, name: str = "edit", language: str = "en") -> str:
    return f"/{language}/my/contributions/{draft.id}/{name}"


def fresh(db: Session, draft: Contribution) -> Draft:
    """The draft as others see it now."""
    draft_id = draft.id
    db.rollback()  # ends the snapshot that an earlier look has opened
    return db.get_one(Draft, draft_id, populate_existing=True)
