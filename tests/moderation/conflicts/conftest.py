"""Every kind of conflict of interest, as it comes about."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.invitations.models import Invitation
from app.contributions.models import Contribution
from app.editions.models import Edition
from app.moderation.appeals import operations as appeals
from app.moderation.appeals.models import Outcome
from app.moderation.conflicts import operations
from app.moderation.conflicts.models import ConflictKind
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast
from tests.factories.contributions import make_contribution

Conflicting = Callable[[Session, Cast, Edition], Contribution]


def own(session: Session, cast: Cast, edition: Edition) -> Contribution:
    return make_contribution(session, cast.moderator, edition=edition)


def asked_co_author(session: Session, cast: Cast, edition: Edition) -> Contribution:
    return _asked(session, cast, edition)[0]


def co_author(session: Session, cast: Cast, edition: Edition) -> Contribution:
    made, asked = _asked(session, cast, edition)
    invitations.confirm(session, cast.moderator, asked.id)
    return made


def _asked(session: Session, cast: Cast, edition: Edition) -> tuple[Contribution, Invitation]:
    authors = (Author("Amina", key="owner"), Author("Moderator", key="guest"))
    made = make_contribution(session, cast.author, edition=edition, authors=authors)
    asked = invitations.invite(
        session,
        cast.actor("author"),
        made.id,
        "guest",
        email=cast.moderator.email,
        language="en",
        may_edit=False,
    )
    return made, asked


def declared(session: Session, cast: Cast, edition: Edition) -> Contribution:
    made = make_contribution(session, cast.author, edition=edition)
    operations.declare(session, cast.actor("moderator"), made.id, ConflictKind.RIVALRY)
    return made


def affiliation_of_an_author(session: Session, cast: Cast, edition: Edition) -> Contribution:
    authors = (Author("Amina", key="owner"), Author("Bo", affiliation="Université de Genève"))
    made = make_contribution(session, cast.author, edition=edition, authors=authors)
    cast.moderator.affiliation = "UNIVERSITE de  Genève"
    session.flush()
    return made


def affiliation_of_the_owner(session: Session, cast: Cast, edition: Edition) -> Contribution:
    cast.author.affiliation = cast.moderator.affiliation = "МГУ"
    session.flush()
    return make_contribution(session, cast.author, edition=edition, authors=(Author("Amina"),))


def decided_before_an_appeal(session: Session, cast: Cast, edition: Edition) -> Contribution:
    made = make_contribution(session, cast.author, edition=edition)
    said = {"reasons": ["off_topic"], "words": "Hors sujet."}
    decision = claim_and_decide(session, cast.actor("moderator"), made.id, Verdict.REJECT, **said)
    author, other = cast.actor("author"), cast.actor("jurist_moderator")
    appeal = appeals.file(session, author, decision.id, words="Non.", language="fr")
    appeals.answer(session, other, appeal.id, Outcome.GRANTED, reply="Oui.", language="fr")
    return made


#: The moderator is in conflict about what each of them makes; the other moderator is not.
CONFLICTING: dict[str, Conflicting] = {
    each.__name__: each
    for each in (
        own,
        co_author,
        asked_co_author,
        declared,
        affiliation_of_an_author,
        affiliation_of_the_owner,
        decided_before_an_appeal,
    )
}
