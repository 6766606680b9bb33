"""What waits for a second look, and what organisers learn of all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import AuthorAffiliation, Contribution
from app.core import clock
from app.core.errors import Forbidden
from app.core.policy import Role
from app.editions.models import Edition, Track
from app.moderation.decisions.models import Decision, DecisionMark, MarkKind
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue.queries import Count
from app.moderation.sampling import operations, queries, results
from tests.factories import Cast, make_contribution, make_edition
from tests.moderation.sampling.conftest import WORDS, Decide

At = Callable[[Any], None]


def test_second_looks_oldest_first_by_parts_at_constant_cost(
    session: Session,
    cast: Cast,
    edition: Edition,
    track: Track,
    decide: Decide,
    at: At,
    count_queries: Callable[..., Any],
) -> None:
    start, made, other = clock.now(), [], cast.actor("other_moderator")
    for index in range(3):
        at(start + timedelta(minutes=index))
        essay = make_contribution(session, cast.author, edition=edition)
        made.append(decide("moderator", essay, Verdict.REJECT).id)
        session.flush()
        with count_queries(session.get_bind()) as statements:
            found = queries.second_looks(session, other)
            assert queries.count(session, other) == Count(index + 1)
        assert [item.id for item in found.items] == made
        assert len(statements) == 4
    first = queries.second_looks(session, other, limit=2)
    assert [item.id for item in first.items] == made[:2]
    rest = queries.second_looks(session, other, limit=2, after=first.after)
    assert ([item.id for item in rest.items], rest.after) == (made[2:], None)
    assert queries.count(session, cast.actor("organiser")) is None


def test_second_look_shows_the_revision_that_was_decided_on(
    session: Session, cast: Cast, essay: Contribution, track: Track, decide: Decide
) -> None:
    made = decide("moderator", essay, Verdict.CHANGES)
    essay.title = "De la guerre"
    session.flush()
    found = queries.second_look(session, cast.actor("other_moderator"), made.id)
    assert (found.revision.id, found.revision.title) == (made.revision_id, "De la paix")
    assert (found.decided.id, found.decided.words) == (made.id, "Citez vos sources.")
    [item] = queries.second_looks(session, cast.actor("other_moderator")).items
    assert item.title == "De la paix"


@pytest.fixture
def all_kinds(
    session: Session, cast: Cast, edition: Edition, track: Track, decide: Decide, at: At
) -> list[Decision]:
    """Three rejections and an acceptance in French, one rejection in Arabic: of those looked at,
    one agreed; one was undone, one waits.
    """
    start, made = clock.now(), []
    for index, (verdict, language) in enumerate(
        [
            (Verdict.REJECT, "fr"),
            (Verdict.REJECT, "fr"),
            (Verdict.REJECT, "fr"),
            (Verdict.ACCEPT, "fr"),
            (Verdict.REJECT, "ar"),
        ]
    ):
        at(start + timedelta(minutes=index))
        essay = make_contribution(session, cast.author, edition=edition, language=language)
        made.append(decide("moderator", essay, verdict))
    for decision, said in zip(
        made, (Verdict.REJECT, Verdict.ACCEPT, None, Verdict.SPAM), strict=False
    ):
        at(clock.now() + timedelta(minutes=1))
        if said is not None:
            other = cast.actor("other_moderator")
            operations.look(session, other, decision.id, said, words=WORDS, language="fr")
    undo(session, cast.actor("moderator"), made[4].id, "Too early.")
    session.flush()
    return made


def test_tallies_say_what_came_of_each_kind(
    session: Session,
    cast: Cast,
    edition: Edition,
    all_kinds: list[Decision],
    count_queries: Callable[..., Any],
) -> None:
    with count_queries(session.get_bind()) as statements:
        found = results.tallies(session, cast.actor("organiser"), edition)
    assert len(statements) == 1
    told = [
        (
            *(each.language, each.verdict, each.drawn, each.looked),
            *(each.agreed, each.otherwise, each.waiting, each.left),
        )
        for each in found
    ]
    assert told == [
        ("ar", Verdict.REJECT, 1, 0, 0, 0, 0, 1),
        ("fr", Verdict.ACCEPT, 1, 1, 0, 1, 0, 0),
        ("fr", Verdict.REJECT, 3, 2, 1, 1, 1, 0),
    ]
    assert results.tallies(session, cast.actor("organiser"), make_edition(session, "other")) == []


def test_disagreements_last_first_by_parts_at_constant_cost(
    session: Session,
    cast: Cast,
    edition: Edition,
    all_kinds: list[Decision],
    count_queries: Callable[..., Any],
) -> None:
    organiser = cast.actor("organiser")
    with count_queries(session.get_bind()) as statements:
        found = results.disagreements(session, organiser, edition)
    assert len(statements) == 1
    assert [(each.verdict, each.instead) for each in found.items] == [
        (Verdict.ACCEPT, Verdict.SPAM),
        (Verdict.REJECT, Verdict.ACCEPT),
    ]
    assert {(each.words, each.words_language) for each in found.items} == {(WORDS, "fr")}
    first = results.disagreements(session, organiser, edition, limit=1)
    rest = results.disagreements(session, organiser, edition, limit=1, after=first.after)
    assert [*first.items, *rest.items] == found.items
    assert rest.after is None


def test_results_are_for_organisers(
    session: Session, cast: Cast, edition: Edition, all_kinds: list[Decision]
) -> None:
    for name in ("moderator", "other_moderator", "author", "stranger"):
        for read in (results.tallies, results.disagreements):
            with pytest.raises(Forbidden):
                read(session, cast.actor(name), edition)
    assert results.tallies(session, cast.actor("administrator"), edition)


def test_results_tell_organisers_nothing_of_essays_they_are_in_conflict_with(
    session: Session, cast: Cast, edition: Edition, all_kinds: list[Decision]
) -> None:
    cast.organiser.affiliation = "Université de Genève"
    key = cast.organiser.affiliation_key
    session.add_all(
        AuthorAffiliation(contribution_id=each.contribution_id, key=key) for each in all_kinds[:2]
    )
    session.flush()
    organiser = cast.actor("organiser")
    tallies = results.tallies(session, organiser, edition)
    assert [(each.language, each.drawn, each.looked) for each in tallies] == [
        ("ar", 1, 0),
        ("fr", 1, 1),
        ("fr", 1, 0),
    ]
    [only] = results.disagreements(session, organiser, edition).items
    assert only.contribution_id == all_kinds[3].contribution_id


def mark(session: Session, made: Decision, me: int, kind: MarkKind) -> None:
    session.add(DecisionMark(decision_id=made.id, kind=kind.value, account_id=me))
    session.flush()


@pytest.mark.parametrize("kind", [None, MarkKind.SECONDED, MarkKind.OVERRULED, MarkKind.UNDONE])
def test_results_tell_organisers_nothing_of_their_own_decisions(
    session: Session,
    cast: Cast,
    edition: Edition,
    all_kinds: list[Decision],
    kind: MarkKind | None,
) -> None:
    """Those they made, all of these, or had a say in, the second."""
    who = cast.actor("moderator" if kind is None else "jurist_moderator")
    who = replace(who, roles=frozenset({Role.MODERATOR, Role.ORGANISER}))
    if kind is not None:
        mark(session, all_kinds[1], cast.jurist_moderator.id, kind)
    tallies = results.tallies(session, who, edition)
    found = results.disagreements(session, who, edition).items
    assert sum(each.drawn for each in tallies) == (0 if kind is None else 4)
    others = [] if kind is None else [all_kinds[3].contribution_id]
    assert [each.contribution_id for each in found] == others


def test_results_tell_organisers_of_decisions_they_announced(
    session: Session, cast: Cast, edition: Edition, all_kinds: list[Decision]
) -> None:
    mark(session, all_kinds[1], cast.organiser.id, MarkKind.RELEASED)
    assert len(results.disagreements(session, cast.actor("organiser"), edition).items) == 2
