"""References of a draft: what is done with them, on both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.contributions import publishing
from app.contributions.models import Contribution, Draft, PublishedText
from app.contributions.operations import submit
from app.contributions.references import operations as references
from app.contributions.states import State
from app.core.errors import Conflict, Invalid, NotFound
from app.core.policy import TrackCode
from app.documents.references.items import MOST, clean
from app.moderation.organising import operations as organising
from tests.contributions.references.samples import BOOK, CASE, WORDS, hand_in
from tests.factories import Cast, make_contribution, make_edition, make_essay


@pytest.fixture
def draft(session: Session, cast: Cast) -> Contribution:
    edition = make_edition(session)
    return make_contribution(session, cast.author, edition=edition, state=State.DRAFT)


def kept(session: Session, contribution: Contribution) -> list[str]:
    draft = session.get_one(Draft, contribution.id, populate_existing=True)
    return [item["id"] for item in draft.bibliography]


def test_add_puts_references_at_the_end_and_renames_a_taken_one(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    author = cast.author.actor
    references.add(session, author, draft.id, [BOOK, CASE])
    references.add(session, author, draft.id, [BOOK])

    assert kept(session, draft) == ["tikk", "corfu", "ref-3"]


def test_add_more_than_an_essay_may_have_is_refused(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    with pytest.raises(Invalid, match="too_many"):
        references.add(session, cast.author.actor, draft.id, [BOOK] * (MOST + 1))


def test_move_remove_change_and_sort(session: Session, cast: Cast, draft: Contribution) -> None:
    author = cast.author.actor
    references.add(session, author, draft.id, [BOOK, CASE])
    references.move(session, author, draft.id, "corfu", references.UP)
    assert kept(session, draft) == ["corfu", "tikk"]
    references.move(session, author, draft.id, "corfu", references.UP)
    references.move(session, author, draft.id, "corfu", references.DOWN)
    assert kept(session, draft) == ["tikk", "corfu"]
    references.change(session, author, draft.id, "tikk", clean({"title": "Changed"}))
    references.sort(session, author, draft.id)
    assert [item["title"] for item in session.get_one(Draft, draft.id).bibliography] == [
        "Changed",
        "Corfu Channel",
    ]
    references.remove(session, author, draft.id, "tikk")
    references.remove(session, author, draft.id, "tikk")
    assert kept(session, draft) == ["corfu"]
    with pytest.raises(NotFound):
        references.change(session, author, draft.id, "tikk", BOOK)


ACTS: list[Callable[..., None]] = [
    lambda *who: references.add(*who, [BOOK]),
    lambda *who: references.change(*who, "tikk", BOOK),
    lambda *who: references.move(*who, "tikk", references.UP),
    lambda *who: references.remove(*who, "tikk"),
    references.sort,
]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_changes_nothing(
    session: Session, cast: Cast, draft: Contribution, act: Callable[..., None]
) -> None:
    references.add(session, cast.author.actor, draft.id, [BOOK])

    with pytest.raises(NotFound):
        act(session, cast.stranger.actor, draft.id)
    assert kept(session, draft) == ["tikk"]


@pytest.mark.parametrize("act", ACTS)
def test_what_was_handed_in_changes_no_more(
    session: Session, cast: Cast, draft: Contribution, act: Callable[..., None]
) -> None:
    submit(session, cast.author.actor, draft.id)

    with pytest.raises(Conflict):
        act(session, cast.author.actor, draft.id)


@pytest.mark.parametrize(
    ("track", "shown"),
    [
        (TrackCode.JURIST, "*Corfu Channel* (ICJ)."),
        (TrackCode.DIGITAL_ACTOR, "ICJ. *Corfu Channel*."),
    ],
)
def test_submit_keeps_the_references_as_data_and_formatted_for_the_track(
    session: Session, cast: Cast, track: TrackCode, shown: str
) -> None:
    edition = make_edition(session)
    contribution = make_contribution(
        session, cast.author, edition=edition, state=State.DRAFT, track=track
    )
    references.add(session, cast.author.actor, contribution.id, [CASE])

    revision = hand_in(session, cast.author.actor, contribution)

    assert revision.bibliography == [CASE]
    assert revision.reference_list == f"- {shown}\n"


def test_publish_writes_them_as_clean_html_and_a_correction_keeps_them(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    references.add(session, cast.author.actor, draft.id, [CASE, WORDS])
    hand_in(session, cast.author.actor, draft)
    draft.state = State.ACCEPTED.value
    text = publishing.publish(session, cast.organiser.actor, draft)
    before = text.references_html

    assert "<em>Corfu Channel</em> (ICJ)." in before
    assert "<script" not in before
    assert '<a href="https://example.org/a" rel="noopener nofollow ugc">' in before
    corrected = replace(make_essay(title="Corrected"), question_id=draft.question_id)
    revision = organising.correct(
        session, cast.organiser.actor, draft.id, corrected, note="A slip."
    )
    assert revision.bibliography == [CASE, WORDS]
    assert session.get_one(PublishedText, text.id).references_html == before
