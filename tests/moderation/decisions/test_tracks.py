"""Duplicates, and essays that belong in the other track, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations as writing
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.references.formatted import Formatted
from app.contributions.states import State
from app.core.errors import Conflict, DomainError, Invalid, NotFound, Several
from app.core.outbox import OutboxMail
from app.core.policy import NOBODY, TrackCode
from app.editions.models import Edition, Question
from app.moderation.decisions import tracks
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.queries import decisions_for_author, proposed_track
from app.moderation.decisions.verdicts import LEADS_TO, Verdict
from app.moderation.queue.queries import waiting_ids
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conftest import entries, mails, state

Decide = Callable[..., Decision]
ACTIONS: dict[str, Callable[[Session, Any, int], object]] = {
    "move": tracks.move_to_track,
    "keep": lambda session, actor, id: tracks.keep_in_track(session, actor, id, words="J’y tiens."),
}


@pytest.fixture
def proposed(essay: Contribution, decide: Decide) -> Contribution:
    """The author's, which a moderator would see in the other track."""
    decide("moderator", essay, Verdict.WRONG_TRACK)
    return essay


# Duplicates


def test_decide_duplicate_names_what_it_repeats(
    session: Session, cast: Cast, edition: Edition, essay: Contribution, decide: Decide
) -> None:
    first = make_contribution(session, cast.author, edition=edition)
    decision = decide("moderator", essay, Verdict.DUPLICATE, duplicate_of=" s-j-002 ")
    assert (decision.duplicate_of_id, decision.reasons) == (first.id, ["duplicate"])
    assert state(session, essay) is State.REJECTED
    [mail] = mails(session)
    assert mail.data["duplicate_of"] == "S-J-002"
    [told] = decisions_for_author(session, essay.id)
    assert told.duplicate_of == "S-J-002"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "decision.duplicate_needed"),
        ("S-J-001", "decision.duplicate_unknown"),  # itself
        ("S-J-404", "decision.duplicate_unknown"),
    ],
)
def test_decide_duplicate_of_nothing_is_refused(
    session: Session, essay: Contribution, decide: Decide, number: str, code: str
) -> None:
    with pytest.raises(Several) as refused:
        decide("moderator", essay, Verdict.DUPLICATE, duplicate_of=number)
    assert [(each.field, each.code) for each in refused.value.errors] == [("duplicate_of", code)]
    assert state(session, essay) is State.SUBMITTED


# The other track


def test_move_gives_a_number_of_the_other_track_and_keeps_the_former(
    session: Session, cast: Cast, edition: Edition, proposed: Contribution
) -> None:
    make_contribution(session, cast.author, edition=edition, track=TrackCode.DIGITAL_ACTOR)
    assert proposed_track(session, proposed) is TrackCode.DIGITAL_ACTOR
    revision = tracks.move_to_track(session, cast.actor("author"), proposed.id)
    assert state(session, proposed) is State.SUBMITTED
    assert (proposed.track, proposed.number) == ("digital_actor", "S-D-002")
    assert (proposed.former_number, revision.number) == ("S-J-001", 2)
    assert proposed.id in waiting_ids(session, cast.actor("moderator"), limit=9)
    assert proposed.id not in waiting_ids(session, cast.actor("jurist_moderator"), limit=9)
    [entry] = entries(session, proposed, "contribution:moved")
    assert (entry["track"], entry["former_track"]) == ("digital_actor", "jurist")
    newest = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)
    mail = session.scalars(newest).one()
    assert (mail.kind, mail.data["number"]) == ("receipt", "S-D-002")


def test_move_leaves_its_former_number_to_nobody(
    session: Session, cast: Cast, edition: Edition, proposed: Contribution
) -> None:
    tracks.move_to_track(session, cast.actor("author"), proposed.id)
    assert make_contribution(session, cast.author, edition=edition).number == "S-J-002"


def test_move_back_gives_a_third_number(
    session: Session, cast: Cast, edition: Edition, proposed: Contribution, decide: Decide
) -> None:
    tracks.move_to_track(session, cast.actor("author"), proposed.id)
    decide("moderator", proposed, Verdict.WRONG_TRACK, revision_seen=2)
    tracks.move_to_track(session, cast.actor("author"), proposed.id)
    assert (proposed.number, proposed.former_number) == ("S-J-002", "S-D-001")
    moved = make_contribution(session, cast.author, edition=edition, track=TrackCode.DIGITAL_ACTOR)
    assert moved.number == "S-D-002"


def test_move_drops_a_question_the_other_track_is_not_asked(
    session: Session, cast: Cast, proposed: Contribution
) -> None:
    question = session.get_one(Question, proposed.question_id)
    theme = proposed.theme_id
    question.tracks = ["jurist"]
    tracks.move_to_track(session, cast.actor("author"), proposed.id)
    assert (proposed.question_id, proposed.theme_id) == (None, theme)


def test_move_needs_the_references_as_the_other_track_lists_them(
    session: Session, cast: Cast, edition: Edition, decide: Decide
) -> None:
    item = {"id": "a", "type": "book", "title": "De la paix"}
    contribution = make_contribution(session, cast.author, edition=edition, state=State.DRAFT)
    session.get_one(Draft, contribution.id).bibliography = [item]
    listed = Formatted((item,), "fr", "jurist", "- as jurists do")
    writing.submit(session, cast.actor("author"), contribution.id, references=listed)
    decide("moderator", contribution, Verdict.WRONG_TRACK)
    author = cast.actor("author")
    with pytest.raises(Conflict, match=r"references\.changed"), session.begin_nested():
        tracks.move_to_track(session, author, contribution.id)
    other = replace(listed, track="digital_actor", text="- as others do")
    revision = tracks.move_to_track(session, author, contribution.id, references=other)
    assert revision.reference_list == "- as others do"


