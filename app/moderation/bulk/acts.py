"""What can be done to all that a search finds, by whom, and how it is done to one of them.

Each is the operation that does it to one contribution anywhere else, with all it checks. What takes
a look at each of them stays apart: ``docs/searching.md`` says what, and why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.policy import Actor, can_organise
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import releasing, undoing
from app.moderation.decisions.proposals import open_proposal
from app.moderation.decisions.verdicts import Verdict
from app.moderation.organising import operations as organising
from app.moderation.policy import moderates
from app.moderation.talk import operations as talking


class Action(StrEnum):
    """The verdicts are named as they are for one."""

    ACCEPT = "accept"
    CHANGES = "changes"
    REJECT = "reject"
    SPAM = "spam"
    UNDO = "undo"
    MESSAGE = "message"
    NOTE = "note"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    ASSIGN = "assign"
    TELL = "tell"
    PUBLISH = "publish"


VERDICTS: Final = {
    action: Verdict(action.value)
    for action in (Action.ACCEPT, Action.CHANGES, Action.REJECT, Action.SPAM)
}
#: What is given to a moderator.
GIVING: Final = frozenset({Action.HAND_OVER, Action.ASSIGN})
#: What has words that only moderators and organisers read.
NOTED: Final = frozenset({Action.UNDO, Action.NOTE, *GIVING})

_MODERATORS: Final = frozenset({*VERDICTS, Action.RELEASE, Action.HAND_OVER})
_ORGANISERS: Final = frozenset({Action.ASSIGN, Action.TELL, Action.PUBLISH})


@dataclass(frozen=True, slots=True)
class Seen:
    """One contribution as it was found: its newest revision then, and the decision that stood."""

    contribution_id: int
    revision: int
    decision_id: int | None


def offered(actor: Actor) -> tuple[Action, ...]:
    """What that person may ask for at all; each contribution is judged when its turn comes."""
    return tuple(action for action in Action if can_ask(actor, action))


def can_ask(actor: Actor, action: Action) -> bool:
    """Moderators decide and let go; organisers give to moderators, tell and publish; both write
    and take back.
    """
    asks_as_moderator = action not in _ORGANISERS and moderates(actor)
    return asks_as_moderator or (action not in _MODERATORS and can_organise(actor))


def act(
    session: Session, actor: Actor, seen: Seen, action: Action, choices: Mapping[str, Any]
) -> None:
    """Do it to one contribution. Raises what the operation raises.

    Of those they have no say in, organisers are told nothing else: neither whether something was
    decided, which is told to no author, nor that there is no such contribution.
    """
    if action not in _MODERATORS and can_organise(actor):
        organising.organised(session, actor, seen.contribution_id)
    if action in VERDICTS:
        _decide(session, actor, seen, VERDICTS[action], choices)
    else:
        _ACTS[action](session, actor, seen, choices)


def _decide(
    session: Session, actor: Actor, seen: Seen, verdict: Verdict, choices: Mapping[str, Any]
) -> None:
    proposal = open_proposal(session, seen.contribution_id)
    if proposal is not None and proposal.moderator_id != actor.id:
        # Whom it is none of their business is told no more than anywhere else.
        claiming.claim(session, actor, seen.contribution_id)
        raise Conflict("bulk.proposed")
    deciding.claim_and_decide(
        session,
        actor,
        seen.contribution_id,
        verdict,
        reasons=choices["reasons"],
        words=choices["words"],
        words_language=choices["words_language"],
        # Runs of before had none.
        points=choices.get("points", ()),
    )


def _undo(session: Session, actor: Actor, seen: Seen, choices: Mapping[str, Any]) -> None:
    if seen.decision_id is None:
        raise Conflict("bulk.undecided")
    undoing.undo(session, actor, seen.decision_id, choices["note"])


def _message(session: Session, actor: Actor, seen: Seen, choices: Mapping[str, Any]) -> None:
    language = choices["words_language"]
    talking.write_to_author(
        session, actor, seen.contribution_id, choices["words"], language=language
    )


def _note(session: Session, actor: Actor, seen: Seen, choices: Mapping[str, Any]) -> None:
    language = actor.ui_language
    talking.note(session, actor, seen.contribution_id, choices["note"], language=language)


def _release(session: Session, actor: Actor, seen: Seen, _choices: Mapping[str, Any]) -> None:
    if not claiming.release(session, actor, seen.contribution_id):
        raise Conflict("claim.nobodys")


def _hand_over(session: Session, actor: Actor, seen: Seen, choices: Mapping[str, Any]) -> None:
    handing.hand_over(
        session,
        actor,
        seen.contribution_id,
        to=choices["to"],
        note=choices["note"],
        told_later=True,
    )


def _assign(session: Session, actor: Actor, seen: Seen, choices: Mapping[str, Any]) -> None:
    # Nothing is taken from somebody who has it in hand: who asked has not seen each of them.
    handing.assign(
        session,
        actor,
        seen.contribution_id,
        to=choices["to"],
        note=choices.get("note", ""),
        holder_seen=None,
        told_later=True,
    )


def _tell(session: Session, actor: Actor, seen: Seen, _choices: Mapping[str, Any]) -> None:
    releasing.release_one(session, actor, seen.contribution_id, decision_seen=seen.decision_id)


def _publish(session: Session, actor: Actor, seen: Seen, _choices: Mapping[str, Any]) -> None:
    organising.release(session, actor, seen.contribution_id)


_ACTS: Final[Mapping[Action, Callable[[Session, Actor, Seen, Mapping[str, Any]], None]]] = {
    Action.UNDO: _undo,
    Action.MESSAGE: _message,
    Action.NOTE: _note,
    Action.RELEASE: _release,
    Action.HAND_OVER: _hand_over,
    Action.ASSIGN: _assign,
    Action.TELL: _tell,
    Action.PUBLISH: _publish,
}
