"""The editor's form, where what is sent is not what any browser sends."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.contributions.states import State
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser


@pytest.fixture
def editor(db: Session, people: Cast, browser: Callable[..., Browser]) -> tuple[Browser, str]:
    """The author, and the address of the editor of a draft with one author."""
    draft = make_contribution(
        db, people.author, edition=make_edition(db), state=State.DRAFT, language="fr"
    )
    db.commit()
    return browser("author@example.org"), f"/en/my/contributions/{draft.id}/edit"


@pytest.mark.parametrize("place", ["²", "٣", "9" * 20, "9" * 5000, "", "-1", "x"])
def test_an_author_at_no_place_is_left_out(editor: tuple[Browser, str], place: str) -> None:
    author, address = editor
    answer = author.post(
        address, {"authors-0-name": "Amina", f"authors-{place}-name": "Nobody", "action": "preview"}
    )
    assert answer.status_code == 200
    assert author.tree.xpath("//input[starts-with(@name, 'authors-')]/@value")[0] == "Amina"
    assert "Nobody" not in answer.text


@pytest.mark.parametrize("place", ["²", "٣", "9" * 5000, "", "-1", "1", "00"])
def test_to_remove_an_author_who_is_not_there_changes_nothing(
    editor: tuple[Browser, str], place: str
) -> None:
    author, address = editor
    author.post(address, {"authors-0-name": "Amina", "action": f"remove_author-{place}"})
    assert "Amina" in author.tree.xpath("//input[starts-with(@name, 'authors-')]/@value")


def test_an_author_is_removed_from_their_place(editor: tuple[Browser, str]) -> None:
    author, address = editor
    fields = {"authors-0-name": "Amina", "authors-1-name": "Boris", "action": "remove_author-0"}
    author.post(address, fields)
    assert author.tree.xpath("//input[contains(@name, '-name')]/@value") == ["Boris"]
