"""What can be done to all that a search finds, by whom, and how it is done to one of them.

Each is the operation that does it to one contribution anywhere else, with all it checks.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from app.contributions.policy import can_organise
from app.core.errors import Conflict
from app.core.policy import Actor
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import releasing
from app.moderation.decisions.verdicts import Reason, Verdict
from app.moderation.policy import moderates


class Action(StrEnum):
    """The verdicts are named as they are for one."""

    ACCEPT = "accept"
    CHANGES = "changes"
    REJECT = "reject"
    SPAM = "spam"
    RELEASE = "release"
    ASSIGN = "assign"
    TELL = "tell"


VERDICTS: Final = {
    action: Verdict(action.value)
    for action in (Action.ACCEPT, Action.CHANGES, Action.REJECT, Action.SPAM)
}


def offered(actor: Actor) -> tuple[Action, ...]:
    """What that person may ask for at all; each contribution is judged when its turn comes."""
    return tuple(action for action in Action if can_ask(actor, action))


def can_ask(actor: Actor, action: Action) -> bool:
    """Moderators decide and let go; organisers give to moderators, and tell what was decided."""
    if action in {Action.ASSIGN, Action.TELL}:
        return can_organise(actor)
    return moderates(actor)


def act(
    session: Session,
    actor: Actor,
    contribution_id: int,
    action: Action,
    choices: Mapping[str, Any],
) -> None:
    """Do it to one contribution. Raises what the operation raises."""
    _ACTS.get(action, _decide)(session, actor, contribution_id, action, choices)


def _decide(
    session: Session, actor: Actor, id: int, action: Action, choices: Mapping[str, Any]
) -> None:
    deciding.claim_and_decide(
        session,
        actor,
        id,
        VERDICTS[action],
        reasons=[Reason(code) for code in choices["reasons"]],
        words=choices["words"],
        words_language=choices["words_language"],
    )


def _release(
    session: Session, actor: Actor, id: int, _action: Action, _choices: Mapping[str, Any]
) -> None:
    if not claiming.release(session, actor, id):
        raise Conflict("claim.nobodys")


def _assign(
    session: Session, actor: Actor, id: int, _action: Action, choices: Mapping[str, Any]
) -> None:
    # Nothing is taken from somebody who has it in hand: who asked has not seen each of them.
    handing.assign(session, actor, id, to=choices["to"], holder_seen=None)


def _tell(
    session: Session, actor: Actor, id: int, _action: Action, _choices: Mapping[str, Any]
) -> None:
    releasing.release_one(session, actor, id)


_ACTS: Final[Mapping[Action, Callable[[Session, Actor, int, Action, Mapping[str, Any]], None]]] = {
    Action.RELEASE: _release,
    Action.ASSIGN: _assign,
    Action.TELL: _tell,
}
