"""A kept decision is taken back to be made anew before anybody is told."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import Conflict, NotFound
from app.editions.models import Edition, Track
from app.moderation.claims.models import Claim
from app.moderation.claims.operations import claim
from app.moderation.decisions import releasing, undoing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import claim_and_decide
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
    assert not kept.is_kept
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
    assert not proposed.is_kept
    claim(session, cast.actor("other_moderator"), essay.id)
    second(session, cast.actor("other_moderator"), essay.id, made.id)
    [kept] = history(session, essay.id)
    assert kept.is_kept
    undoing.rework(session, cast.actor("moderator"), made.id, "Trop dur.")
    assert state(session, essay) == State.SUBMITTED
    assert session.get_one(Claim, essay.id).moderator_id == cast.moderator.id
    [kept] = history(session, essay.id)
    assert not kept.is_kept


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.CHANGES])
def test_rework_of_a_proposal_that_was_decided_in_other_words_is_refused(
    session: Session,
    cast: Cast,
    careful: Track,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    verdict: Verdict,
) -> None:
    """Agreed with or not: what the second moderator wrote is what is kept."""
    proposed = decide("moderator", essay, Verdict.REJECT)
    decide("other_moderator", essay, verdict, words="En d'autres mots.")
    assert [each.is_kept for each in history(session, essay.id)] == [False, True]
    with pytest.raises(Conflict, match="superseded"):
        undoing.rework(session, cast.actor("moderator"), proposed.id, "Trop dur.")
    assert state(session, essay) == State.DECIDED


@pytest.mark.parametrize(
    ("verdict", "said"), [("reject", "agreed to it."), ("changes", "decided otherwise.")]
)
def test_who_proposed_is_told_that_it_was_decided_in_other_words(
    db: Session, people: Cast, standing: Edition, browser: Open, verdict: str, said: str
) -> None:
    standing.decides_together = True
    for track in db.scalars(select(Track)):
        track.wants_second_opinion = True
    essay = make_contribution(db, people.author, edition=standing)
    claim_and_decide(
        db, people.actor("moderator"), essay.id, Verdict.REJECT, reasons=["unclear"], words="Non."
    )
    db.commit()
    moderator = browser(people.moderator.email)
    moderator.get(page_of(essay))
    [take_back] = moderator.tree.xpath("//a[contains(@href, '/undo')]/@href")
    assert "Take it back and decide anew" not in moderator.get(take_back).text
    claim_and_decide(
        db,
        people.actor("other_moderator"),
        essay.id,
        Verdict(verdict),
        reasons=["sources"],
        words="Presque.",
    )
    db.commit()
    # The form was opened before.
    late = moderator.submit({"words": "Finalement"})
    assert late.status_code == 409
    assert "Another decision was made after this one." in late.text
    assert moderator.tree.xpath("string(//textarea[@readonly])") == "Finalement"
    page = moderator.get(take_back).text
    assert "Another decision was made after this one." in page
    assert said in page
    assert not moderator.tree.xpath("//form[.//textarea]")
    # Not announced is what is kept, and nothing else; new is what another decided.
    moderator.get(page_of(essay))
    badges = [
        [badge.text for badge in each.xpath(".//span[contains(@class, 'badge')]")]
        for each in moderator.tree.xpath("//h2[@id='history']/following-sibling::ol/li")
    ]
    assert badges == [[], ["New", "Not announced"]]


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
