"""What its author knows of a kept decision is what was carried out, whatever else happened then."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.contributions import operations as writing
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.outbox import MailKind, OutboxMail
from app.core.policy import Actor, Role
from app.editions.models import Edition
from app.moderation import personal
from app.moderation.decisions import queries, releasing
from app.moderation.decisions.models import Decision
from app.moderation.decisions.operations import claim_and_decide
from app.moderation.decisions.undoing import undo
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.record.timeline import timeline
from tests.factories import Cast, make_account
from tests.moderation.crowds import at_once, crowd

At = Callable[[datetime], None]
Decide = Callable[..., Decision]
NOON = datetime(2126, 11, 22, 12, tzinfo=UTC)


def withdraw(session: Session, essay: Contribution, _decision: Decision) -> None:
    owner = Actor(id=essay.owner_id)
    writing.withdraw(session, owner, essay.id)


def take_back(session: Session, _essay: Contribution, decision: Decision) -> None:
    undo(session, Actor(id=None, roles=frozenset({Role.ORGANISER})), decision.id, "Too early.")


@pytest.mark.parametrize("instead", [withdraw, take_back])
def test_what_was_released_and_not_carried_out_stays_a_secret(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    at: At,
    instead: Callable[..., None],
) -> None:
    # All in one moment: no clock can tell what came first.
    at(NOON)
    decision = decide("moderator", essay, Verdict.REJECT)
    releasing.release(session, cast.actor("organiser"), together.id)
    instead(session, essay, decision)
    assert not releasing.carry_out_released(session, decision.id)
    assert queries.decisions_for_author(session, essay.id) == []
    assert [event.decision for event in timeline(session, essay, names=False)] == [None] * len(
        timeline(session, essay, names=False)
    )
    taken = {each.path: each.content for each in personal.collect(session, cast.author.id, None)}  # type: ignore[arg-type]
    assert taken["decisions.json"].strip() == "[]"


def test_what_was_carried_out_and_undone_in_the_same_moment_is_told(
    session: Session,
    cast: Cast,
    together: Edition,
    essay: Contribution,
    decide: Decide,
    at: At,
) -> None:
    at(NOON)
    first = decide("moderator", essay, Verdict.REJECT)
    releasing.release(session, cast.actor("organiser"), together.id)
    undo(session, cast.actor("organiser"), first.id, "Too early.")
    second = decide("moderator", essay, Verdict.REJECT, words="Encore hors sujet.")
    releasing.release(session, cast.actor("organiser"), together.id)
    assert releasing.carry_out_released(session, second.id)
    undo(session, cast.actor("organiser"), second.id, "Too early too.")
    [told] = queries.decisions_for_author(session, essay.id)
    assert (told.id, told.told_at, told.undone_at) == (second.id, NOON, NOON)


@pytest.mark.parametrize("instead", [withdraw, take_back])
def test_release_at_the_moment_it_is_taken_away_is_told_or_is_not(
    sessions: sessionmaker[Session], instead: Callable[..., None]
) -> None:
    [moderator, *_], essays = crowd(sessions, 4)
    with sessions() as session:
        organiser = make_account(session, "organiser@example.org", Role.ORGANISER).actor
        session.scalars(select(Edition)).one().decides_together = True
        session.flush()
        made = {
            essay: claim_and_decide(
                session,
                moderator,
                essay,
                Verdict.REJECT,
                reasons=[Reason.OFF_TOPIC],
                words="Hors sujet.",
            ).id
            for essay in essays
        }
        edition = session.scalars(select(Edition.id)).one()
        releasing.release(session, organiser, edition)
        session.commit()

    for essay, decision in made.items():

        def act(session: Session, actor: Actor, id: int = essay, made: int = decision) -> Any:
            if actor == organiser:
                return releasing.carry_out_released(session, made)
            found = session.get_one(Contribution, id)
            return instead(session, found, session.get_one(Decision, made))

        carried_out, taken = at_once(sessions, [organiser, moderator], act)
        with sessions() as session:
            mails = session.scalars(
                select(OutboxMail.key).where(
                    OutboxMail.kind == MailKind.DECISION.value,
                    OutboxMail.data["contribution"].as_integer() == essay,
                )
            ).all()
            told = [each.id for each in queries.decisions_for_author(session, essay)]
            state = State(session.get_one(Contribution, essay).state)
        assert told == ([decision] if carried_out else [])
        assert len(mails) == len(told)
        # A rejection that was told can't be withdrawn from; it can be undone.
        assert taken == ("contribution.moved_on" if carried_out and instead is withdraw else None)
        after = State.WITHDRAWN if instead is withdraw else State.SUBMITTED
        assert state == (State.REJECTED if taken else after)
