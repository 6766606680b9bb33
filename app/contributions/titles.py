"""What a contribution is called, kept so that it can be looked for."""

from sqlalchemy.orm import Session

from app.contributions.models import Contribution, TitleWords


def name(session: Session, contribution: Contribution, title: str) -> None:
    """Call it that from now on. A step of other operations.

    Drafts are looked for by nobody, so it is said of what is handed in.
    """
    contribution.title = title
    session.merge(TitleWords(contribution_id=contribution.id, words=title.casefold()))
