"""Every action at the desk by every state and person."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core.errors import DomainError, NotFound
from app.core.policy import NOBODY, SYSTEM, Role
from app.editions.models import Edition
from tests.factories import Cast, make_account
from tests.factories.contributions import make_contribution
from tests.moderation.desk import ACTIONS, Act


def outcome(act: Act, session: Session, actor: Any, contribution: Contribution) -> str:
    """ "done", or the code of the refusal; what was done is taken back."""
    return refusal_of(session, lambda: act(session, actor, contribution.id))


def refusal_of(session: Session, act: Callable[[], object]) -> str:
    """ "done", or the code of the refusal; what was done is taken back."""
    with session.begin_nested() as step:
        try:
            act()
            session.flush()
        except DomainError as error:
            step.rollback()
            return error.code
        step.rollback()
    return "done"


OUTSIDERS = ("author", "stranger", "organiser", "administrator", "wrong_language", "wrong_track")


def people(session: Session, cast: Cast) -> dict[str, Any]:
    """Everybody who may try, by name."""
    owner = make_account(session, "owner.moderator@example.org", Role.MODERATOR)
    return {
        "visitor": NOBODY,
        "system": SYSTEM,
        "owner": owner,
        "wrong_language": make_account(
            session, "arabic@example.org", Role.MODERATOR, reads=["ar"]
        ).actor,
        "wrong_track": make_account(
            session, "digital@example.org", Role.MODERATOR, serves=["digital_actor"]
        ).actor,
        **{
            name: cast.actor(name)
            for name in ("author", "stranger", "organiser", "administrator", "jurist_moderator")
        },
    }


@pytest.mark.parametrize("at_state", list(State))
def test_every_action_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, at_state: State
) -> None:
    named = people(session, cast)
    owner = named.pop("owner")
    contribution = make_contribution(session, owner, edition=edition, state=at_state)
    named["owner"] = owner.actor
    moved_on = "contribution.unknown" if at_state is State.DRAFT else "contribution.moved_on"
    for_moderators = {
        "claim": moved_on,
        "release": "contribution.unknown" if at_state is State.DRAFT else "done",
        "decide": moved_on,
        "claim_and_decide": moved_on,
    }
    if at_state is State.SUBMITTED:
        for_moderators = {
            "claim": "done",
            "release": "done",
            "decide": "claim.ran_out",
            "claim_and_decide": "done",
        }
    for action, act in ACTIONS.items():
        for name, actor in named.items():
            expected = (
                for_moderators[action] if name == "jurist_moderator" else "contribution.unknown"
            )
            assert outcome(act, session, actor, contribution) == expected, (action, name)


def test_actions_on_what_does_not_exist(session: Session, cast: Cast) -> None:
    for act in ACTIONS.values():
        with pytest.raises(NotFound):
            act(session, cast.actor("moderator"), 999_999)
