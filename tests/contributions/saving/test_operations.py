"""Saves of a draft: their versions, conflicts, what is kept and what is let go of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions import operations
from app.contributions.essay import EssayInput
from app.contributions.models import Contribution, Draft, DraftSave, TitleWords
from app.contributions.moves import move
from app.contributions.saving import operations as saving
from app.contributions.states import State
from app.core.audit import AuditAction
from app.core.db import begin_write
from app.core.errors import Conflict, DomainError, NotFound, Several
from app.core.policy import NOBODY, SYSTEM
from tests.factories import Cast, make_contribution, make_edition, make_essay


@pytest.fixture
def draft(session: Session, cast: Cast) -> Contribution:
    """A draft of the author's, saved once (version 2)."""
    made = make_contribution(session, cast.author, edition=make_edition(session), state=State.DRAFT)
    session.commit()
    return made


def saves(session: Session, draft: Contribution) -> list[DraftSave]:
    found = select(DraftSave).where(DraftSave.contribution_id == draft.id).order_by(DraftSave.id)
    return list(session.scalars(found))


def save(session: Session, cast: Cast, draft: Contribution, body: str, **more: Any) -> Draft:
    present = session.get_one(Draft, draft.id).version
    essay = make_essay(body=body)
    more = {"seen_version": present, "as_typed": True} | more
    return saving.save_draft(session, cast.author.actor, draft.id, essay, **more)


