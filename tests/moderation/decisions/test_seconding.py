"""A rejection that is proposed, and the second opinion on it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, NotFound
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.decisions import queries, releasing
from app.moderation.decisions.models import Decision, Standing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.operations import decide as again
from app.moderation.decisions.seconding import second
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.queue.queries import waiting_ids
from app.moderation.record.timeline import timeline
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import COMPLETE, mails, state
from tests.moderation.decisions.conftest import marks, to_announce

Decide = Callable[..., Decision]


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.DUPLICATE])
def test_rejection_is_proposed_and_waits_on(
    session: Session,
    cast: Cast,
    careful: Track,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
) -> None:
    decision = decide("moderator", essay, verdict)
    assert (decision.standing, state(session, essay)) == (Standing.PROPOSED, State.SUBMITTED)
    assert mails(session) == []
    assert queries.decisions_for_author(session, essay.id) == []
    assert "contribution:rejection_proposed" not in {
        each.action for each in timeline(session, essay, names=False)
    }
    assert essay.id not in waiting_ids(session, cast.actor("moderator"), limit=9)
    assert essay.id in waiting_ids(session, cast.actor("other_moderator"), limit=9)
    with pytest.raises(Conflict, match=r"decision\.own_proposal"):
        claiming.claim(session, cast.actor("moderator"), essay.id)
    [shown] = queries.history(session, essay.id)
    assert (shown.is_open_proposal, shown.told_at) == (True, None)


@pytest.mark.parametrize("verdict", [Verdict.ACCEPT, Verdict.CHANGES, Verdict.SPAM])
def test_other_verdicts_need_no_second_opinion(
    session: Session, careful: Track, essay: Contribution, decide: Decide, verdict: Verdict
) -> None:
    assert decide("moderator", essay, verdict).standing == Standing.FINAL
    assert state(session, essay) is not State.SUBMITTED


def test_proposing_twice_by_two_clicks_is_one_proposal(
    session: Session, careful: Track, essay: Contribution, decide: Decide, cast: Cast
) -> None:
    first = decide("moderator", essay, Verdict.REJECT)
    same = COMPLETE[Verdict.REJECT] | {"revision_seen": 1}
    twice = again(session, cast.actor("moderator"), essay.id, Verdict.REJECT, **same)
    assert twice.id == first.id


def test_second_makes_it_count(
    session: Session, cast: Cast, careful: Track, essay: Contribution, decide: Decide
) -> None:
    proposal = decide("moderator", essay, Verdict.REJECT)
    other = cast.actor("other_moderator")
    with pytest.raises(Conflict, match=r"claim\.ran_out"):
        second(session, other, essay.id, proposal.id)
    claiming.claim(session, other, essay.id)
    second(session, other, essay.id, proposal.id)
    assert state(session, essay) is State.REJECTED
    assert marks(session, proposal) == {"seconded", "released"}
    assert [mail.data["words"] for mail in mails(session)] == ["Hors sujet."]
    [told] = queries.decisions_for_author(session, essay.id)
    assert told.id == proposal.id
    [shown] = queries.history(session, essay.id)
    assert (shown.moderator, shown.seconded_by) == ("Moderator", "Other Moderator")
    with pytest.raises(Conflict, match=r"contribution\.moved_on"):
        second(session, other, essay.id, proposal.id)


def test_second_where_decisions_are_kept_keeps_it(
    session: Session,
    cast: Cast,
    careful: Track,
    together: Edition,
    essay: Contribution,
    decide: Decide,
) -> None:
    proposal = decide("moderator", essay, Verdict.REJECT)
    assert to_announce(session, cast, together) == []
    other = cast.actor("other_moderator")
    claiming.claim(session, other, essay.id)
    second(session, other, essay.id, proposal.id)
    assert state(session, essay) is State.DECIDED
    assert queries.decisions_for_author(session, essay.id) == []
    releasing.release(session, cast.actor("organiser"), together.id)
    assert releasing.carry_out_released(session, proposal.id)
    assert state(session, essay) is State.REJECTED
    assert len(queries.decisions_for_author(session, essay.id)) == 1


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [
        (Verdict.ACCEPT, "overruled"),
        (Verdict.CHANGES, "overruled"),
        (Verdict.SPAM, "overruled"),
        (Verdict.REJECT, "seconded"),
    ],
)
def test_second_moderator_decides_in_their_own_words(
    session: Session,
    cast: Cast,
    careful: Track,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
    mark: str,
) -> None:
    proposal = decide("moderator", essay, Verdict.REJECT)
    decision = decide("other_moderator", essay, verdict)
    assert decision.standing == Standing.FINAL
    assert state(session, essay) is not State.SUBMITTED
    assert marks(session, proposal) == {mark}
    assert [each.id for each in queries.decisions_for_author(session, essay.id)] == [decision.id]


def test_second_by_the_proposer_or_a_stranger_is_refused(
    session: Session, cast: Cast, careful: Track, essay: Contribution, decide: Decide
) -> None:
    proposal = decide("moderator", essay, Verdict.REJECT)
    for name in ("author", "stranger", "organiser", "administrator"):
        with pytest.raises(NotFound):
            second(session, cast.actor(name), essay.id, proposal.id)
    with pytest.raises(Conflict, match=r"decision\.own_proposal"):
        second(session, cast.actor("moderator"), essay.id, proposal.id)
    assert state(session, essay) is State.SUBMITTED


def test_who_proposed_it_is_told_that_it_waits_for_another(
    db: Session, people: Cast, browser: Callable[..., Browser]
) -> None:
    edition = make_edition(db)
    for track in db.scalars(select(Track)):
        track.wants_second_opinion = True
    contribution = make_contribution(db, people.author, edition=edition)
    said = COMPLETE[Verdict.REJECT]
    claim_and_decide(db, people.actor("moderator"), contribution.id, Verdict.REJECT, **said)
    db.commit()
    page = f"/en/moderation/{contribution.id}/"
    for email, is_own in (("moderator@example.org", True), ("other.moderator@example.org", False)):
        visitor = browser(email)
        text = visitor.get(page).text
        assert ("You have proposed to reject the essay" in text) == is_own
        assert ("A colleague proposes to reject this essay" in text) != is_own
        assert bool(visitor.tree.xpath("//form[contains(@action, '/claim')]")) != is_own
        assert bool(visitor.tree.xpath("//a[contains(@href, '/undo')]")) == is_own


def test_second_opinion_over_http(
    db: Session, people: Cast, browser: Callable[..., Browser]
) -> None:
    edition = make_edition(db)
    for track in db.scalars(select(Track)):
        track.wants_second_opinion = True
    contribution = make_contribution(db, people.author, edition=edition)
    say = {"reasons": [Reason.OFF_TOPIC], "words": "Hors sujet."}
    moderator = people.actor("moderator")
    claim_and_decide(db, moderator, contribution.id, Verdict.REJECT, **say)
    db.commit()
    other = browser("other.moderator@example.org")
    assert "Second opinion wanted" in other.get("/en/moderation/").text
    page = f"/en/moderation/{contribution.id}/"
    assert "Hors sujet." in other.get(page).text
    other.submit({}, form="/claim", follow_redirects=True)
    assert other.submit({}, form="/second").status_code == 303
    db.rollback()
    db.refresh(contribution)
    assert contribution.state == State.REJECTED
