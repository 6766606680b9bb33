"""What few a search can find, looked up first; on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.editions.models import Question
from app.moderation.claims import operations as claiming
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Verdict
from app.moderation.queue import queries
from app.moderation.search import selective
from app.moderation.search.language import Search
from tests.factories import Cast, make_contribution, make_edition
from tests.moderation.conftest import answer


@pytest.fixture
def essays(
    session: Session, cast: Cast, decide: Callable[..., Decision]
) -> tuple[Contribution, Contribution]:
    """One that was sent back, revised, and is in hand; and a free one in Arabic."""
    edition = make_edition(session)
    first = make_contribution(session, cast.author, edition=edition)
    decide("other_moderator", first, Verdict.CHANGES)
    answer(session, cast, first)
    second = make_contribution(session, cast.stranger, edition=edition, language="ar")
    second.question_id = None
    claiming.claim(session, cast.actor("moderator"), first.id)
    session.flush()
    return first, second


SEARCHES = [
    ("is:claimed", "first"),
    ("is:mine", "first"),
    ("is:claimed,appealed", "first"),
    ("is:appealed", "none"),
    ("number:{first}", "first"),
    ("number:{second},{first}", "both"),
    ("question:{question}", "first"),
    ("question:unknown", "none"),
    ('author:"Amina Auteur"', "both"),
    ("reason:sources", "first"),
    ("reason:conduct", "none"),
    ("is:claimed lang:ar", "none"),
    ("is:claimed -number:{first}", "none"),
    ("number:{second} lang:ar", "second"),
    ("السلام", "second"),
    ("revu", "first"),
    ("nowhere", "none"),
]


@pytest.mark.parametrize(("text", "expected"), SEARCHES)
def test_the_queue_finds_the_same_by_ids_as_in_its_order(
    session: Session,
    cast: Cast,
    essays: tuple[Contribution, Contribution],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    expected: str,
) -> None:
    first, second = essays
    question = session.get_one(Question, first.question_id)
    line = text.format(first=first.number, second=second.number, question=question.slug)
    search, actor = Search.parse(line), cast.actor("moderator")
    ids = {"first": [first.id], "second": [second.id], "none": [], "both": [first.id, second.id]}
    assert selective.few(session, actor, search) is not None
    for most in (selective.MOST, -1):
        monkeypatch.setattr(selective, "MOST", most)
        found = [each.id for each in queries.queue(session, actor, search).items]
        assert sorted(found) == ids[expected]
    assert selective.few(session, actor, search) is None


@pytest.mark.parametrize("text", ["", "-is:claimed", "is:free", "is:mine,free", "-law", "age:>1d"])
def test_what_no_index_tells_is_read_in_the_queue_s_order(
    session: Session, cast: Cast, essays: tuple[Contribution, Contribution], text: str
) -> None:
    assert selective.few(session, cast.actor("moderator"), Search.parse(text)) is None
