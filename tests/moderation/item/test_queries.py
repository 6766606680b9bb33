"""One essay at the desk, and what was decided on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.contributions.models import Contribution, Revision
from app.contributions.states import State
from app.core.errors import NotFound
from app.editions.models import Edition
from app.moderation.decisions import queries as decided
from app.moderation.decisions.models import Decision
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.item import queries as items
from tests.factories import Cast
from tests.factories.contributions import make_contribution
from tests.moderation.conftest import answer

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


CountQueries = Callable[[Engine], Any]


def test_item_is_for_its_moderators_only(
    session: Session, cast: Cast, edition: Edition, essay: Contribution
) -> None:
    found = items.item(session, cast.actor("jurist_moderator"), essay.id)
    assert found.contribution.id == essay.id
    assert (found.revision.number, found.hold, found.history) == (1, None, [])
    assert found.contribution.question is not None
    mine = make_contribution(session, cast.moderator, edition=edition)
    hidden = [
        make_contribution(session, cast.author, edition=edition, state=State.DRAFT),
        make_contribution(session, cast.author, edition=edition, state=State.WITHDRAWN),
        mine,
    ]
    for contribution in hidden:
        with pytest.raises(NotFound):
            items.item(session, cast.actor("moderator"), contribution.id)
    for name in ("author", "stranger", "organiser", "administrator"):
        with pytest.raises(NotFound):
            items.item(session, cast.actor(name), essay.id)


def test_item_is_four_queries(
    session: Session,
    engine: Engine,
    cast: Cast,
    essay: Contribution,
    decide: Callable[..., Decision],
    count_queries: CountQueries,
) -> None:
    decide("moderator", essay, Verdict.CHANGES)
    answer(session, cast, essay)
    decide("moderator", essay, Verdict.CHANGES, revision_seen=2)
    session.flush()
    session.expunge_all()
    actor = cast.actor("moderator")
    with count_queries(engine) as statements:
        found = items.item(session, actor, essay.id)
        assert len(found.history) == 2
    assert len(statements) == 4


def test_history_names_the_moderators_and_the_authors_view_does_not(
    session: Session,
    cast: Cast,
    essay: Contribution,
    decide: Callable[..., Decision],
    at: Callable[[datetime], None],
) -> None:
    at(NOON)
    decide("moderator", essay, Verdict.CHANGES, words="Citez vos sources.", words_language="fr")
    answer(session, cast, essay, note="C’est fait.")
    decide("other_moderator", essay, Verdict.ACCEPT, revision_seen=2)
    first, second = decided.history(session, essay.id)
    assert (first.moderator, second.moderator) == ("Moderator", "Other Moderator")
    for found in (
        decided.history(session, essay.id),
        shown := decided.decisions_for_author(session, essay.id),
    ):
        assert [(each.verdict, each.revision, each.decided_at) for each in found] == [
            (Verdict.CHANGES, 1, NOON),
            (Verdict.ACCEPT, 2, NOON),
        ]
        assert found[0].reasons == (Reason.SOURCES,)
        assert (found[0].words, found[0].words_language) == ("Citez vos sources.", "fr")
    assert not any("oderator" in repr(each) for each in shown)


def test_item_has_the_authors_answer(
    session: Session, cast: Cast, essay: Contribution, decide: Callable[..., Decision]
) -> None:
    decide("moderator", essay, Verdict.CHANGES)
    revision: Revision = answer(session, cast, essay, note="C’est fait.")
    found = items.item(session, cast.actor("moderator"), essay.id)
    assert (found.revision.id, found.revision.note) == (revision.id, "C’est fait.")
