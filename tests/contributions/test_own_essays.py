"""Organisers who are authors: what becomes of their essays is as secret as to any author.

What they may do with them is in ``tests/moderation/organising``.
"""

from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import queries
from app.contributions.byline import Author
from app.contributions.invitations import operations as invitations
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Forbidden
from app.core.policy import Actor
from app.editions.models import Edition
from app.moderation.decisions import releasing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Verdict
from app.moderation.search.conditions import conditions
from app.moderation.search.language import Search
from tests.factories import Cast, make_contribution, make_edition

COMPLETE: Final[dict[Verdict, dict[str, Any]]] = {
    Verdict.ACCEPT: {"reasons": ["relevant"]},
    Verdict.REJECT: {"reasons": ["sources"], "words": "Citez vos sources."},
}


def as_co_author(session: Session, cast: Cast, edition: Edition, who: Account) -> Contribution:
    authors = (Author("Amina", key="owner"), Author("Olga", key="guest"))
    made = make_contribution(session, cast.author, edition=edition, authors=authors)
    asked = invitations.invite(
        session,
        cast.actor("author"),
        made.id,
        "guest",
        email=who.email,
        language="en",
        may_edit=False,
    )
    invitations.confirm(session, who, asked.id)
    session.flush()
    return made


@pytest.mark.parametrize("verdict", list(COMPLETE))
def test_decisions_on_their_own_are_released_by_another(
    session: Session, cast: Cast, verdict: Verdict
) -> None:
    edition = make_edition(session)
    edition.decides_together = True
    mine, others = (
        make_contribution(session, who, edition=edition) for who in (cast.organiser, cast.author)
    )
    for essay in (mine, others):
        claim_and_decide(session, cast.actor("moderator"), essay.id, verdict, **COMPLETE[verdict])
    organiser = cast.actor("organiser")
    assert [each.number for each in releasing.kept(session, organiser, edition)] == [1]
    assert releasing.release(session, organiser, edition.id) == 1
    assert releasing.kept(session, organiser, edition) == []
    assert [each for _edition, each in releasing.due(session)] == [
        releasing.due(session, edition.id)[0][1]
    ]
    with pytest.raises(Forbidden, match=r"contribution\.own"):
        releasing.release_one(session, organiser, mine.id, decision_seen=None)
    assert releasing.release(session, cast.actor("administrator"), edition.id) == 1
    assert len(releasing.due(session)) == 2


def found(session: Session, actor: Actor, line: str) -> dict[int, State]:
    page = queries.organised(session, actor, conditions(Search.parse(line), actor))
    return {row.id: row.state for row in page.rows}


def test_organised_tells_no_more_of_ones_own_than_any_author(session: Session, cast: Cast) -> None:
    edition = make_edition(session)
    edition.decides_together = True
    organiser = cast.actor("organiser")
    mine = make_contribution(session, cast.organiser, edition=edition)
    shared = as_co_author(session, cast, edition, cast.organiser)
    others = make_contribution(session, cast.author, edition=edition)
    decided = {
        essay.id: claim_and_decide(
            session, cast.actor("moderator"), essay.id, Verdict.REJECT, **COMPLETE[Verdict.REJECT]
        ).id
        for essay in (mine, shared, others)
    }
    session.flush()
    hidden = {mine.id: State.SUBMITTED, shared.id: State.SUBMITTED}
    assert found(session, organiser, "") == {**hidden, others.id: State.DECIDED}
    assert found(session, organiser, "state:decided") == {others.id: State.DECIDED}
    assert found(session, organiser, "state:submitted") == hidden
    assert found(session, organiser, "-state:submitted") == {others.id: State.DECIDED}
    assert found(session, organiser, "reason:sources") == {others.id: State.DECIDED}
    everything = dict.fromkeys((mine.id, shared.id, others.id), State.DECIDED)
    assert found(session, cast.actor("administrator"), "state:decided") == everything
    # Once it is announced, it is told like anybody's.
    for essay in (mine, shared):
        releasing.release_one(
            session, cast.actor("administrator"), essay.id, decision_seen=decided[essay.id]
        )
    told = {mine.id: State.REJECTED, shared.id: State.REJECTED}
    assert found(session, organiser, "state:rejected") == told
    assert found(session, organiser, "reason:sources") == {**told, others.id: State.DECIDED}
