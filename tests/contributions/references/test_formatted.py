"""References are formatted before a transaction needs them, never inside one."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.contributions import publishing
from app.contributions.models import Contribution, Draft, Revision
from app.contributions.operations import submit
from app.contributions.references import operations as references
from app.contributions.references.formatted import Formatted
from app.contributions.states import State
from app.core.errors import Conflict
from app.documents.references.items import Item
from app.moderation.organising import operations as organising
from tests.contributions.references.samples import BOOK, CASE, hand_in
from tests.factories import Cast, make_contribution, make_edition, make_essay
from tests.http import Browser

_LISTENERS: list[Callable[[str, tuple[Any, ...]], None]] = []
sys.addaudithook(lambda event, data: [each(event, data) for each in _LISTENERS] and None)


@pytest.fixture
def free(settings: Settings) -> Iterator[list[bool]]:
    """Of each pandoc that has been started: whether somebody else could write meanwhile."""
    seen: list[bool] = []

    def listen(event: str, data: tuple[Any, ...]) -> None:
        if event != "subprocess.Popen" or "--citeproc" not in data[1]:
            return
        with closing(sqlite3.connect(settings.data_dir / "app.db", timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                seen.append(False)
            else:
                seen.append(True)

    _LISTENERS.append(listen)
    yield seen
    _LISTENERS.remove(listen)


@pytest.fixture
def draft(session: Session, cast: Cast) -> Contribution:
    edition = make_edition(session)
    return make_contribution(session, cast.author, edition=edition, state=State.DRAFT)


@pytest.mark.parametrize(
    "other",
    [
        Formatted(),
        Formatted((BOOK,), "fr", "jurist", "- Other\n"),
        Formatted((CASE,), "ar", "jurist", "- Other\n"),
        Formatted((CASE,), "fr", "digital_actor", "- Other\n"),
    ],
)
def test_submit_refuses_a_list_that_was_made_of_something_else(
    session: Session, cast: Cast, draft: Contribution, other: Formatted
) -> None:
    references.add(session, cast.author.actor, draft.id, [CASE])

    with pytest.raises(Conflict, match=r"references\.changed"):
        submit(session, cast.author.actor, draft.id, references=other)
    assert draft.state == State.DRAFT


def published(session: Session, people: Cast, draft: Contribution, items: list[Item]) -> None:
    references.add(session, people.author.actor, draft.id, items)
    hand_in(session, people.author.actor, draft)
    draft.state = State.ACCEPTED.value
    publishing.publish(session, people.organiser.actor, draft)


def test_correct_refuses_references_that_another_correction_has_changed(
    session: Session, cast: Cast, draft: Contribution
) -> None:
    published(session, cast, draft, [CASE])
    seen = Formatted.of([CASE], "fr", draft.track)
    organiser, essay = cast.organiser.actor, make_essay()
    organising.correct(
        session,
        organiser,
        draft.id,
        essay,
        note="A book",
        bibliography=[BOOK],
        references=Formatted.of([BOOK], "fr", draft.track),
    )

    with pytest.raises(Conflict, match=r"references\.changed"):
        organising.correct(session, organiser, draft.id, essay, note="A slip", references=seen)


def test_nobody_waits_for_pandoc_when_an_essay_is_handed_in_and_corrected(
    db: Session, people: Cast, browser: Callable[..., Browser], free: list[bool]
) -> None:
    draft = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
    references.add(db, people.author.actor, draft.id, [CASE])
    db.commit()
    author, organiser = browser(people.author.email), browser(people.organiser.email)
    author.get(f"/fr/my/contributions/{draft.id}/edit")
    assert author.submit({"action": "submit"}, form="edit").status_code == 303
    db.refresh(draft)
    revision = db.get_one(Revision, draft.revision_id)
    assert revision.reference_list == "- *Corfu Channel* (ICJ).\n"

    draft.state = State.ACCEPTED.value
    publishing.publish(db, people.organiser.actor, draft)
    db.commit()
    organiser.get(f"/fr/organise/contributions/{draft.id}/correct")
    fields = {"note": "Une faute", "language": "en", "action": "save"}
    assert organiser.submit(fields, form="correct").status_code == 303
    path = f"/fr/organise/contributions/{draft.id}/correct/references"
    text = organiser.get(path) and organiser.tree.xpath("//textarea[@name='text']/text()")[0]
    changed = {"note": "Une autre", "text": text.replace("Corfu", "Corfou")}
    assert organiser.submit(changed).status_code == 303
    assert free == [True, True, True]


def test_an_author_is_told_where_references_change_on_the_way(
    db: Session,
    people: Cast,
    browser: Callable[..., Browser],
    free: list[bool],
    settings: Settings,
) -> None:
    draft = make_contribution(db, people.author, edition=make_edition(db), state=State.DRAFT)
    references.add(db, people.author.actor, draft.id, [CASE])
    draft_id = draft.id
    db.commit()
    author = browser(people.author.email)
    author.get(f"/en/my/contributions/{draft_id}/edit")

    def add(event: str, data: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and "--citeproc" in data[1]:
            _LISTENERS.remove(add)
            references.add(db, people.author.actor, draft_id, [BOOK])
            db.commit()

    _LISTENERS.append(add)
    answer = author.submit({"action": "submit"}, form="edit", follow_redirects=True)
    assert "The references have been changed meanwhile" in answer.text
    assert "Norms" in answer.text
    db.rollback()
    assert db.get_one(Contribution, draft_id, populate_existing=True).state == State.DRAFT
    assert len(db.get_one(Draft, draft_id, populate_existing=True).bibliography) == 2
