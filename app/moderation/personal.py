"""What moderation holds of a person."""

from collections.abc import Iterator, Mapping
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.accounts.personal import as_json, columns
from app.contributions.models import Contribution
from app.core.personal import Answer, Keeper, Part
from app.moderation.claims.models import Claim
from app.moderation.decisions.models import Decision

TABLES: Final[Mapping[str, Answer]] = {
    "claim": Answer(
        "what a moderator has in hand", "not: it lasts an hour or so", "the moderator’s are deleted"
    ),
    "decision": Answer(
        "verdicts and words to authors; the moderator’s account",
        "`decisions.json` (to the author, without the moderator), `decisions-made.json`",
        "kept: the record of what was decided; the moderator’s number has no name any more",
    ),
}


def collect(session: Session, account_id: int, _store: ObjectStore) -> Iterator[Part]:
    """What was decided on one's essays, and what one has decided as a moderator."""
    found = session.execute(
        select(Decision, Contribution.owner_id, Contribution.number)
        .join(Contribution, Contribution.id == Decision.contribution_id)
        .where(or_(Contribution.owner_id == account_id, Decision.moderator_id == account_id))
        .order_by(Decision.id)
    ).all()
    # Authors are not told who decided.
    hidden = frozenset({"moderator_id"})
    own = [
        {**columns(each, without=hidden), "number": number}
        for each, owner_id, number in found
        if owner_id == account_id
    ]
    made = [
        {**columns(each), "number": number}
        for each, _owner_id, number in found
        if each.moderator_id == account_id
    ]
    yield Part("decisions.json", as_json(own))
    if made:
        yield Part("decisions-made.json", as_json(made))


def erase(session: Session, account_id: int, _anonymous: bool) -> None:
    """Let go of what the moderator has in hand."""
    session.execute(delete(Claim).where(Claim.moderator_id == account_id))


KEEPER: Final = Keeper(tables=TABLES, collect=collect, erase=erase)
