"""Every action on an essay at the desks, by every state of it and every person.

Claiming, releasing and deciding are in ``test_operations``, appeals in ``appeals/test_handing`` and
``appeals/test_policy``, cases of reports in ``reports/test_policy``, one's own essays in
``tests/contributions/test_own_essays``; the addresses of all of them in ``tests/test_strangers``.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.core.policy import NOBODY, Role
from app.editions.models import Edition
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.operations import declare, lift
from app.moderation.decisions import releasing, tracks
from app.moderation.decisions.models import Decision, Standing
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import undo
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint
from app.moderation.talk import operations as talking
from tests.factories import Cast, make_account, make_contribution, make_essay
from tests.moderation.test_operations import refusal_of

UNKNOWN: Final = "contribution.unknown"
MOVED_ON: Final = "contribution.moved_on"
ORGANISERS: Final = ("organiser", "administrator")
#: ``moderator`` made the decision there is, ``conflicted`` has declared a conflict of interest.
MODERATORS: Final = ("moderator", "jurist_moderator")
PEOPLE: Final = (
    *MODERATORS,
    *ORGANISERS,
    "author",
    "stranger",
    "visitor",
    "conflicted",
    "wrong_language",
    "wrong_track",
)
PRIVATE: Final = {State.DRAFT, State.WITHDRAWN}

By = dict[State, str]


def at(outcome: str, *states: State, else_: str = MOVED_ON) -> By:
    """That outcome in those states, and in all others another one."""
    return {state: outcome if state in states else else_ for state in State}


def but(known: By, outcome: str, *states: State) -> By:
    """The same, except in those states."""
    return known | dict.fromkeys(states, outcome)


SEEN: Final = but(at("done", *State), UNKNOWN, *PRIVATE)
UNDONE: Final = but(
    at("done", State.DECIDED, State.REJECTED, else_="decision.answered"),
    "decision.published",
    State.PUBLISHED,
    State.REMOVED,
)
HOLDING: Final = but(at("claim.ran_out", State.SUBMITTED), UNKNOWN, State.DRAFT)

#: By action: what those get whose business it is, and what all others get.
EXPECTED: Final[dict[str, tuple[dict[str, By], str]]] = {
    "renew": (dict.fromkeys(MODERATORS, HOLDING), UNKNOWN),
    "hand_over": (dict.fromkeys(MODERATORS, HOLDING), UNKNOWN),
    "second": (dict.fromkeys(MODERATORS, but(at(MOVED_ON), UNKNOWN, State.DRAFT)), UNKNOWN),
    "declare": (dict.fromkeys(MODERATORS, SEEN), UNKNOWN),
    "note": (dict.fromkeys((*MODERATORS, *ORGANISERS), SEEN), UNKNOWN),
    "write": (
        dict.fromkeys((*MODERATORS, *ORGANISERS), but(SEEN, MOVED_ON, State.SPAM)),
        UNKNOWN,
    ),
    "answer": ({"author": at("message.not_asked", *State)}, UNKNOWN),
    "undo": (
        dict.fromkeys(("moderator", *ORGANISERS), but(UNDONE, UNKNOWN, State.DRAFT)),
        UNKNOWN,
    ),
    "assign": (
        dict.fromkeys(ORGANISERS, but(at("done", State.SUBMITTED), UNKNOWN, State.DRAFT)),
        UNKNOWN,
    ),
    "tell": (dict.fromkeys(ORGANISERS, at("done", State.DECIDED)), "forbidden"),
    "lift": (dict.fromkeys(ORGANISERS, at("done", *State)), "forbidden"),
    "publish": (dict.fromkeys(ORGANISERS, at("done", State.ACCEPTED)), "forbidden"),
    "correct": (dict.fromkeys(ORGANISERS, at("done", State.PUBLISHED)), "forbidden"),
    "remove": (dict.fromkeys(ORGANISERS, at("done", State.PUBLISHED)), "forbidden"),
    "restore": (dict.fromkeys(ORGANISERS, at("done", State.REMOVED)), "forbidden"),
    "extend": (dict.fromkeys(ORGANISERS, at("done", *PRIVATE)), "forbidden"),
    "move": ({"author": at(MOVED_ON)}, UNKNOWN),
    "stay": ({"author": at(MOVED_ON)}, UNKNOWN),
    "report": (dict.fromkeys(PEOPLE, at("done", State.PUBLISHED, else_=UNKNOWN)), UNKNOWN),
}


def actions(cast: Cast, essay: Contribution, made: int) -> dict[str, Callable[..., Any]]:
    """Each takes a session and an actor; ``made`` is the decision there is."""
    id, jurist = essay.id, cast.jurist_moderator.id
    later = clock.now() + timedelta(days=900)
    conflicted = cast.other_moderator.id
    return {
        "renew": lambda s, who: claiming.renew(s, who, id),
        "hand_over": lambda s, who: handing.hand_over(s, who, id, to=jurist),
        "second": lambda s, who: second(s, who, id, made),
        "declare": lambda s, who: declare(s, who, id, ConflictKind.RIVALRY),
        "note": lambda s, who: talking.note(s, who, id, "Hm.", language="fr"),
        "write": lambda s, who: talking.write_to_author(s, who, id, "Hm?", language="fr"),
        "answer": lambda s, who: talking.answer(s, who, id, "Oui.", language="fr"),
        "undo": lambda s, who: undo(s, who, made, "Too early."),
        "assign": lambda s, who: handing.assign(s, who, id, to=jurist, holder_seen=None),
        "tell": lambda s, who: releasing.release_one(s, who, id, decision_seen=made),
        "lift": lambda s, who: lift(s, who, id, conflicted),
        "publish": lambda s, who: organising.release(s, who, id),
        "correct": lambda s, who: organising.correct(s, who, id, make_essay("fr"), note="A date."),
        "remove": lambda s, who: organising.remove(
            s, who, id, reason="A court order.", language="en"
        ),
        "restore": lambda s, who: organising.restore(s, who, id),
        "extend": lambda s, who: organising.extend(s, who, id, until=later, reason="Ill."),
        "move": lambda s, who: tracks.move_to_track(s, who, id),
        "stay": lambda s, who: tracks.keep_in_track(s, who, id, words="It is law."),
        "report": lambda s, who: reporting.file(
            s, who, essay.number or "", Complaint.FALSE, words="Faux.", language="fr"
        ),
    }


def decided(session: Session, cast: Cast, essay: Contribution) -> int:
    """Id of a rejection by the moderator; of none where nothing was handed in."""
    if essay.revision_id is None:
        return 999_999
    made = Decision(
        contribution_id=essay.id,
        revision_id=essay.revision_id,
        moderator_id=cast.moderator.id,
        verdict="reject",
        standing=Standing.PENDING.value,
        reasons=["sources"],
        words="Citez vos sources.",
        words_language="fr",
    )
    session.add(made)
    session.flush()
    return made.id


def actor(session: Session, cast: Cast, name: str) -> Any:
    match name:
        case "visitor":
            return NOBODY
        case "conflicted":
            return cast.actor("other_moderator")
        case "wrong_language":
            email, lanes = "arabic@example.org", {"reads": ["ar"]}
        case "wrong_track":
            email, lanes = "digital@example.org", {"serves": ["digital_actor"]}
        case _:
            return cast.actor(name)
    return make_account(session, email, Role.MODERATOR, **lanes).actor


@pytest.mark.parametrize("at_state", list(State))
def test_every_action_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, at_state: State
) -> None:
    essay = make_contribution(session, cast.author, edition=edition, state=at_state)
    made = decided(session, cast, essay)
    session.add(
        Conflict(
            account_id=cast.other_moderator.id,
            contribution_id=essay.id,
            kind=ConflictKind.RIVALRY.value,
        )
    )
    session.flush()
    people = {name: actor(session, cast, name) for name in PEOPLE}
    wrong = {}
    for action, act in actions(cast, essay, made).items():
        theirs, others = EXPECTED[action]
        for name, who in people.items():
            expected = theirs[name][at_state] if name in theirs else others
            found = refusal_of(session, partial(act, session, who))
            if found != expected:
                wrong[action, name] = (found, expected)
    assert not wrong


def test_every_action_has_its_expectation(
    session: Session, cast: Cast, essay: Contribution
) -> None:
    assert set(actions(cast, essay, 1)) == set(EXPECTED)
