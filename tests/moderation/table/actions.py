"""Every action on an essay at the desk: how it is done, and who may do it in which states."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.contributions.states import State
from app.core import clock
from app.core.policy import Actor
from app.moderation.appeals import handing as appeal_handing
from app.moderation.appeals import operations as appealing
from app.moderation.appeals.models import Outcome
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import ConflictKind
from app.moderation.conflicts.operations import declare, lift
from app.moderation.decisions import operations as deciding
from app.moderation.decisions import releasing, tracks
from app.moderation.decisions.seconding import second
from app.moderation.decisions.undoing import rework, undo
from app.moderation.decisions.verdicts import Verdict
from app.moderation.looks import operations as looking
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reporting
from app.moderation.reports.models import Complaint
from app.moderation.sampling import operations as sampling
from app.moderation.talk import operations as talking
from tests.factories import make_essay
from tests.moderation.table.scenes import (
    MODERATORS,
    NOWHERE,
    ORGANISERS,
    PEOPLE,
    Given,
    Scene,
    addressed,
    another_track,
    appeal_in_hand,
    appealed,
    down,
    drawn,
    in_hand,
    nothing,
    proposed,
    reported,
    taken_down,
    told,
)

UNKNOWN: Final = "contribution.unknown"
MOVED_ON: Final = "contribution.moved_on"
NO_APPEAL: Final = "appeal.unknown"
NO_LOOK: Final = "second_look.unknown"
NO_CASE: Final = "case.unknown"
FORBIDDEN: Final = "forbidden"

PRIVATE: Final = {State.DRAFT, State.WITHDRAWN}
ENDED: Final = (State.REJECTED, State.SPAM)

By = dict[State, str]


def at(outcome: str, *states: State, else_: str = MOVED_ON) -> By:
    """That outcome in those states, and in all others another one."""
    return {state: outcome if state in states else else_ for state in State}


def but(known: By, outcome: str, *states: State) -> By:
    """The same, except in those states."""
    return known | dict.fromkeys(states, outcome)


def of(people: tuple[str, ...] | str, by: By) -> dict[str, By]:
    return dict.fromkeys((people,) if isinstance(people, str) else people, by)


@dataclass(frozen=True)
class Action:
    """``act`` does it with the id of what is ``given``.

    ``theirs`` is what those get whose business it is, and ``others`` what everybody else gets.
    """

    operation: Any
    act: Callable[[Session, Actor, Scene, int], object]
    theirs: dict[str, By]
    others: str = UNKNOWN
    given: Given = nothing


def more_time(session: Session, who: Actor, it: Scene, _given: int) -> None:
    until = clock.now() + timedelta(days=900)
    organising.extend(session, who, it.id, until=until, reason="Ill.")


WAITING: Final = but(at("done", State.SUBMITTED), UNKNOWN, State.DRAFT)
SEEN: Final = but(at("done", *State), UNKNOWN, *PRIVATE)
SUBMITTED_ONCE: Final = but(at("done", *State), UNKNOWN, State.DRAFT)
UNDONE: Final = but(
    at("done", State.DECIDED, State.REJECTED, else_="decision.answered"),
    "decision.published",
    State.PUBLISHED,
    State.REMOVED,
) | {State.DRAFT: UNKNOWN}
NOT_KEPT: Final = but(at("done", State.DECIDED, else_="decision.not_kept"), UNKNOWN, State.DRAFT)
APPEALED: Final = but(at("done", *ENDED, else_="appeal.answered"), NO_APPEAL, State.DRAFT)
ONLY_APART: Final = of("jurist_moderator", APPEALED)
EVERYBODY: Final = tuple(name for name in PEOPLE if name != "visitor")
DESK: Final = (*MODERATORS, *ORGANISERS)
REJECTION: Final[dict[str, Any]] = {"reasons": ["unclear"], "words": "Non.", "words_language": "fr"}
REPLY: Final = {"reply": "Oui.", "language": "fr"}

ACTIONS: Final[dict[str, Action]] = {
    "claim": Action(
        claiming.claim, lambda s, who, it, _: claiming.claim(s, who, it.id), of(MODERATORS, WAITING)
    ),
    "renew": Action(
        claiming.renew,
        lambda s, who, it, _: claiming.renew(s, who, it.id),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "release nothing": Action(
        claiming.release,
        lambda s, who, it, _: claiming.release(s, who, it.id),
        of(MODERATORS, SUBMITTED_ONCE),
    ),
    # What one holds one may let go of, whatever has become of it and of oneself.
    "release": Action(
        claiming.release,
        lambda s, who, it, _: claiming.release(s, who, it.id),
        of(EVERYBODY, at("done", *State)),
        given=in_hand,
    ),
    "release_and_next": Action(
        claiming.release_and_next,
        lambda s, who, it, _: claiming.release_and_next(s, who, it.id),
        of(EVERYBODY, at("done", *State)),
        given=in_hand,
    ),
    "hand_over": Action(
        handing.hand_over,
        lambda s, who, it, _: handing.hand_over(s, who, it.id, to=it.colleague),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "assign": Action(
        handing.assign,
        lambda s, who, it, _: handing.assign(s, who, it.id, to=it.colleague, holder_seen=None),
        of(ORGANISERS, WAITING),
    ),
    "decide": Action(
        deciding.decide,
        lambda s, who, it, _: deciding.decide(
            s, who, it.id, Verdict.REJECT, revision_seen=1, **REJECTION
        ),
        of(MODERATORS, WAITING),
        given=in_hand,
    ),
    "claim_and_decide": Action(
        deciding.claim_and_decide,
        lambda s, who, it, _: deciding.claim_and_decide(s, who, it.id, Verdict.SPAM),
        of(MODERATORS, WAITING),
    ),
    "second": Action(
        second,
        lambda s, who, it, id: second(s, who, it.id, id),
        {
            "moderator": WAITING | {State.SUBMITTED: "decision.own_proposal"},
            "jurist_moderator": WAITING,
        },
        given=proposed,
    ),
    "undo": Action(
        undo,
        lambda s, who, it, _: undo(s, who, it.decision, "Too early."),
        of(("moderator", *ORGANISERS), UNDONE),
    ),
    # By organisers only if they moderate such essays: it is to be decided anew.
    "rework": Action(
        rework,
        lambda s, who, it, _: rework(s, who, it.decision, "Too early."),
        of("moderator", NOT_KEPT) | of(ORGANISERS, NOT_KEPT | {State.DECIDED: UNKNOWN}),
    ),
    "tell": Action(
        releasing.release_one,
        lambda s, who, it, _: releasing.release_one(s, who, it.id, decision_seen=it.decision),
        of(ORGANISERS, at("done", State.DECIDED)),
        FORBIDDEN,
    ),
    "move": Action(
        tracks.move_to_track,
        lambda s, who, it, _: tracks.move_to_track(s, who, it.id),
        of("author", at("done", State.CHANGES_REQUESTED)),
        given=another_track,
    ),
    "stay": Action(
        tracks.keep_in_track,
        lambda s, who, it, _: tracks.keep_in_track(s, who, it.id, words="It is law."),
        of("author", at("done", State.CHANGES_REQUESTED)),
        given=another_track,
    ),
    "declare": Action(
        declare,
        lambda s, who, it, _: declare(s, who, it.id, ConflictKind.RIVALRY),
        of(MODERATORS, SEEN) | of(ORGANISERS, SUBMITTED_ONCE),
    ),
    "lift": Action(
        lift,
        lambda s, who, it, _: lift(s, who, it.id, it.people["declared"].id or NOWHERE),
        of(ORGANISERS, at("done", *State)),
        FORBIDDEN,
    ),
    "appeal": Action(
        appealing.file,
        lambda s, who, _it, id: appealing.file(s, who, id, words="Non.", language="fr"),
        of("author", but(at("done", *ENDED, else_="appeal.too_late"), UNKNOWN, State.DRAFT)),
        given=told,
    ),
    "appeal_against_taking_down": Action(
        appealing.file_against_take_down,
        lambda s, who, _it, id: appealing.file_against_take_down(
            s, who, id, words="Non.", language="fr"
        ),
        of("author", at("done", State.REMOVED, else_=UNKNOWN)),
        given=down,
    ),
    "claim_appeal": Action(
        appealing.claim,
        lambda s, who, _it, id: appealing.claim(s, who, id),
        ONLY_APART,
        NO_APPEAL,
        appealed,
    ),
    "renew_appeal": Action(
        appealing.renew,
        lambda s, who, _it, id: appealing.renew(s, who, id),
        ONLY_APART,
        NO_APPEAL,
        appeal_in_hand,
    ),
    "release_appeal": Action(
        appealing.release,
        lambda s, who, _it, id: appealing.release(s, who, id),
        of("jurist_moderator", but(at("done", *State), NO_APPEAL, State.DRAFT)),
        NO_APPEAL,
        appeal_in_hand,
    ),
    "answer_appeal": Action(
        appealing.answer,
        lambda s, who, _it, id: appealing.answer(s, who, id, Outcome.UPHELD, **REPLY),
        ONLY_APART,
        NO_APPEAL,
        appealed,
    ),
    "hand_over_appeal": Action(
        appeal_handing.hand_over,
        lambda s, who, it, id: appeal_handing.hand_over(s, who, id, to=it.colleague),
        ONLY_APART,
        NO_APPEAL,
        appeal_in_hand,
    ),
    "assign_appeal": Action(
        appeal_handing.assign,
        lambda s, who, it, id: appeal_handing.assign(s, who, id, to=it.colleague, holder_seen=None),
        of(ORGANISERS, APPEALED),
        NO_APPEAL,
        appealed,
    ),
    "second_look": Action(
        sampling.look,
        lambda s, who, _it, id: sampling.look(
            s, who, id, Verdict.ACCEPT, words="Bien étayé.", language="fr"
        ),
        of("jurist_moderator", but(at("done", *State), NO_LOOK, *PRIVATE)),
        NO_LOOK,
        drawn,
    ),
    "report": Action(
        reporting.file,
        lambda s, who, it, _: reporting.file(
            s, who, it.essay.number or "", Complaint.FALSE, words="Faux.", language="fr"
        ),
        of(PEOPLE, at("done", State.PUBLISHED, else_=UNKNOWN)),
    ),
    "keep": Action(
        reporting.keep,
        lambda s, who, _it, id: reporting.keep(s, who, id, words="Non.", language="fr"),
        of(DESK, but(at("done", State.PUBLISHED), NO_CASE, State.DRAFT)),
        NO_CASE,
        reported,
    ),
    "take_down": Action(
        reporting.remove,
        lambda s, who, _it, id: reporting.remove(
            s, who, id, reason="Oui.", words="", language="fr"
        ),
        of(DESK, but(at("done", State.PUBLISHED, State.REMOVED), NO_CASE, State.DRAFT)),
        NO_CASE,
        reported,
    ),
    "put_back": Action(
        reporting.reverse,
        lambda s, who, _it, id: reporting.reverse(s, who, id),
        of(DESK, but(at("done", State.REMOVED), NO_CASE, State.DRAFT)),
        NO_CASE,
        taken_down,
    ),
    "look": Action(
        looking.note,
        lambda s, who, it, _: looking.note(s, who, it.id, revision=1, signs=()),
        of(MODERATORS, SUBMITTED_ONCE),
    ),
    "note": Action(
        talking.note,
        lambda s, who, it, _: talking.note(s, who, it.id, "Hm.", language="fr"),
        of(DESK, SEEN),
    ),
    "write": Action(
        talking.write_to_author,
        lambda s, who, it, _: talking.write_to_author(s, who, it.id, "Hm?", language="fr"),
        of(DESK, but(SEEN, MOVED_ON, State.SPAM)),
    ),
    "answer": Action(
        talking.answer,
        lambda s, who, it, _: talking.answer(s, who, it.id, "Oui.", language="fr"),
        of(("author", "co_author"), but(at("done", *State), MOVED_ON, *PRIVATE, State.SPAM)),
        given=addressed,
    ),
    "publish": Action(
        organising.release,
        lambda s, who, it, _: organising.release(s, who, it.id),
        of(ORGANISERS, at("done", State.ACCEPTED)),
        FORBIDDEN,
    ),
    "correct": Action(
        organising.correct,
        lambda s, who, it, _: organising.correct(s, who, it.id, make_essay("fr"), note="A date."),
        of(ORGANISERS, at("done", State.PUBLISHED)),
        FORBIDDEN,
    ),
    "remove": Action(
        organising.remove,
        lambda s, who, it, _: organising.remove(
            s, who, it.id, reason="A court order.", language="en"
        ),
        of(ORGANISERS, at("done", State.PUBLISHED)),
        FORBIDDEN,
    ),
    "restore": Action(
        organising.restore,
        lambda s, who, it, _: organising.restore(s, who, it.id),
        of(ORGANISERS, at("done", State.REMOVED)),
        FORBIDDEN,
    ),
    "extend": Action(organising.extend, more_time, of(ORGANISERS, at("done", *PRIVATE)), FORBIDDEN),
}
