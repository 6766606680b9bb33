"""Decisions that are kept, proposed, seconded and undone, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import queries as writing_queries
from app.contributions.following import operations as lifecycle
from app.contributions.models import Contribution, Draft
from app.contributions.operations import submit
from app.contributions.states import State
from app.core.audit import AuditEntry
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.core.outbox import OutboxMail
from app.core.policy import NOBODY, TrackCode
from app.editions.models import Edition, Track
from app.jobs import drain
from app.moderation import personal
from app.moderation.claims import operations as claiming
from app.moderation.decisions import jobs, queries, releasing
from app.moderation.decisions.models import Decision, DecisionMark, Standing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.operations import decide as again
from app.moderation.decisions.releasing import Kept
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import LEADS_TO, Reason, Verdict
from app.moderation.queue.queries import waiting_ids
from app.moderation.record.timeline import timeline
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import COMPLETE, entries, mails, state

Decide = Callable[..., Decision]
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def marks(session: Session, decision: Decision) -> set[str]:
    session.flush()
    return set(
        session.scalars(select(DecisionMark.kind).where(DecisionMark.decision_id == decision.id))
    )


@pytest.fixture
def together(session: Session, cast: Cast, edition: Edition) -> Edition:
    """The edition tells its authors of all decisions at once."""
    edition.decides_together = True
    session.flush()
    return edition


@pytest.fixture
def careful(session: Session, edition: Edition) -> Track:
    """The essay's track wants a second opinion before a rejection."""
    track = session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()
    track.wants_second_opinion = True
    session.flush()
    return track


# Kept, and released together


@pytest.mark.parametrize("verdict", list(Verdict))
def test_decide_together_keeps_it_and_tells_nobody(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
) -> None:
    before = [each.action for each in timeline(session, essay, names=False)]
    decision = decide("moderator", essay, verdict)
    assert (decision.standing, state(session, essay)) == (Standing.PENDING, State.DECIDED)
    assert essay.told_state is State.SUBMITTED
    assert mails(session) == []
    # Nothing leaks to the author: neither in lists, nor in what happened, nor in what they take
    # along.
    rows = writing_queries.mine(session, cast.actor("author")).rows
    assert {row.state for row in rows} == {State.SUBMITTED}
    after = [each.action for each in timeline(session, essay, names=False)]
    assert after == ["contribution:claimed", *before]
    assert queries.decisions_for_author(session, essay.id) == []
    assert queries.request_to_answer(session, essay) is None
    assert queries.proposed_track(session, essay) is None
    told = {each.path: each.content for each in personal.collect(session, cast.author.id, None)}  # type: ignore[arg-type]
    assert told["decisions.json"].strip() == "[]"
    [kept] = entries(session, essay, "contribution:decision_kept")
    assert (kept["decision"], kept["verdict"]) == (decision.id, verdict.value)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_release_carries_out_what_was_kept(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
) -> None:
    decision = decide("moderator", essay, verdict)
    assert releasing.kept(session, together) == [Kept(TrackCode.JURIST, verdict, 1)]
    assert releasing.release(session, cast.actor("organiser"), together.id) == 1
    assert releasing.kept(session, together) == []
    assert releasing.being_told(session, together) == 1
    # Marked, and not carried out yet: still a secret.
    assert queries.decisions_for_author(session, essay.id) == []
    assert releasing.due(session) == [(together.id, decision.id)]
    assert releasing.carry_out_released(session, decision.id)
    assert not releasing.carry_out_released(session, decision.id)
    assert releasing.due(session) == []
    published = verdict is Verdict.ACCEPT
    assert state(session, essay) is (State.PUBLISHED if published else LEADS_TO[verdict])
    assert len(mails(session)) == (verdict is not Verdict.SPAM)
    [told] = queries.decisions_for_author(session, essay.id)
    assert (told.id, told.undone_at) == (decision.id, None)
    [entry] = entries(session, essay, "contribution:decided")
    assert entry["actor"] == cast.organiser.id
    assert marks(session, decision) == {"released"}


def test_release_of_one_track_leaves_the_other(
    session: Session, cast: Cast, together: Edition, decide: Decide
) -> None:
    for track in TrackCode:
        made = make_contribution(session, cast.author, edition=together, track=track)
        decide("moderator", made, Verdict.REJECT)
    organiser = cast.actor("organiser")
    assert releasing.release(session, organiser, together.id, track=TrackCode.JURIST) == 1
    assert [each.track for each in releasing.kept(session, together)] == ["digital_actor"]
    assert releasing.release(session, organiser, together.id) == 1
    assert releasing.release(session, organiser, together.id) == 0
    found = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "edition:decisions_released")
    )
    assert [each.data for each in found] == [
        {"track": "jurist", "number": 1},
        {"track": None, "number": 1},
    ]