def test_keep_puts_it_back_with_the_author_s_words(
    session: Session, cast: Cast, proposed: Contribution
) -> None:
    revision = tracks.keep_in_track(
        session, cast.actor("author"), proposed.id, words="  C’est du droit. "
    )
    assert state(session, proposed) is State.SUBMITTED
    assert (proposed.track, proposed.number, proposed.former_number) == ("jurist", "S-J-001", None)
    assert (revision.number, revision.note) == (2, "C’est du droit.")
    first = session.scalars(select(Revision).where(Revision.number == 1)).one()
    assert (revision.body, revision.authors) == (first.body, first.authors)
    assert proposed_track(session, proposed) is None


@pytest.mark.parametrize(("words", "code"), [(" \n", "required"), ("a" * 2_001, "text.too_long")])
def test_keep_without_fit_words_is_refused(
    session: Session, cast: Cast, proposed: Contribution, words: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tracks.keep_in_track(session, cast.actor("author"), proposed.id, words=words)
    assert (refused.value.code, refused.value.field) == (code, "words")
    assert state(session, proposed) is State.CHANGES_REQUESTED


@pytest.mark.parametrize("action", ACTIONS)
def test_answer_twice_is_refused(
    session: Session, cast: Cast, proposed: Contribution, action: str
) -> None:
    ACTIONS[action](session, cast.actor("author"), proposed.id)
    with pytest.raises(Conflict, match=r"contribution\.moved_on"):
        ACTIONS[action](session, cast.actor("author"), proposed.id)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("at_state", list(State))
def test_answer_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, at_state: State, action: str
) -> None:
    contribution = make_contribution(session, cast.author, edition=edition, state=at_state)
    people = {name: cast.actor(name) for name in vars(cast) if name != "author"}
    for actor in (*people.values(), NOBODY):
        with pytest.raises(NotFound):
            ACTIONS[action](session, actor, contribution.id)
    with pytest.raises(Conflict):
        ACTIONS[action](session, cast.actor("author"), contribution.id)
    assert state(session, contribution) is at_state


@pytest.mark.parametrize("action", ACTIONS)
def test_answer_by_others_is_refused(
    session: Session, cast: Cast, proposed: Contribution, action: str
) -> None:
    for name in vars(cast):
        if name == "author":
            continue
        with pytest.raises(DomainError) as refused:
            ACTIONS[action](session, cast.actor(name), proposed.id)
        assert refused.value.code == "contribution.unknown"


@pytest.mark.parametrize("verdict", [each for each in Verdict if each is not Verdict.WRONG_TRACK])
def test_no_other_verdict_proposes_a_track(
    session: Session, essay: Contribution, decide: Decide, verdict: Verdict
) -> None:
    decide("moderator", essay, verdict)
    assert proposed_track(session, essay) is None
    assert LEADS_TO[verdict]


# Over HTTP


@pytest.fixture
def asked(db: Session, people: Cast) -> Contribution:
    contribution = make_contribution(db, people.author, edition=make_edition(db))
    claim_and_decide(db, people.actor("moderator"), contribution.id, Verdict.WRONG_TRACK)
    db.commit()
    return contribution


def test_author_moves_it_from_its_page(
    db: Session, browser: Callable[..., Browser], asked: Contribution
) -> None:
    author = browser("author@example.org")
    own = f"/en/my/contributions/{asked.id}/"
    assert f"{own}track" in author.get(own).text
    author.get(f"{own}track")
    assert author.submit({"move": "1"}).status_code == 303
    db.rollback()
    db.refresh(asked)
    assert (asked.number, asked.state) == ("S-D-001", "submitted")
    assert author.get(f"{own}track").status_code == 303


def test_author_keeps_it_with_words(
    db: Session, browser: Callable[..., Browser], asked: Contribution
) -> None:
    author = browser("author@example.org")
    author.get(f"/en/my/contributions/{asked.id}/track")
    assert author.submit({"stay": "1", "words": " "}).status_code == 422
    assert author.submit({"stay": "1", "words": "C’est du droit."}).status_code == 303
    db.rollback()
    db.refresh(asked)
    assert (asked.number, asked.state) == ("S-J-001", "submitted")
    moderator = browser("moderator@example.org")
    assert "C’est du droit." in moderator.get(f"/en/moderation/{asked.id}/").text


@pytest.mark.parametrize("name", ["stranger", "moderator", "organiser", "administrator"])
def test_answer_by_a_stranger_over_http_is_not_found(
    db: Session, browser: Callable[..., Browser], asked: Contribution, name: str
) -> None:
    stranger = browser(f"{name}@example.org")
    address = f"/en/my/contributions/{asked.id}/track"
    assert stranger.get(address).status_code == 404
    for fields in ({"move": "1"}, {"stay": "1", "words": "x"}):
        assert stranger.post(address, fields).status_code == 404
    db.rollback()
    db.refresh(asked)
    assert asked.state == "changes_requested"
