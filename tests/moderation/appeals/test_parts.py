"""Appeals are for moderators who had no part in what was decided."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.contributions.models import AuthorAffiliation, Contribution
from app.contributions.states import State
from app.core import clock
from app.core.errors import NotFound
from app.core.policy import Role
from app.editions.models import Edition, Track
from app.moderation.appeals import operations, queries
from app.moderation.appeals.models import Appeal, Outcome
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict as Declared
from app.moderation.conflicts.queries import in_conflict
from app.moderation.decisions.models import Decision, DecisionMark
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.item.queries import item
from app.moderation.queue.overview import overview
from app.moderation.queue.queries import waiting_ids
from app.moderation.talk.models import Message
from tests.factories import Cast, make_account
from tests.factories.contributions import make_contribution
from tests.moderation.appeals.conftest import WORDS, answered
from tests.moderation.conftest import state

At = Callable[[Any], None]


Decide = Callable[..., Decision]


NOBODYS = ["moderator", "author", "stranger", "organiser", "administrator"]


@pytest.mark.parametrize("name", NOBODYS)
def test_appeal_is_none_of_their_business(
    session: Session, cast: Cast, appeal: Appeal, name: str
) -> None:
    actor = cast.actor(name)
    assert queries.appeals(session, actor).items == []
    assert overview(session, actor).appeals.number == 0
    for act in (
        lambda: queries.appeal(session, actor, appeal.id),
        lambda: operations.claim(session, actor, appeal.id),
        lambda: operations.release(session, actor, appeal.id),
        lambda: answered(session, cast, appeal, Outcome.GRANTED, name),
    ):
        with pytest.raises(NotFound):
            act()
    assert appeal.outcome == Outcome.OPEN


@pytest.mark.parametrize("name", ["other_moderator", "jurist_moderator"])
def test_appeal_is_for_moderators_who_had_no_part(
    session: Session, cast: Cast, appeal: Appeal, name: str
) -> None:
    [item] = queries.appeals(session, cast.actor(name)).items
    assert (item.id, item.verdict, item.hold) == (appeal.id, Verdict.REJECT, None)
    assert overview(session, cast.actor(name)).appeals.number == 1
    assert queries.appeal(session, cast.actor(name), appeal.id).decided.words == "Hors sujet."


@pytest.mark.parametrize("part", ["claim", "note", "mark", "conflict", "affiliation", "lane"])
def test_appeal_is_not_for_who_had_a_part(
    session: Session, cast: Cast, essay: Contribution, decide: Decide, part: str
) -> None:
    other = cast.other_moderator
    if part == "claim":
        claiming.claim(session, other.actor, essay.id)
        claiming.release(session, other.actor, essay.id)
    decision = decide("moderator", essay, Verdict.REJECT)
    if part == "note":
        session.add(
            Message(
                contribution_id=essay.id,
                audience="moderators",
                sender_id=other.id,
                words="Hm.",
                language="fr",
                sent_at=clock.now(),
            )
        )
    if part == "mark":
        session.add(DecisionMark(decision_id=decision.id, kind="seconded", account_id=other.id))
    if part == "conflict":
        session.add(Declared(account_id=other.id, contribution_id=essay.id, kind="rivalry"))
    if part == "affiliation":
        other.affiliation_key = session.scalars(select(AuthorAffiliation.key)).one()
    if part == "lane":
        other.reads = ["ar"]
    session.flush()
    made = operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr")
    assert queries.appeals(session, other.actor).items == []
    with pytest.raises(NotFound):
        operations.claim(session, other.actor, made.id)
    assert queries.appeals(session, cast.jurist_moderator.actor).items


def test_a_note_after_the_appeal_is_no_part(session: Session, cast: Cast, appeal: Appeal) -> None:
    session.add(
        Message(
            contribution_id=appeal.contribution_id,
            audience="moderators",
            sender_id=cast.other_moderator.id,
            words="Hm.",
            language="fr",
            sent_at=appeal.filed_at + timedelta(minutes=1),
        )
    )
    session.flush()
    assert queries.appeals(session, cast.other_moderator.actor).items


def test_appeals_oldest_first_by_parts_at_constant_cost(
    session: Session,
    cast: Cast,
    edition: Edition,
    decide: Decide,
    at: At,
    count_queries: Callable[..., Any],
) -> None:
    start, made = clock.now(), []
    for index in range(3):
        at(start + timedelta(minutes=index))
        essay = make_contribution(session, cast.author, edition=edition)
        decision = decide("moderator", essay, Verdict.REJECT)
        made.append(
            operations.file(session, cast.author.actor, decision.id, words=WORDS, language="fr").id
        )
        session.flush()
        with count_queries(session.get_bind()) as statements:
            found = queries.appeals(session, cast.other_moderator.actor)
        assert [item.id for item in found.items] == made
        assert len(statements) == 1
    first = queries.appeals(session, cast.other_moderator.actor, limit=2)
    assert [item.id for item in first.items] == made[:2]
    rest = queries.appeals(session, cast.other_moderator.actor, limit=2, after=first.after)
    assert ([item.id for item in rest.items], rest.after) == (made[2:], None)


@pytest.mark.parametrize("how", ["seconds", "rejects too"])
def test_granted_keeps_away_who_proposed_and_who_seconded(
    session: Session, cast: Cast, essay: Contribution, edition: Edition, decide: Decide, how: str
) -> None:
    make_account(session, "third.moderator@example.org", Role.MODERATOR)
    track = session.scalars(
        select(Track).where(Track.edition_id == edition.id, Track.code == "jurist")
    ).one()
    track.wants_second_opinion = True
    session.flush()
    made = decide("moderator", essay, Verdict.REJECT)
    if how == "seconds":
        claiming.claim(session, cast.actor("other_moderator"), essay.id)
        second(session, cast.actor("other_moderator"), essay.id, made.id)
    else:
        made = decide("other_moderator", essay, Verdict.REJECT)
    filed = operations.file(session, cast.author.actor, made.id, words=WORDS, language="fr")
    answered(session, cast, filed, Outcome.GRANTED, "jurist_moderator")
    assert state(session, essay) == State.SUBMITTED
    third = session.scalars(
        select(Account).where(Account.email == "third.moderator@example.org")
    ).one()
    for name in ("moderator", "other_moderator"):
        actor = cast.actor(name)
        assert waiting_ids(session, actor, limit=5) == [], name
        with pytest.raises(NotFound):
            claiming.claim(session, actor, essay.id)
        with pytest.raises(NotFound):
            item(session, actor, essay.id)
    # Who answered the appeal decided on the appeal, not on the essay.
    for actor in (cast.actor("jurist_moderator"), third.actor):
        assert waiting_ids(session, actor, limit=5) == [essay.id]
    # Whoever decides anew may still look at it, and take that back.
    anew = decide("jurist_moderator", essay, Verdict.CHANGES)
    assert undo(session, cast.actor("jurist_moderator"), anew.id, "Too early.")
    # The other way round it is the same.
    assert in_conflict(session, essay.id) == {
        cast.author.id,
        cast.moderator.id,
        cast.other_moderator.id,
    }