def test_release_leaves_another_edition_alone(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    other = make_edition(session, "2019")
    decide("moderator", essay, Verdict.REJECT)
    assert releasing.release(session, cast.actor("organiser"), other.id) == 0


@pytest.mark.parametrize("name", ["author", "stranger", "moderator", "other_moderator"])
def test_release_by_others_is_refused(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    name: str,
) -> None:
    decide("moderator", essay, Verdict.REJECT)
    with pytest.raises(Forbidden):
        releasing.release(session, cast.actor(name), together.id)
    assert releasing.due(session) == []


def test_withdrawn_while_decided_is_never_told(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    author = cast.actor("author")
    decision = decide("moderator", essay, Verdict.CHANGES)
    lifecycle.withdraw(session, author, essay.id)
    [entry] = entries(session, essay, "contribution:withdrawn")
    assert entry["before"] == "submitted"
    assert releasing.release(session, cast.actor("organiser"), together.id) == 0
    lifecycle.revive(session, author, essay.id)
    assert queries.request_to_answer(session, essay) is None
    assert session.get_one(Draft, essay.id)
    submit(session, author, essay.id)
    # A second decision is another one than the first.
    decide("moderator", essay, Verdict.REJECT, revision_seen=2)
    releasing.release(session, cast.actor("organiser"), together.id)
    assert not releasing.carry_out_released(session, decision.id)
    assert [each.number for each in releasing.kept(session, together)] == []
    assert len(releasing.due(session)) == 1


# The second opinion


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
    assert releasing.kept(session, together) == []
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


# Undoing


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.ACCEPT])
def test_undo_puts_it_back_where_it_waited(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
    at: Callable[[datetime], None],
) -> None:
    essay.waiting_since = NOON - timedelta(days=3)
    at(NOON)
    decision = decide("moderator", essay, verdict)
    undo(session, cast.actor("moderator"), decision.id, "Mauvaise ligne.")
    assert state(session, essay) is State.SUBMITTED
    assert essay.waiting_since == NOON - timedelta(days=3)
    kinds = session.scalars(select(OutboxMail.kind).order_by(OutboxMail.id)).all()
    told = [] if verdict is Verdict.SPAM else ["decision", "decision_undone"]
    assert [each for each in kinds if each.startswith("decision")] == told
    shown = next(each for each in queries.history(session, essay.id) if each.id == decision.id)
    assert (shown.undone_by, shown.undone_words) == ("Moderator", "Mauvaise ligne.")
    assert queries.request_to_answer(session, essay) is None
    assert session.get(Decision, decision.id) is not None
    # The same decision can be made again, and is another one.
    assert decide("moderator", essay, Verdict.REJECT).id != decision.id


def test_undo_of_an_acceptance_that_waits_for_its_release(
    session: Session, cast: Cast, decide: Decide
) -> None:
    later = make_edition(session, "2019", release_later=True)
    contribution = make_contribution(session, cast.author, edition=later)
    decision = decide("moderator", contribution, Verdict.ACCEPT)
    undo(session, cast.actor("organiser"), decision.id, "Zu früh.")
    assert state(session, contribution) is State.SUBMITTED
    assert contribution.accepted_at is None


def test_undo_of_what_was_kept_tells_nobody(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.REJECT)
    undo(session, cast.actor("moderator"), decision.id, "Non.")
    assert state(session, essay) is State.SUBMITTED
    kinds = session.scalars(select(OutboxMail.kind)).all()
    assert not [each for each in kinds if each.startswith("decision")]
    told = {each.action for each in timeline(session, essay, names=False)}
    assert "contribution:decision_undone" not in told
    assert "contribution:decision_undone" in {
        each.action for each in timeline(session, essay, names=True)
    }


def test_undo_between_release_and_telling_stays_a_secret(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.REJECT)
    releasing.release(session, cast.actor("organiser"), together.id)
    undo(session, cast.actor("moderator"), decision.id, "Non.")
    assert not releasing.carry_out_released(session, decision.id)
    assert queries.decisions_for_author(session, essay.id) == []
    # What was told before it was undone has been told.
    second_one = decide("moderator", essay, Verdict.SPAM)
    releasing.release_one(session, cast.actor("organiser"), essay.id)
    undo(session, cast.actor("moderator"), second_one.id, "Non.")
    [told] = queries.decisions_for_author(session, essay.id)
    assert told.id == second_one.id


@pytest.mark.parametrize("name", ["organiser", "administrator"])
def test_undo_of_a_decision_on_one_s_own_essay_finds_nothing(
    session: Session, cast: Cast, edition: Edition, decide: Decide, name: str
) -> None:
    own = make_contribution(session, getattr(cast, name), edition=edition)
    decision = decide("moderator", own, Verdict.REJECT)
    with pytest.raises(NotFound):
        undo(session, cast.actor(name), decision.id, "Non.")
    assert state(session, own) is State.REJECTED


