"""What is new since a moderator last looked, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core import clock
from app.core.errors import NotFound
from app.moderation.claims import operations as claiming
from app.moderation.decisions import undoing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.queries import history
from app.moderation.decisions.verdicts import Verdict
from app.moderation.looks import operations, queries
from app.moderation.looks.models import Look
from app.moderation.looks.queries import SAME_LOOK, Since
from app.moderation.talk import operations as talking
from app.moderation.talk.queries import at_desk
from tests.factories import Cast
from tests.moderation.conftest import answer

Decide = Callable[..., Decision]


@pytest.fixture
def pass_time(at: Callable[[datetime], None]) -> Callable[[timedelta], None]:
    at(clock.now())
    return lambda span: at(clock.now() + span)


def note(session: Session, cast: Cast, name: str, essay: Contribution, revision: int = 1) -> bool:
    return operations.note(session, cast.actor(name), essay.id, revision=revision, signs=["a:1"])


def since(
    session: Session, cast: Cast, name: str, essay: Contribution, number: int
) -> Since | None:
    actor = cast.actor(name)
    newest = queries.look(session, actor, essay.id)
    made = history(session, essay.id)
    decided_at = made[-1].decided_at if made else None
    seen = queries.seen_before(session, actor, essay.id, newest, number, decided_at)
    if seen is None:
        return None
    return queries.since(
        actor,
        seen,
        revision=number,
        history=made,
        said=at_desk(session, actor, essay.id).said,
        signs=["a:1", "b:2"],
    )


def test_a_look_is_kept_once_for_a_while(
    session: Session, cast: Cast, essay: Contribution, pass_time: Callable[[timedelta], None]
) -> None:
    assert note(session, cast, "moderator", essay)
    first = clock.now()
    pass_time(SAME_LOOK - timedelta(seconds=1))
    assert not note(session, cast, "moderator", essay)
    # A revision that comes in meanwhile is another look.
    assert note(session, cast, "moderator", essay, revision=2)
    pass_time(SAME_LOOK)
    assert note(session, cast, "moderator", essay, revision=2)
    kept = session.get_one(Look, (essay.id, cast.moderator.id))
    session.refresh(kept)
    assert (kept.earlier_revision, kept.revision) == (2, 2)
    assert kept.earlier_at == first + SAME_LOOK - timedelta(seconds=1)
    assert session.scalar(select(func.count()).select_from(Look)) == 1


def test_who_looks_after_a_decision_looks_again(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Decide,
    pass_time: Callable[[timedelta], None],
) -> None:
    note(session, cast, "moderator", essay)
    pass_time(timedelta(minutes=1))
    made = decide("other_moderator", essay, Verdict.CHANGES)
    pass_time(timedelta(minutes=1))
    new = since(session, cast, "moderator", essay, 1)
    assert new is not None
    assert new.decisions == {made.id}
    assert note(session, cast, "moderator", essay)
    assert since(session, cast, "moderator", essay, 1) == new
    assert not note(session, cast, "moderator", essay)


def test_what_is_said_soon_after_the_first_look_is_new(
    session: Session,
    cast: Cast,
    essay: Contribution,
    pass_time: Callable[[timedelta], None],
) -> None:
    assert since(session, cast, "moderator", essay, 1) is None
    note(session, cast, "moderator", essay)
    pass_time(timedelta(minutes=1))
    moderator, author = cast.moderator.actor, cast.author.actor
    talking.write_to_author(session, moderator, essay.id, "Pourquoi ?", language="fr")
    pass_time(timedelta(minutes=1))
    talking.answer(session, author, essay.id, "Parce que.", language="fr")
    assert not note(session, cast, "moderator", essay)
    new = since(session, cast, "moderator", essay, 1)
    assert new is not None
    assert (new.letters, new.notes, new.signs) == (1, 0, set())


@pytest.mark.parametrize("name", ["author", "stranger", "organiser", "administrator"])
def test_only_a_moderator_of_the_lane_looks(
    session: Session, cast: Cast, essay: Contribution, name: str
) -> None:
    with pytest.raises(NotFound):
        note(session, cast, name, essay)
    assert session.scalar(select(func.count()).select_from(Look)) == 0


def test_what_happened_since_the_last_look(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Decide,
    pass_time: Callable[[timedelta], None],
) -> None:
    assert since(session, cast, "moderator", essay, 1) is None
    note(session, cast, "moderator", essay)
    # While one reads, nothing is new.
    assert not since(session, cast, "moderator", essay, 1)
    pass_time(timedelta(hours=1))
    again = since(session, cast, "moderator", essay, 1)
    assert again is not None
    assert (again.revision, again.decisions, again.messages) == (None, set(), set())
    assert again.signs == {"b:2"}
    made = decide("other_moderator", essay, Verdict.CHANGES)
    pass_time(timedelta(minutes=1))
    other = cast.actor("other_moderator")
    talking.note(session, other, essay.id, "Hm.", language="en")
    talking.write_to_author(session, other, essay.id, "Merci.", language="fr")
    mine = cast.actor("moderator")
    talking.note(session, mine, essay.id, "Oui.", language="fr")
    answer(session, cast, essay)
    pass_time(timedelta(hours=1))
    new = since(session, cast, "moderator", essay, 2)
    assert new is not None
    assert (new.revision, new.decisions, new.notes, new.letters) == (1, {made.id}, 1, 1)
    # Looking again moves the mark only after a while: one takes in hand, and still sees it.
    note(session, cast, "moderator", essay, revision=2)
    assert since(session, cast, "moderator", essay, 2) == new
    pass_time(SAME_LOOK)
    later = since(session, cast, "moderator", essay, 2)
    assert later is not None
    assert (later.revision, later.messages, later.decisions) == (None, set(), set())
    # Whoever decided is not told of it, but of what came of it.
    own = since(session, cast, "other_moderator", essay, 2)
    assert own is not None
    assert (own.revision, own.decisions, own.notes) == (1, set(), 1)


def test_an_undone_decision_is_new(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Decide,
    pass_time: Callable[[timedelta], None],
) -> None:
    made = decide("other_moderator", essay, Verdict.REJECT)
    pass_time(timedelta(hours=1))
    note(session, cast, "moderator", essay)
    pass_time(timedelta(hours=1))
    undoing.undo(session, cast.actor("organiser"), made.id, "Trop vite.")
    new = since(session, cast, "moderator", essay, 1)
    assert new is not None
    assert new.decisions == {made.id}
    note(session, cast, "moderator", essay)
    pass_time(timedelta(hours=1))
    again = decide("moderator", essay, Verdict.REJECT)
    undoing.undo(session, cast.actor("moderator"), again.id, "Trop vite.")
    own = since(session, cast, "moderator", essay, 1)
    assert own is None or own.decisions == set()


def test_who_acted_on_an_earlier_revision_has_seen_it(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    me = cast.actor("moderator")
    claiming.claim(session, me, essay.id)
    assert queries.seen_before(session, me, essay.id, None, 1, None) is None
    seen = queries.seen_before(session, me, essay.id, None, 2, None)
    assert seen is not None
    assert (seen.revision, seen.signs) == (1, None)
    other = cast.actor("other_moderator")
    assert queries.seen_before(session, other, essay.id, None, 2, None) is None
