"""A kept decision is taken back to be made anew before anybody is told."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, NotFound
from app.editions.models import Edition, Track
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import claim
from app.moderation.decisions import releasing, undoing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.queries import history
from app.moderation.decisions.seconding import second
from app.moderation.decisions.verdicts import Verdict
from tests.factories import Cast, make_contribution
from tests.http import Browser, Open
from tests.moderation.conftest import mails, state
from tests.moderation.desk import messages, page_of

Decide = Callable[..., Decision]


def test_rework_marks_the_decision_and_gives_the_essay_back_in_hand(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    made = decide("moderator", essay, Verdict.REJECT)
    undoing.rework(session, cast.actor("moderator"), made.id, "Trop dur.")
    assert state(session, essay) == State.SUBMITTED
    assert session.get_one(Claim, essay.id).moderator_id == cast.moderator.id
    [kept] = history(session, essay.id)
    assert (kept.undone_by_id, kept.undone_words) == (cast.moderator.id, "Trop dur.")
    assert (kept.was_kept, kept.is_kept) == (True, False)
    assert mails(session) == []
    with pytest.raises(Conflict, match="not_kept"):
        undoing.rework(session, cast.actor("moderator"), made.id, "Encore.")


@pytest.mark.parametrize(
    "name", ["other_moderator", "author", "stranger", "organiser", "administrator"]
)
def test_rework_is_not_for(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    name: str,
) -> None:
    """Other moderators, and who doesn't moderate: what organisers undo, a moderator decides."""
    made = decide("moderator", essay, Verdict.REJECT)
    with pytest.raises(NotFound):
        undoing.rework(session, cast.actor(name), made.id, "Non.")


def test_rework_of_what_is_announced_is_refused(
    session: Session, cast: Cast, together: Edition, essay: Contribution, decide: Decide
) -> None:
    made = decide("moderator", essay, Verdict.REJECT)
    releasing.release(session, cast.actor("organiser"), together.id)
    releasing.carry_out_released(session, made.id)
    with pytest.raises(Conflict, match="not_kept"):
        undoing.rework(session, cast.actor("moderator"), made.id, "Non.")


def test_rework_of_a_rejection_that_was_seconded_and_kept(
    session: Session,
    cast: Cast,
    careful: Track,
    together: Edition,
    essay: Contribution,
    decide: Decide,
) -> None:
    """Its standing is still that of a proposal; the second opinion is a mark."""
    made = decide("moderator", essay, Verdict.REJECT)
    with pytest.raises(Conflict, match="not_kept"):
        undoing.rework(session, cast.actor("moderator"), made.id, "Trop dur.")
    [proposed] = history(session, essay.id)
    assert (proposed.was_kept, proposed.is_kept) == (False, False)
    claim(session, cast.actor("other_moderator"), essay.id)
    second(session, cast.actor("other_moderator"), essay.id, made.id)
    [kept] = history(session, essay.id)
    assert (kept.was_kept, kept.is_kept) == (True, True)
    undoing.rework(session, cast.actor("moderator"), made.id, "Trop dur.")
    assert state(session, essay) == State.SUBMITTED
    assert session.get_one(Claim, essay.id).moderator_id == cast.moderator.id
    [kept] = history(session, essay.id)
    assert (kept.was_kept, kept.is_kept) == (True, False)


def test_a_kept_decision_is_changed_before_it_is_announced(
    db: Session, people: Cast, standing: Edition, moderator: Browser, browser: Open
) -> None:
    standing.decides_together = True
    essay = make_contribution(db, people.author, edition=standing)
    db.commit()
    first = {
        "verdict": "changes",
        "reasons": ["sources"],
        "points": "Citez.\nDatez.",
        "words": "Presque.",
        "words_language": "fr",
    }
    moderator.get(page_of(essay))
    moderator.submit({}, form="/claim", follow_redirects=True)
    moderator.submit(first, form="#decision")
    moderator.get(page_of(essay))
    [change] = moderator.tree.xpath("//a[.='Change or undo the decision']/@href")
    moderator.get(change)
    assert moderator.submit({"again": "1"}).status_code == 422
    moderator.get(change)
    back = moderator.submit({"again": "1", "words": "Trop doux."}, follow_redirects=True)
    assert back.status_code == 200
    assert "The decision has been taken back, and you have the essay in hand." in messages(
        moderator
    )
    assert "Below stands what the decision said" in messages(moderator)
    [form] = moderator.tree.xpath("//form[contains(@action, '#decision')]")
    shown = {name: value.removeprefix("\n") for name, value in form.form_values()}
    assert {name: shown[name] for name in ("verdict", "reasons", "words", "words_language")} == {
        "verdict": "changes",
        "reasons": "sources",
        "words": "Presque.",
        "words_language": "fr",
    }
    assert shown["points"].split() == ["Citez.", "Datez."]
    # To a colleague nothing is put into their mouth.
    other = browser("other.moderator@example.org")
    other.get(page_of(essay))
    assert "Below stands" not in messages(other)
    moderator.get(page_of(essay))
    moderator.submit({"verdict": "reject", "points": ""}, form="#decision")
    db.rollback()
    made = history(db, essay.id)
    assert [(each.verdict, each.words, each.is_kept) for each in made] == [
        ("changes", "Presque.", False),
        ("reject", "Presque.", True),
    ]