def test_undo_of_a_proposal_lets_it_wait_on(
    session: Session, cast: Cast, careful: Track, essay: Contribution, decide: Decide
) -> None:
    proposal = decide("moderator", essay, Verdict.REJECT)
    undo(session, cast.actor("moderator"), proposal.id, "Je me suis trompé.")
    assert state(session, essay) is State.SUBMITTED
    assert claiming.claim(session, cast.actor("moderator"), essay.id)


def test_undo_of_what_is_published_is_refused(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.ACCEPT)
    with pytest.raises(Conflict, match=r"decision\.published"):
        undo(session, cast.actor("organiser"), decision.id, "Non.")
    assert state(session, essay) is State.PUBLISHED


def test_undo_after_the_author_has_answered_is_refused(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.CHANGES)
    submit(session, cast.actor("author"), essay.id)
    with pytest.raises(Conflict, match=r"decision\.answered"):
        undo(session, cast.actor("moderator"), decision.id, "Non.")
    decide("moderator", essay, Verdict.REJECT, revision_seen=2)
    with pytest.raises(Conflict, match=r"decision\.superseded"):
        undo(session, cast.actor("moderator"), decision.id, "Non.")


def test_undo_twice_is_one_mark(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.REJECT)
    for _ in range(2):
        undo(session, cast.actor("moderator"), decision.id, "Non.")
    assert len(entries(session, essay, "contribution:decision_undone")) == 1


def test_undo_without_words_is_refused(
    session: Session, cast: Cast, essay: Contribution, decide: Decide
) -> None:
    decision = decide("moderator", essay, Verdict.REJECT)
    with pytest.raises(Invalid, match="required"):
        undo(session, cast.actor("moderator"), decision.id, " ")


ALLOWED = {
    State.SUBMITTED: "decision.answered",
    State.DECIDED: "done",
    State.CHANGES_REQUESTED: "decision.answered",
    State.ACCEPTED: "decision.answered",
    State.PUBLISHED: "decision.published",
    State.REJECTED: "done",
    State.SPAM: "decision.answered",
    State.WITHDRAWN: "decision.answered",
    State.REMOVED: "decision.published",
}


@pytest.mark.parametrize("at_state", ALLOWED)
def test_undo_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, at_state: State
) -> None:
    contribution = make_contribution(session, cast.author, edition=edition, state=at_state)
    decision = Decision(
        contribution_id=contribution.id,
        revision_id=contribution.revision_id,
        moderator_id=cast.moderator.id,
        verdict="reject",
        reasons=["unclear"],
    )
    session.add(decision)
    session.flush()
    people: dict[str, Any] = {name: cast.actor(name) for name in vars(cast)} | {"visitor": NOBODY}
    for name, actor in people.items():
        allowed = name in {"moderator", "organiser", "administrator"}
        expected = ALLOWED[at_state] if allowed else "contribution.unknown"
        with session.begin_nested() as step:
            try:
                undo(session, actor, decision.id, "Non.")
                found = "done"
            except DomainError as error:
                found = error.code
            step.rollback()
        assert found == expected, name


# Over HTTP


@pytest.fixture
def kept(db: Session, people: Cast) -> Contribution:
    """A rejection that its author does not know of yet."""
    edition = make_edition(db)
    edition.decides_together = True
    contribution = make_contribution(db, people.author, edition=edition)
    claim_and_decide(
        db,
        people.actor("moderator"),
        contribution.id,
        Verdict.REJECT,
        reasons=[Reason.OFF_TOPIC],
        words="Hors sujet.",
    )
    db.commit()
    return contribution


def test_author_s_pages_know_nothing_of_what_is_kept(
    browser: Callable[..., Browser], kept: Contribution
) -> None:
    author = browser("author@example.org")
    for address in ("/en/my/contributions/", f"/en/my/contributions/{kept.id}/"):
        page = author.get(address).text
        assert "Submitted" in page
        assert "ecided" not in page.replace("has been decided on", "")
        assert "Hors sujet." not in page


def test_organiser_announces_and_the_worker_tells(
    app: Flask, db: Session, browser: Callable[..., Browser], kept: Contribution
) -> None:
    organiser = browser("organiser@example.org")
    address = "/en/organise/editions/standing/decisions"
    assert address in organiser.get("/en/organise/editions/standing/").text
    organiser.get(address)
    assert "Rejected" in organiser.tree.xpath("string(//main//table)")
    assert organiser.submit({}).status_code == 303
    with app.app_context():
        drain(app.extensions["jsi_queue"])
    db.rollback()
    db.refresh(kept)
    assert kept.state == State.REJECTED
    assert len(mails(db)) == 1
    assert "No decision waits to be announced." in organiser.get(address).text