def test_save_keeps_every_version_from_the_first(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    save(session, cast, draft, "Trois.", page="abc")
    kept = saves(session, draft)
    assert [(each.version, each.page, each.is_aside) for each in kept] == [
        (1, "", False),
        (2, "", False),
        (3, "abc", False),
    ]
    assert saving.essay_of(kept[2].content).body == "Trois."
    assert (kept[2].characters, kept[2].account_id) == (6, cast.author.id)
    base = saving.base_of(session, draft.id, 2)
    assert base is not None
    assert base == saving.essay_of(kept[1].content)


def test_what_was_handed_in_is_known_by_that_until_the_next_revision(
    session: Session, cast: Cast
) -> None:
    """Its language is the lane of its moderators, and its title what organisers find it by."""
    it = make_contribution(
        session, cast.author, edition=make_edition(session), state=State.CHANGES_REQUESTED
    )
    draft = session.get_one(Draft, it.id)
    essay = make_essay("ar", title="Noch geheim", question_id=it.question_id)
    saving.save_draft(session, cast.author.actor, it.id, essay, seen_version=draft.version)
    assert (draft.title, draft.language) == ("Noch geheim", "ar")
    assert (it.title, it.language) == ("De la paix", "fr")
    assert session.get_one(TitleWords, it.id).words == "de la paix"
    operations.submit(session, cast.author.actor, it.id)
    assert (it.title, it.language) == ("Noch geheim", "ar")


def test_save_of_what_is_saved_changes_nothing(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    before = save(session, cast, draft, "Même.").saved_at
    again = save(session, cast, draft, "Même.")
    assert (again.version, again.saved_at) == (3, before)
    assert save(session, cast, draft, "Même.", seen_version=1).version == 3
    assert len(saves(session, draft)) == 3


def test_save_over_a_newer_one_is_a_conflict_and_can_be_put_aside(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    save(session, cast, draft, "Un autre onglet.")
    with pytest.raises(Conflict) as refused:
        save(session, cast, draft, "Le mien.", seen_version=2)
    assert (refused.value.code, refused.value.data) == ("draft.changed_elsewhere", {"version": 3})
    actor = cast.author.actor
    for body in ("Le mien.", "Le mien, plus long."):
        essay = make_essay(body=body)
        saving.put_aside(session, actor, draft.id, essay, seen_version=2, page="p")
    asides = [each for each in saves(session, draft) if each.is_aside]
    assert [each.content["body"] for each in asides] == ["Le mien, plus long."]
    assert session.get_one(Draft, draft.id).body == "Un autre onglet."


def test_save_goes_on_from_a_page_whose_answer_was_lost(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    save(session, cast, draft, "Parti", page="mine", seen_version=2)
    assert save(session, cast, draft, "Partir", page="mine", seen_version=2).version == 4
    with pytest.raises(Conflict):
        save(session, cast, draft, "Venir", page="another", seen_version=2)
    with pytest.raises(Conflict):
        save(session, cast, draft, "Partir ?", seen_version=2)
    save(session, cast, draft, "Quelqu’un d’autre.", page="another")
    with pytest.raises(Conflict):
        save(session, cast, draft, "Partir !", page="mine", seen_version=4)


def test_save_of_two_at_once_takes_one_and_shows_it_to_the_other(
    sessions: sessionmaker[Session], session: Session, cast: Cast, draft: Contribution
) -> None:
    actor, draft_id = cast.author.actor, draft.id
    session.rollback()

    def write(body: str) -> str:
        essay = make_essay(body=body)
        with sessions() as own:
            begin_write(own)
            try:
                saving.save_draft(
                    own, actor, draft_id, essay, seen_version=2, page=body, as_typed=True
                )
                own.commit()
            except Conflict as error:
                begin_write(own)
                saving.put_aside(own, actor, draft_id, essay, seen_version=2, page=body)
                own.commit()
                return error.code
            return "saved"

    bodies = [f"Texte {number}" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(write, bodies))
    assert sorted(said) == ["draft.changed_elsewhere"] * 5 + ["saved"]
    stored = session.get_one(Draft, draft_id, populate_existing=True)
    assert (stored.version, stored.body) == (3, bodies[said.index("saved")])
    kept = {each.content["body"] for each in saves(session, draft)}
    assert kept >= {*bodies}


def test_save_by_strangers_and_after_submission_is_refused(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    number = saves(session, draft)[0].id
    acts: list[Callable[[Any], Any]] = [
        lambda actor: saving.save_draft(session, actor, draft.id, make_essay(), seen_version=2),
        lambda actor: saving.put_aside(session, actor, draft.id, make_essay(), seen_version=1),
        lambda actor: saving.take_back(session, actor, draft.id, number),
    ]
    for act in acts:
        for actor in (cast.stranger.actor, cast.organiser.actor, NOBODY):
            with pytest.raises(NotFound):
                act(actor)
    operations.submit(session, cast.author.actor, draft.id)
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act(cast.author.actor)
        assert refused.value.code == "contribution.moved_on"


def test_put_aside_refuses_what_is_no_text(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    essay = make_essay(body="a\x00b")
    with pytest.raises(Several):
        saving.put_aside(session, cast.author.actor, draft.id, essay, seen_version=1)


def test_put_aside_keeps_the_newest_twenty(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    for version in range(100, 100 + saving.MOST_ASIDES + 5):
        essay = make_essay(body=str(version))
        saving.put_aside(session, cast.author.actor, draft.id, essay, seen_version=version)
    asides = [each.version for each in saves(session, draft) if each.is_aside]
    assert asides == list(range(105, 105 + saving.MOST_ASIDES))


def test_take_back_makes_an_earlier_version_the_present_one(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    was = session.get_one(Draft, draft.id).body
    save(session, cast, draft, "Tout effacé.")
    earlier = saves(session, draft)[1]
    back = saving.take_back(session, cast.author.actor, draft.id, earlier.id)
    assert (back.version, back.body) == (4, was)
    assert "Tout effacé." in {each.content["body"] for each in saves(session, draft)}


def test_take_back_leaves_the_answers_of_an_earlier_round_where_they_are(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    author, now = cast.author.actor, {"note": "Merci.", "answers": ["Fait."]}
    before = replace(EssayInput.of(session.get_one(Draft, draft.id)), answers=("Hier.",))
    version = session.get_one(Draft, draft.id).version
    saving.save_draft(session, author, draft.id, before, seen_version=version)
    earlier = saves(session, draft)[-1]
    operations.submit(session, author, draft.id)
    move(session, SYSTEM, draft, State.CHANGES_REQUESTED, AuditAction.CONTRIBUTION_DECIDED)
    present = session.get_one(Draft, draft.id)
    answering = replace(make_essay(), note="Merci.", answers=("Fait.",))
    saving.save_draft(session, author, draft.id, answering, seen_version=present.version)
    of_this_round = saves(session, draft)[-1]
    emptied = replace(make_essay(), body="Vide.")
    saving.save_draft(session, author, draft.id, emptied, seen_version=present.version)

    back = saving.take_back(session, author, draft.id, of_this_round.id)
    assert (back.note, back.answers) == (now["note"], now["answers"])
    back = saving.take_back(session, author, draft.id, earlier.id)
    assert back.body == before.body
    assert (back.note, back.answers) == (now["note"], now["answers"])


def test_a_part_that_says_what_is_saved_makes_no_version(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    author, present = cast.author.actor, session.get_one(Draft, draft.id)
    seen = present.version
    for _ in range(2):  # the closing save of a page, and the same once more
        kept = saving.save_texts(
            session, author, draft.id, {"body": "Deux."}, seen_version=seen, page="p"
        )
    assert (kept.body, kept.version) == ("Deux.", seen + 1)
    texts = {"body": "Deux."}
    with pytest.raises(Conflict):  # the rest of that page is not known to be the draft's
        saving.save_texts(session, author, draft.id, texts, seen_version=seen, page="q")


def test_take_back_leaves_out_what_is_gone(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    earlier = saves(session, draft)[0]
    earlier.content = earlier.content | {"question_id": 9_999, "responds_to_id": 9_999}
    back = saving.take_back(session, cast.author.actor, draft.id, earlier.id)
    assert (back.question_id, back.responds_to_id) == (None, None)


def test_take_back_of_another_contributions_save_is_refused(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    edition = make_edition(session, slug="other", prefix="O")
    other = make_contribution(session, cast.stranger, edition=edition, state=State.DRAFT)
    with pytest.raises(NotFound):
        saving.take_back(session, cast.author.actor, draft.id, saves(session, other)[0].id)


def test_essay_of_a_save_from_before_a_field_existed_is_empty_there(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    content = saves(session, draft)[1].content
    old = {name: value for name, value in content.items() if name != "previously_published"}
    assert saving.essay_of(old).previously_published == ""


def test_thin_keeps_the_newest_then_one_an_hour_then_one_a_day(
    session: Session, cast: Cast, draft: Contribution, at: Callable[[Any], None]
) -> None:
    now = datetime(2017, 3, 9, 12, 0, tzinfo=UTC)
    moments = [
        *(now - timedelta(days=5, minutes=7 * step) for step in range(20)),
        *(now - timedelta(hours=10, minutes=10 * step) for step in range(30)),
        *(now - timedelta(seconds=10 * step) for step in range(saving.NEWEST)),
    ]
    first, second = saves(session, draft)
    first.saved_at = second.saved_at = now - timedelta(days=9)
    for version, moment in enumerate(sorted(moments), 3):
        at(moment)
        save(session, cast, draft, f"Version {version}")
    at(now)
    saving.thin(session, draft.id)
    kept = saves(session, draft)
    ages = [now - each.saved_at for each in kept]
    assert sum(age < timedelta(hours=1) for age in ages) == saving.NEWEST
    assert sum(timedelta(hours=1) < age < timedelta(days=2) for age in ages) == 6
    assert sum(timedelta(days=2) < age < timedelta(days=8) for age in ages) == 1
    assert kept[0].id == first.id
    base = saving.base_of(session, draft.id, 5)
    assert base is not None
    assert base.body == second.content["body"]


@pytest.mark.parametrize("path", [[State.ACCEPTED, State.PUBLISHED], [State.REJECTED]])
def test_saves_are_let_go_of_when_nobody_will_write_on(
    session: Session, cast: Cast, draft: Contribution, path: list[State]
) -> None:
    operations.submit(session, cast.author.actor, draft.id)
    assert len(saves(session, draft)) == 2
    draft.published_revision_id = draft.revision_id
    for state in path:
        move(session, SYSTEM, draft, state, AuditAction.CONTRIBUTION_DECIDED)
    session.flush()
    assert saves(session, draft) == []


def test_saves_are_discarded_with_their_draft(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    operations.discard(session, cast.author.actor, draft.id)
    session.flush()
    assert session.scalars(select(DraftSave)).all() == []


def test_every_refusal_of_a_save_has_a_code(session: Session, cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        saving.save_draft(session, cast.author.actor, 9_999, make_essay(), seen_version=1)
    assert refused.value.code == "contribution.unknown"


def test_save_as_typed_leaves_the_markup_to_a_deliberate_one(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    assert save(session, cast, draft, "__Fort__ et\nlong.").body == "__Fort__ et\nlong."
    deliberate = save(session, cast, draft, "__Fort__ et\nlong.", as_typed=False)
    assert deliberate.body.startswith("**Fort**")
