"""Decisions that are undone: where the essay stands then, and who may."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.operations import submit
from app.contributions.states import State
from app.core.errors import Conflict, DomainError, Forbidden, Invalid
from app.core.outbox import OutboxMail
from app.core.policy import NOBODY
from app.editions.models import Edition, Track
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import queries, releasing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.record.timeline import timeline
from app.proceedings import contents
from app.proceedings import operations as volumes
from app.proceedings import queries as proceedings
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import entries, state

Decide = Callable[..., Decision]


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


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
    releasing.release_one(session, cast.actor("organiser"), essay.id, decision_seen=second_one.id)
    undo(session, cast.actor("moderator"), second_one.id, "Non.")
    [told] = queries.decisions_for_author(session, essay.id)
    assert told.id == second_one.id


@pytest.mark.parametrize("name", ["organiser", "administrator"])
def test_undo_of_a_decision_on_one_s_own_essay_is_refused(
    session: Session, cast: Cast, edition: Edition, decide: Decide, name: str
) -> None:
    own = make_contribution(session, getattr(cast, name), edition=edition)
    decision = decide("moderator", own, Verdict.REJECT)
    with pytest.raises(Forbidden, match=r"contribution\.own"):
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


def accepted(db: Session, people: Cast, **edition: Any) -> tuple[Contribution, str]:
    """An essay the moderator has accepted, and the address on which that is undone."""
    essay = make_contribution(db, people.author, edition=make_edition(db, **edition))
    actor = people.actor("moderator")
    made = deciding.claim_and_decide(db, actor, essay.id, Verdict.ACCEPT, reasons=["relevant"])
    db.commit()
    return essay, f"/{essay.id}/decisions/{made.id}/undo"


def test_page_says_why_a_published_acceptance_is_not_undone_and_what_can_be_done(
    db: Session, browser: Callable[..., Browser], people: Cast
) -> None:
    essay, tail = accepted(db, people)
    moderator, organiser = browser("moderator@example.org"), browser("organiser@example.org")
    address = f"/en/moderation{tail}"
    assert address in moderator.get(f"/en/moderation/{essay.id}/").text
    said = moderator.get(address).text
    assert "this decision can no longer be undone" in said
    assert "no other essay ever gets its number" in said
    assert "Organisers can take it down." in said
    assert not moderator.tree.xpath("//main//textarea")
    refused = moderator.post(address, {"words": "Non, trop tôt."})
    assert refused.status_code == 409
    assert "Organisers can take it down instead." in refused.text
    assert moderator.tree.xpath("string(//textarea[@readonly])") == "Non, trop tôt."

    organiser.get(f"/en/organise/contributions{tail}")
    assert not organiser.tree.xpath("//main//textarea")
    [there] = organiser.tree.xpath("//main//a[normalize-space()='Take down']/@href")
    number = essay.number
    assert organiser.get(there).status_code == 200
    assert organiser.submit({"reason": "Par erreur."}).status_code == 303
    gone = browser().get(f"/en/contributions/{number}/")
    assert gone.status_code == 410
    for kept in (number, essay.title, "Par erreur."):
        assert kept in gone.text
    shown = organiser.get(f"/en/organise/contributions{tail}").text
    assert "The essay has been taken down." in shown
    assert not organiser.tree.xpath("//main//textarea")


def test_an_acceptance_that_waits_for_its_publication_is_undone_and_keeps_its_number(
    db: Session, browser: Callable[..., Browser], people: Cast
) -> None:
    essay, tail = accepted(db, people, release_later=True)
    number = essay.number
    organiser = people.actor("organiser")
    edition = db.get_one(Edition, essay.edition_id)
    volume = volumes.create_volume(db, organiser, edition, "band", {"en": "Band"})
    assert contents.fill(db, organiser, volume) == 1
    db.commit()
    assert proceedings.holds_essays(db, volume)
    moderator = browser("moderator@example.org")
    assert "It keeps its number. A book" in moderator.get(f"/en/moderation{tail}").text
    assert moderator.submit({"words": "Trop tôt."}).status_code == 303
    db.rollback()
    assert (essay.state, essay.number) == (State.SUBMITTED, number)
    assert not proceedings.holds_essays(db, volume)
    deciding.claim_and_decide(
        db, people.actor("moderator"), essay.id, Verdict.ACCEPT, reasons=["relevant"]
    )
    assert proceedings.holds_essays(db, volume)


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