def test_worker_goes_on_where_it_was_killed(
    app: Flask, db: Session, people: Cast, kept: Contribution
) -> None:
    edition = db.get_one(Edition, kept.edition_id)
    other = make_contribution(db, people.author, edition=edition)
    claim_and_decide(db, people.actor("moderator"), other.id, Verdict.SPAM)
    assert releasing.release(db, people.actor("organiser"), edition.id) == 2
    [(_, first), _second] = releasing.due(db)
    releasing.carry_out_released(db, first)
    db.commit()
    assert list(jobs.due(db)) == [edition.id]
    db.rollback()
    with app.app_context():
        for _ in range(2):
            jobs.run(edition.id)
    db.rollback()
    assert list(jobs.due(db)) == []
    assert {each.state for each in db.scalars(select(Contribution))} == {"rejected", "spam"}
    assert len(mails(db)) == 1


def test_worker_tells_the_others_where_one_cannot_be_told(
    app: Flask, db: Session, people: Cast, kept: Contribution
) -> None:
    edition = db.get_one(Edition, kept.edition_id)
    other = make_contribution(db, people.author, edition=edition)
    said: dict[str, Any] = {"reasons": [Reason.UNCLEAR], "words": "Mal écrit."}
    claim_and_decide(db, people.actor("moderator"), other.id, Verdict.CHANGES, **said)
    releasing.release(db, people.actor("organiser"), edition.id)
    # Until when one may appeal against a rejection is beyond all calendars.
    edition.appeal_days = 10_000_000
    db.commit()
    with app.app_context():
        jobs.run(edition.id)
    db.expire_all()
    assert (kept.state, other.state) == (State.DECIDED, State.CHANGES_REQUESTED)


def test_announcing_those_of_no_track_announces_none(
    browser: Callable[..., Browser], db: Session, kept: Contribution
) -> None:
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/editions/standing/decisions")
    assert organiser.submit({"track": "nobody"}).status_code == 400
    assert db.scalars(select(DecisionMark)).all() == []


def test_organiser_s_own_essay_is_shown_to_them_as_to_any_author(
    browser: Callable[..., Browser], db: Session, people: Cast
) -> None:
    edition = make_edition(db)
    edition.decides_together = True
    own = make_contribution(db, people.organiser, edition=edition)
    said: dict[str, Any] = {"reasons": [Reason.OFF_TOPIC], "words": "Hors sujet."}
    decision = claim_and_decide(db, people.actor("moderator"), own.id, Verdict.REJECT, **said)
    db.commit()
    organiser = browser("organiser@example.org")
    page = organiser.get(f"/en/organise/contributions/{own.id}/")
    assert "not yet announced" not in page.text
    assert "/record" not in page.text
    assert organiser.get(f"/en/organise/contributions/{own.id}/record").status_code == 404
    address = f"/en/organise/contributions/{own.id}/decisions/{decision.id}/undo"
    assert organiser.get(address).status_code == 404


@pytest.mark.parametrize("name", ["author", "stranger", "moderator"])
def test_announcing_is_for_organisers(
    db: Session, browser: Callable[..., Browser], kept: Contribution, name: str
) -> None:
    somebody = browser(f"{name}@example.org")
    address = "/en/organise/editions/standing/decisions"
    assert somebody.get(address).status_code == 403
    assert somebody.post(address).status_code == 403
    db.rollback()
    assert releasing.due(db) == []


def test_moderator_undoes_from_the_essay_s_page(
    db: Session, browser: Callable[..., Browser], kept: Contribution
) -> None:
    moderator = browser("moderator@example.org")
    [decision] = db.scalars(select(Decision))
    address = f"/en/moderation/{kept.id}/decisions/{decision.id}/undo"
    assert address in moderator.get(f"/en/moderation/{kept.id}/").text
    moderator.get(address)
    assert moderator.submit({"words": " "}).status_code == 422
    assert moderator.submit({"words": "Falsche Zeile."}).status_code == 303
    db.rollback()
    db.refresh(kept)
    assert kept.state == State.SUBMITTED
    assert "Falsche Zeile." in moderator.get(f"/en/moderation/{kept.id}/").text


@pytest.mark.parametrize("name", ["author", "stranger", "other.moderator"])
def test_undo_by_a_stranger_over_http_is_not_found(
    db: Session, browser: Callable[..., Browser], kept: Contribution, name: str
) -> None:
    [decision] = db.scalars(select(Decision))
    stranger = browser(f"{name}@example.org")
    address = f"/en/moderation/{kept.id}/decisions/{decision.id}/undo"
    assert stranger.post(address, {"words": "x"}).status_code == 404
    organised = f"/en/organise/contributions/{kept.id}/decisions/{decision.id}/undo"
    assert stranger.post(organised, {"words": "x"}).status_code == 403
    db.rollback()
    db.refresh(kept)
    assert kept.state == State.DECIDED


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
