"""Where the authors of an essay work, kept so that it can be compared with where others do."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import AuthorAffiliation, Contribution, Revision
from app.core.comparable import comparable


def note(session: Session, contribution: Contribution, *, with_owner: bool = True) -> None:
    """Write down those of the newest revision's authors, and its owner's, instead of the old ones.

    ``with_owner`` says whether what the owner's account says counts. A step of other operations.
    """
    authors = session.scalars(
        select(Revision.authors).where(Revision.id == contribution.revision_id)
    ).one_or_none()
    named = [author.get("affiliation", "") for author in authors or ()]
    if with_owner:
        owner = select(Account.affiliation).where(Account.id == contribution.owner_id)
        named.append(session.scalars(owner).one())
    session.execute(
        delete(AuthorAffiliation).where(AuthorAffiliation.contribution_id == contribution.id)
    )
    for key in sorted({comparable(name) for name in named} - {""}):
        session.add(AuthorAffiliation(contribution_id=contribution.id, key=key))
    session.flush()
