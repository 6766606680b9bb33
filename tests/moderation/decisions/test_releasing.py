"""Decisions that are kept, and announced together."""

from collections.abc import Callable
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
from app.core.errors import Forbidden
from app.core.policy import TrackCode
from app.editions.models import Edition
from app.jobs import drain
from app.moderation import personal
from app.moderation.decisions import jobs, queries, releasing
from app.moderation.decisions.models import Decision, DecisionMark, Standing
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.releasing import Kept
from app.moderation.decisions.verdicts import LEADS_TO, Reason, Verdict
from app.moderation.record.timeline import timeline
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import entries, mails, state
from tests.moderation.decisions.conftest import marks, to_announce

Decide = Callable[..., Decision]


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
    assert to_announce(session, cast, together) == [Kept(TrackCode.JURIST, verdict, 1)]
    assert releasing.release(session, cast.actor("organiser"), together.id) == 1
    assert to_announce(session, cast, together) == []
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
    assert [each.track for each in to_announce(session, cast, together)] == ["digital_actor"]
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
    assert [each.number for each in to_announce(session, cast, together)] == []
    assert len(releasing.due(session)) == 1


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


def test_what_was_kept_is_found_when_decisions_are_no_longer_kept(
    browser: Callable[..., Browser], db: Session, kept: Contribution
) -> None:
    db.get_one(Edition, kept.edition_id).decides_together = False
    db.commit()
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/editions/standing/")
    [link] = organiser.tree.xpath("//main//a[.='Decisions to announce']/@href")
    assert "At present, authors of this edition are told" in organiser.get(link).text
    assert organiser.tree.xpath("//main//form")


def test_announcing_those_of_no_track_announces_none(
    browser: Callable[..., Browser], db: Session, kept: Contribution
) -> None:
    organiser = browser("organiser@example.org")
    organiser.get("/en/organise/editions/standing/decisions")
    assert organiser.submit({"track": "nobody"}).status_code == 400
    assert db.scalars(select(DecisionMark)).all() == []


def test_organiser_s_own_essay_is_shown_to_them_among_their_own_only(
    browser: Callable[..., Browser], db: Session, people: Cast
) -> None:
    edition = make_edition(db)
    edition.decides_together = True
    own = make_contribution(db, people.organiser, edition=edition)
    said: dict[str, Any] = {"reasons": [Reason.OFF_TOPIC], "words": "Hors sujet."}
    decision = claim_and_decide(db, people.actor("moderator"), own.id, Verdict.REJECT, **said)
    db.commit()
    organiser = browser("organiser@example.org")
    for tail in ("", "record"):
        page = organiser.get(f"/en/organise/contributions/{own.id}/{tail}")
        assert page.status_code == 403
        assert "another organiser has to do this" in page.text
    page = organiser.get(f"/en/my/contributions/{own.id}/")
    assert page.status_code == 200
    assert "Hors sujet." not in page.text
    # Nor whether there is such a decision.
    for id in (decision.id, 999_999):
        address = f"/en/organise/contributions/{own.id}/decisions/{id}/undo"
        assert organiser.get(address).status_code == 403


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
