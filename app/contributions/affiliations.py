"""Who the authors of an essay are and where they work, kept so that it can be looked for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import AuthorAffiliation, AuthorName, Contribution, Revision
from app.core.affiliations import parts


def note(session: Session, contribution: Contribution, *, with_owner: bool = True) -> None:
    """Write down what the newest revision says of its authors instead of what an older one said.

    ``with_owner`` says whether the affiliation of the owner's account counts too. A step of other
    operations.
    """
    authors = session.scalars(
        select(Revision.authors).where(Revision.id == contribution.revision_id)
    ).one_or_none()
    named = [author.get("affiliation", "") for author in authors or ()]
    if with_owner:
        owner = select(Account.affiliation).where(Account.id == contribution.owner_id)
        named.append(session.scalars(owner).one())
    for table in (AuthorAffiliation, AuthorName):
        session.execute(delete(table).where(table.contribution_id == contribution.id))
    for word in sorted({word for author in authors or () for word in _words(author)}):
        session.add(AuthorName(contribution_id=contribution.id, word=word))
    for key in sorted({key for name in named for key in parts(name)}):
        session.add(AuthorAffiliation(contribution_id=contribution.id, key=key))
    session.flush()


def _words(author: Mapping[str, Any]) -> set[str]:
    """The words of a name in both scripts, without their case."""
    return {*f"{author.get('name', '')} {author.get('latin', '')}".casefold().split()}
