"""Declaring and lifting; nothing at the desk can be done with what one is in conflict about."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Forbidden, Invalid, NotFound
from app.editions.models import Edition
from app.moderation.claims import operations as claiming
from app.moderation.claims.models import Claim
from app.moderation.conflicts import operations
from app.moderation.conflicts.declared import declared
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.queries import is_conflicted
from app.moderation.decisions import operations as deciding
from app.moderation.item.queries import item
from app.moderation.queue.overview import overview
from app.moderation.queue.queries import queue, waiting_ids
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.conflicts.conftest import CONFLICTING
from tests.moderation.conftest import COMPLETE, entries

ACTS: dict[str, Callable[[Session, Any, int], object]] = {
    "open": item,
    "claim": claiming.claim,
    "renew": claiming.renew,
    "release": claiming.release,
    "declare": lambda session, actor, id: operations.declare(
        session, actor, id, ConflictKind.PERSONAL
    ),
    **{
        f"decide {verdict}": lambda session, actor, id, verdict=verdict: deciding.decide(
            session, actor, id, verdict, revision_seen=1, **COMPLETE[verdict]
        )
        for verdict in COMPLETE
    },
}


@pytest.mark.parametrize("kind", CONFLICTING)
def test_in_conflict_it_is_not_there(
    session: Session, cast: Cast, edition: Edition, kind: str
) -> None:
    made = CONFLICTING[kind](session, cast, edition)
    for act in ACTS.values():
        with pytest.raises(NotFound):
            act(session, cast.actor("moderator"), made.id)
    assert item(session, cast.actor("other_moderator"), made.id).contribution is made


@pytest.mark.parametrize("kind", CONFLICTING)
def test_in_conflict_it_is_never_offered(
    session: Session, cast: Cast, edition: Edition, kind: str
) -> None:
    CONFLICTING[kind](session, cast, edition)
    actor = cast.actor("moderator")
    assert queue(session, actor).items == []
    assert overview(session, actor).waiting == {}
    assert claiming.claim_next(session, actor) is None
    assert len(waiting_ids(session, cast.actor("other_moderator"), limit=5)) == 1


def test_release_lets_go_of_what_came_into_conflict(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("moderator"), essay.id)
    cast.author.affiliation = cast.moderator.affiliation = "Institut"
    session.flush()
    with pytest.raises(NotFound):
        item(session, cast.actor("moderator"), essay.id)
    assert claiming.release(session, cast.actor("moderator"), essay.id)
    assert session.get(Claim, essay.id) is None


def test_declare_keeps_words_and_lets_go(session: Session, cast: Cast, essay: Contribution) -> None:
    actor = cast.actor("moderator")
    claiming.claim(session, actor, essay.id)
    operations.declare(session, actor, essay.id, ConflictKind.OTHER, words=" We are married. ")
    assert session.get(Claim, essay.id) is None
    (found,) = declared(session, cast.actor("organiser"), essay.id)
    assert (found.name, found.kind, found.words, found.can_lift) == (
        cast.moderator.name,
        ConflictKind.OTHER,
        "We are married.",
        True,
    )
    assert entries(session, essay, "conflict:declared") == [
        {"actor": cast.moderator.id, "kind": "other"}
    ]
    assert len(entries(session, essay, "contribution:released")) == 1


def test_declare_leaves_a_colleagues_claim(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    claiming.claim(session, cast.actor("other_moderator"), essay.id)
    operations.declare(session, cast.actor("moderator"), essay.id, ConflictKind.PERSONAL)
    assert session.get_one(Claim, essay.id).moderator_id == cast.other_moderator.id
    assert entries(session, essay, "contribution:released") == []


def test_declare_another_kind_needs_words(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    for words in ("", " ", "x" * 2_001, "\x00"):
        with pytest.raises(Invalid):
            operations.declare(
                session, cast.actor("moderator"), essay.id, ConflictKind.OTHER, words=words
            )


@pytest.mark.parametrize("name", ["organiser", "administrator"])
def test_declare_is_for_organisers_too_once(
    session: Session, cast: Cast, essay: Contribution, name: str
) -> None:
    who = cast.actor(name)
    operations.declare(session, who, essay.id, ConflictKind.PERSONAL)
    session.flush()
    assert is_conflicted(session, who, essay.id)
    assert entries(session, essay, "conflict:declared")
    with pytest.raises(Forbidden):
        operations.declare(session, who, essay.id, ConflictKind.PERSONAL)
    with pytest.raises(Forbidden):
        operations.lift(session, who, essay.id, who.id or 0)


@pytest.mark.parametrize("name", ["author", "stranger"])
def test_declare_is_for_moderators_and_organisers(
    session: Session, cast: Cast, essay: Contribution, name: str
) -> None:
    with pytest.raises(NotFound):
        operations.declare(session, cast.actor(name), essay.id, ConflictKind.PERSONAL)


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_declare_needs_what_can_be_read(
    session: Session, cast: Cast, edition: Edition, state: State
) -> None:
    made = make_contribution(session, cast.author, edition=edition, state=state)
    with pytest.raises(NotFound):
        operations.declare(session, cast.actor("moderator"), made.id, ConflictKind.PERSONAL)


def test_lift_shows_it_again(session: Session, cast: Cast, edition: Edition) -> None:
    made = CONFLICTING["declared"](session, cast, edition)
    operations.lift(session, cast.actor("organiser"), made.id, cast.moderator.id)
    assert declared(session, cast.actor("organiser"), made.id) == []
    assert item(session, cast.actor("moderator"), made.id).contribution is made
    assert entries(session, made, "conflict:lifted") == [
        {"actor": cast.organiser.id, "account": cast.moderator.id, "kind": "rivalry"}
    ]
    with pytest.raises(NotFound):
        operations.lift(session, cast.actor("organiser"), made.id, cast.moderator.id)


@pytest.mark.parametrize("name", ["author", "stranger", "moderator", "other_moderator"])
def test_lift_is_for_organisers(session: Session, cast: Cast, edition: Edition, name: str) -> None:
    made = CONFLICTING["declared"](session, cast, edition)
    with pytest.raises(Forbidden):
        operations.lift(session, cast.actor(name), made.id, cast.moderator.id)


def test_lift_is_not_for_oneself(session: Session, cast: Cast, edition: Edition) -> None:
    made = CONFLICTING["declared"](session, cast, edition)
    cast.moderator.roles = [*cast.moderator.roles, *cast.organiser.roles]
    with pytest.raises(Forbidden):
        operations.lift(session, cast.actor("moderator"), made.id, cast.moderator.id)
    assert session.get(Conflict, (cast.moderator.id, made.id)) is not None
    with pytest.raises(NotFound):
        item(session, cast.actor("moderator"), made.id)


def test_lift_is_not_for_an_author(session: Session, cast: Cast, edition: Edition) -> None:
    made = make_contribution(session, cast.organiser, edition=edition)
    operations.declare(session, cast.actor("moderator"), made.id, ConflictKind.PERSONAL)
    with pytest.raises(Forbidden) as refused:
        operations.lift(session, cast.actor("organiser"), made.id, cast.moderator.id)
    assert refused.value.code == "contribution.own"
    assert session.get(Conflict, (cast.moderator.id, made.id)) is not None
