"""Actions on nothing, and by nobody; what is refused, in a word. All others: ``test_table``."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.core.errors import DomainError, NotFound
from app.core.policy import SYSTEM
from tests.factories import Cast
from tests.moderation.desk import ACTIONS


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


def test_actions_on_what_does_not_exist(session: Session, cast: Cast) -> None:
    for act in ACTIONS.values():
        with pytest.raises(NotFound):
            act(session, cast.actor("moderator"), 999_999)


def test_actions_by_the_system_itself(session: Session, essay: Contribution) -> None:
    for act in ACTIONS.values():
        with pytest.raises(NotFound):
            act(session, SYSTEM, essay.id)
