"""Organisers who are authors: what becomes of their essays is for others, and secret as to any."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions import publishing, queries
from app.contributions.byline import Author
from app.contributions.following import operations as lifecycle
from app.contributions.invitations import operations as invitations
from app.contributions.models import Contribution
from app.contributions.moves import move
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction
from app.core.errors import Forbidden
from app.core.policy import SYSTEM, Actor, Role
from app.editions.models import Edition
from app.moderation.claims.handing import assign
from app.moderation.decisions import releasing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.verdicts import Verdict
from app.moderation.search.conditions import conditions
from app.moderation.search.language import Search
from tests.factories import Cast, make_account, make_contribution, make_edition, make_essay
from tests.http import Browser

Act = Callable[[Session, Actor, Contribution, Cast], Any]
ROOT: Final = "/en/organise/contributions/"
REFUSED: Final = "You are an author of this essay, so another organiser has to do this."
COMPLETE: Final[dict[Verdict, dict[str, Any]]] = {
    Verdict.ACCEPT: {"reasons": ["relevant"]},
    Verdict.REJECT: {"reasons": ["sources"], "words": "Citez vos sources."},
}


def extend(session: Session, actor: Actor, essay: Contribution, _cast: Cast) -> None:
    until = clock.now() + timedelta(days=900)
    lifecycle.extend(session, actor, essay.id, until=until, reason="Illness.")


def give(session: Session, actor: Actor, essay: Contribution, cast: Cast) -> None:
    assign(session, actor, essay.id, to=cast.moderator.id, holder_seen=None)


def correct(session: Session, actor: Actor, essay: Contribution, _cast: Cast) -> None:
    publishing.correct(session, actor, essay.id, make_essay("fr"), note="A date.")


#: What organisers do, and the state in which they do it.
ACTS: Final[dict[str, tuple[State, Act]]] = {
    "release": (State.ACCEPTED, lambda s, actor, it, _: publishing.release(s, actor, it.id)),
    "correct": (State.PUBLISHED, correct),
    "remove": (
        State.PUBLISHED,
        lambda s, actor, it, _: publishing.remove(s, actor, it.id, reason="A court order."),
    ),
    "restore": (State.REMOVED, lambda s, actor, it, _: publishing.restore(s, actor, it.id)),
    "extend": (State.WITHDRAWN, extend),
    "assign": (State.SUBMITTED, give),
    "tell": (
        State.DECIDED,
        lambda s, actor, it, _: releasing.release_one(s, actor, it.id, decision_seen=None),
    ),
}


def as_owner(session: Session, _cast: Cast, edition: Edition, who: Account, state: State) -> Any:
    return make_contribution(session, who, edition=edition, state=state)


def as_co_author(session: Session, cast: Cast, edition: Edition, who: Account, state: State) -> Any:
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
    if state in {State.PUBLISHED, State.REMOVED}:
        move(session, SYSTEM, made, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
        publishing.publish(session, SYSTEM, made)
    if state is State.REMOVED:
        publishing.remove(session, SYSTEM, made.id, reason="A court order.")
    if state in {State.ACCEPTED, State.DECIDED, State.WITHDRAWN}:
        move(session, SYSTEM, made, state, AuditAction.CONTRIBUTION_DECIDED)
    session.flush()
    return made


@pytest.mark.parametrize("make", [as_owner, as_co_author])
@pytest.mark.parametrize("act", list(ACTS))
def test_act_of_an_organiser_on_their_own_is_refused(
    session: Session, cast: Cast, make: Callable[..., Contribution], act: str
) -> None:
    at, do = ACTS[act]
    edition = make_edition(session)
    for who in (cast.organiser, cast.administrator):
        essay = make(session, cast, edition, who, at)
        with pytest.raises(Forbidden, match=r"contribution\.own"):
            do(session, who.actor, essay, cast)
        session.refresh(essay)
        assert essay.state == at
    if act == "tell":
        return  # What was brought there by no decision can't be told.
    do(session, cast.organiser.actor, essay, cast)


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
    shared = as_co_author(session, cast, edition, cast.organiser, State.SUBMITTED)
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


PAGES: Final[dict[str, tuple[State, str, dict[str, str]]]] = {
    "release": (State.ACCEPTED, f"{ROOT}{{}}/release", {}),
    "correct": (State.PUBLISHED, f"{ROOT}{{}}/correct", {"title": "x"}),
    "references": (State.PUBLISHED, f"{ROOT}{{}}/correct/references", {"references": "[]"}),
    "remove": (State.PUBLISHED, f"{ROOT}{{}}/remove", {"reason": "A court order."}),
    "restore": (State.REMOVED, f"{ROOT}{{}}/restore", {}),
    "extend": (State.WITHDRAWN, "/en/organise/extensions/{}", {"reason": "Illness."}),
    "assign": (State.SUBMITTED, "/en/organise/moderation/{}/", {"to": "1"}),
}


@pytest.mark.parametrize("act", list(PAGES))
def test_pages_for_their_own_say_who_may(
    db: Session, people: Cast, browser: Callable[..., Browser], act: str
) -> None:
    at, address, fields = PAGES[act]
    make_account(db, "second.organiser@example.org", Role.ORGANISER)
    essay = make_contribution(db, people.organiser, edition=make_edition(db), state=at)
    db.commit()
    organiser = browser(people.organiser.email)
    refused = organiser.post(address.format(essay.id), fields)
    assert refused.status_code == 403
    assert REFUSED in refused.text
    db.refresh(essay)
    assert essay.state == at
    if act in {"correct", "references", "remove", "extend", "assign"}:
        assert REFUSED in organiser.get(address.format(essay.id)).text
        other = browser("second.organiser@example.org")
        assert other.get(address.format(essay.id)).status_code == 200
    if at is not State.WITHDRAWN:
        page = organiser.get(f"{ROOT}{essay.id}/").text
        assert "another organiser decides what becomes of it" in page
        assert address.format(essay.id) not in page
