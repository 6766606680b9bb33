"""Chance draws decisions once they count; what no longer stands leaves the sample."""

from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution
from app.core.policy import TrackCode
from app.editions.models import Edition, Track
from app.moderation.appeals import operations as appeals
from app.moderation.appeals.models import Outcome
from app.moderation.claims import operations as claiming
from app.moderation.decisions import releasing
from app.moderation.decisions.models import Decision, Standing
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.sampling import operations, queries, results
from app.moderation.sampling.drawing import is_drawn
from app.moderation.sampling.models import SecondLook
from tests.factories import Cast, make_contribution
from tests.moderation.conftest import answer
from tests.moderation.sampling.conftest import WORDS, Decide, acts, look_at


@pytest.mark.parametrize("percent", [0, 10, 50, 90, 100])
def test_chance_draws_so_many_of_a_hundred(percent: int) -> None:
    chance = Random(20261122)
    drawn = sum(is_drawn(percent, chance) for _ in range(10_000))
    assert abs(drawn - 100 * percent) < 200
    if percent in {0, 100}:
        assert drawn == 100 * percent
        # With the chance that is really used, too.
        assert {is_drawn(percent) for _ in range(500)} == {percent == 100}


@pytest.mark.parametrize("verdict", list(Verdict))
def test_decision_that_counts_is_drawn_by_nobody(
    session: Session, essay: Contribution, track: Track, decide: Decide, verdict: Verdict
) -> None:
    made = decide("moderator", essay, verdict)
    look = look_at(session, made)
    assert look is not None
    assert (look.track, look.looked_at, look.left_at) == ("jurist", None, None)
    assert acts(session, made) == [("drawn", None)]


def test_decision_is_not_drawn_unless_its_track_wants_it(
    session: Session, cast: Cast, edition: Edition, track: Track, decide: Decide
) -> None:
    other = TrackCode.DIGITAL_ACTOR
    essay = make_contribution(session, cast.author, edition=edition, track=other)
    assert look_at(session, decide("moderator", essay, Verdict.REJECT)) is None


def test_kept_decision_is_drawn_when_it_is_announced(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    track: Track,
    decide: Decide,
) -> None:
    edition.decides_together = True
    made = decide("moderator", essay, Verdict.REJECT)
    assert look_at(session, made) is None
    releasing.release_one(session, cast.actor("organiser"), essay.id, decision_seen=made.id)
    assert acts(session, made) == [("drawn", None)]


def test_proposed_rejection_is_drawn_when_it_is_seconded(
    session: Session, cast: Cast, essay: Contribution, track: Track, decide: Decide
) -> None:
    track.wants_second_opinion = True
    made = decide("moderator", essay, Verdict.REJECT)
    assert look_at(session, made) is None
    claiming.claim(session, cast.actor("other_moderator"), essay.id)
    second(session, cast.actor("other_moderator"), essay.id, made.id)
    assert acts(session, made) == [("drawn", None)]
    # Whoever agreed to it had a part in it.
    assert queries.second_looks(session, cast.actor("other_moderator")).items == []
    assert queries.second_looks(session, cast.actor("jurist_moderator")).items


def test_undone_decision_leaves_the_sample(
    session: Session, cast: Cast, rejection: Decision
) -> None:
    undo(session, cast.actor("moderator"), rejection.id, "Too early.")
    look = look_at(session, rejection)
    assert look is not None
    assert look.left_at is not None
    assert acts(session, rejection) == [("drawn", None), ("left", None)]
    assert queries.second_looks(session, cast.actor("other_moderator")).items == []


@pytest.mark.parametrize("kept", [False, True])
def test_earlier_decision_stays_in_the_sample_when_one_that_never_counted_is_undone(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    track: Track,
    decide: Decide,
    kept: bool,
) -> None:
    first = decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    edition.decides_together, track.wants_second_opinion = kept, not kept
    last = decide("moderator", essay, Verdict.REJECT, revision_seen=2)
    assert last.standing != Standing.FINAL
    undo(session, cast.actor("moderator"), last.id, "Too early.")
    assert acts(session, first) == [("drawn", None)]
    [item] = queries.second_looks(session, cast.actor("other_moderator")).items
    assert item.id == first.id


def test_decision_an_appeal_was_granted_against_leaves_the_sample(
    session: Session, cast: Cast, edition: Edition, rejection: Decision
) -> None:
    edition.appeal_days = 30
    appeal = appeals.file(session, cast.author.actor, rejection.id, words="Non.", language="fr")
    appeals.answer(
        session,
        cast.actor("other_moderator"),
        appeal.id,
        Outcome.GRANTED,
        reply="Oui.",
        language="fr",
    )
    assert acts(session, rejection) == [("drawn", None), ("left", None)]


def test_decision_that_another_follows_leaves_the_sample(
    session: Session, cast: Cast, essay: Contribution, track: Track, decide: Decide
) -> None:
    first = decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    assert acts(session, first) == [("drawn", None)]
    last = decide("moderator", essay, Verdict.ACCEPT, revision_seen=2)
    assert acts(session, first) == [("drawn", None), ("left", None)]
    [item] = queries.second_looks(session, cast.actor("other_moderator")).items
    assert (item.id, item.verdict) == (last.id, Verdict.ACCEPT)


def test_decision_that_was_looked_at_stays_in_the_sample(
    session: Session, cast: Cast, rejection: Decision
) -> None:
    other = cast.actor("other_moderator")
    operations.look(session, other, rejection.id, Verdict.ACCEPT, words=WORDS, language="fr")
    undo(session, cast.actor("moderator"), rejection.id, "Too early.")
    look = look_at(session, rejection)
    assert look is not None
    assert (look.left_at, look.verdict) == (None, Verdict.ACCEPT)
    assert session.scalar(select(func.count()).select_from(SecondLook)) == 1


def test_essay_its_author_has_taken_back_is_not_looked_at(
    session: Session,
    cast: Cast,
    edition: Edition,
    essay: Contribution,
    track: Track,
    decide: Decide,
) -> None:
    made = decide("moderator", essay, Verdict.CHANGES)
    other = cast.actor("other_moderator")
    assert queries.second_look(session, other, made.id).waits
    lifecycle.withdraw(session, cast.author.actor, essay.id, reason="Non.")
    assert queries.second_looks(session, other).items == []
    [tally] = results.tallies(session, cast.actor("organiser"), edition)
    assert (tally.drawn, tally.looked, tally.waiting, tally.left) == (1, 0, 0, 1)
