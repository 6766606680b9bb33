"""Organisers in conflict with an essay: what becomes of it, and who decides on it, is for others.

What organisers do is found in the code, so that whatever is added is refused here until it is
tried: every operation that asks for an organiser, every action on many.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contributions import operations as contributions
from app.contributions import publishing
from app.contributions.models import Contribution, TakeDown
from app.contributions.moves import move
from app.contributions.states import State
from app.core import clock
from app.core.audit import AuditAction
from app.core.policy import SYSTEM, Actor, Role
from app.editions.models import Edition
from app.moderation.appeals import handing as appeals
from app.moderation.appeals.models import Appeal
from app.moderation.bulk import acts
from app.moderation.bulk.acts import Action, Seen
from app.moderation.claims import handing
from app.moderation.claims import operations as claiming
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.operations import declare, lift
from app.moderation.decisions import releasing, undoing
from app.moderation.decisions.models import Decision, Standing
from app.moderation.organising import operations as organising
from app.moderation.reports import operations as reports
from app.moderation.reports.models import CaseOutcome, ReportCase
from app.moderation.talk import operations as talking
from tests.factories import Cast, make_account, make_contribution, make_essay
from tests.moderation.conflicts.conftest import CONFLICTING
from tests.moderation.test_operations import refusal_of


@dataclass(frozen=True)
class Case:
    """An essay in a state, with the last decision on it, an appeal and a case of reports.

    ``moderator`` is given it or, while it waits, has declared a conflict of interest.
    """

    essay: Contribution
    decision: int
    appeal: int
    case: int
    moderator: int

    @property
    def id(self) -> int:
        return self.essay.id


Act = Callable[[Session, Actor, Case], object]


def extend(session: Session, actor: Actor, it: Case) -> None:
    until = clock.now() + timedelta(days=900)
    organising.extend(session, actor, it.id, until=until, reason="Ill.")


#: Everything that is an organiser's to do with one essay, and the state in which they do it.
ACTS: Final[dict[Any, tuple[State, Act]]] = {
    organising.release: (State.ACCEPTED, lambda s, who, it: organising.release(s, who, it.id)),
    organising.correct: (
        State.PUBLISHED,
        lambda s, who, it: organising.correct(s, who, it.id, make_essay("fr"), note="A date."),
    ),
    organising.remove: (
        State.PUBLISHED,
        lambda s, who, it: organising.remove(s, who, it.id, reason="A court order.", language="en"),
    ),
    organising.restore: (State.REMOVED, lambda s, who, it: organising.restore(s, who, it.id)),
    organising.extend: (State.WITHDRAWN, extend),
    handing.assign: (
        State.SUBMITTED,
        lambda s, who, it: handing.assign(s, who, it.id, to=it.moderator, holder_seen=None),
    ),
    appeals.assign: (
        State.REJECTED,
        lambda s, who, it: appeals.assign(s, who, it.appeal, to=it.moderator, holder_seen=None),
    ),
    undoing.undo: (
        State.DECIDED,
        lambda s, who, it: undoing.undo(s, who, it.decision, "Too early."),
    ),
    undoing.rework: (
        State.DECIDED,
        lambda s, who, it: undoing.rework(s, who, it.decision, "Too early."),
    ),
    releasing.release_one: (
        State.DECIDED,
        lambda s, who, it: releasing.release_one(s, who, it.id, decision_seen=it.decision),
    ),
    lift: (State.SUBMITTED, lambda s, who, it: lift(s, who, it.id, it.moderator)),
    declare: (
        State.SUBMITTED,
        lambda s, who, it: declare(s, who, it.id, ConflictKind.PERSONAL),
    ),
    talking.note: (
        State.SUBMITTED,
        lambda s, who, it: talking.note(s, who, it.id, "Hm.", language="fr"),
    ),
    talking.write_to_author: (
        State.SUBMITTED,
        lambda s, who, it: talking.write_to_author(s, who, it.id, "Hm?", language="fr"),
    ),
    reports.keep: (
        State.PUBLISHED,
        lambda s, who, it: reports.keep(s, who, it.case, words="No.", language="fr"),
    ),
    reports.remove: (
        State.PUBLISHED,
        lambda s, who, it: reports.remove(s, who, it.case, reason="Yes.", words="", language="fr"),
    ),
    reports.reverse: (State.REMOVED, lambda s, who, it: reports.reverse(s, who, it.case)),
}
#: What else asks for an organiser: of many essays, tested apart below; to make one; to tell an
#: organiser; and the release of a claim, whose rule has the name of another.
OTHERS: Final = {
    acts.act,
    releasing.release,
    contributions.import_essay,
    talking.answer,
    claiming.release,
}
#: To who has none of its conversation and none of its cases, these are not there.
HIDDEN: Final = {
    talking.note: "contribution.unknown",
    talking.write_to_author: "contribution.unknown",
    reports.keep: "case.unknown",
    reports.remove: "case.unknown",
    reports.reverse: "case.unknown",
}
STATES: Final = list(dict.fromkeys(state for state, _act in ACTS.values()))


def brought(session: Session, cast: Cast, essay: Contribution, state: State) -> Case:
    """That essay, which waits, in that state, with what there is to be acted on."""
    if state in {State.PUBLISHED, State.REMOVED}:
        move(session, SYSTEM, essay, State.ACCEPTED, AuditAction.CONTRIBUTION_DECIDED)
        publishing.publish(session, SYSTEM, essay)
    if state is State.REMOVED:
        publishing.take_down(session, SYSTEM, essay, reason="A court order.", language="en")
    elif state not in {State.PUBLISHED, State.SUBMITTED}:
        move(session, SYSTEM, essay, state, AuditAction.CONTRIBUTION_DECIDED)
    moderator = cast.other_moderator.id
    made = Decision(
        contribution_id=essay.id,
        revision_id=essay.revision_id,
        moderator_id=cast.jurist_moderator.id,
        verdict="reject",
        standing=Standing.PENDING.value,
        reasons=["sources"],
        words="Citez vos sources.",
        words_language="fr",
    )
    session.add(made)
    if state is State.SUBMITTED:
        kind = ConflictKind.RIVALRY.value
        session.add(Conflict(account_id=moderator, contribution_id=essay.id, kind=kind))
    session.flush()
    appeal = Appeal(contribution_id=essay.id, decision_id=made.id, words="Non.", language="fr")
    session.add(appeal)
    case = ReportCase(contribution_id=essay.id)
    if state is State.REMOVED:
        case.outcome, case.closed_at = CaseOutcome.REMOVED.value, essay.removed_at
        case.take_down_id = session.scalars(
            select(TakeDown.id).where(TakeDown.contribution_id == essay.id)
        ).one()
    session.add(case)
    session.flush()
    return Case(essay, made.id, appeal.id, case.id, moderator)


def two_hats(session: Session, cast: Cast) -> Cast:
    """The cast, in which the moderator is an organiser, too."""
    both = make_account(session, "two.hats@example.org", Role.MODERATOR, Role.ORGANISER)
    return replace(cast, moderator=both)


@pytest.mark.parametrize("kind", CONFLICTING)
def test_in_conflict_an_organiser_has_no_say(
    session: Session, cast: Cast, edition: Edition, kind: str
) -> None:
    cast = two_hats(session, cast)
    apart, administrator = cast.moderator, cast.administrator.actor
    cases = {
        state: brought(session, cast, CONFLICTING[kind](session, cast, edition), state)
        for state in STATES
    }
    refused = "contribution." + ("own" if kind in {"own", "co_author"} else "in_conflict")
    for function, (state, act) in ACTS.items():
        it = cases[state]
        if function is handing.assign:
            # Who declared a conflict can't be given it.
            it = replace(it, moderator=cast.jurist_moderator.id)
        expected = HIDDEN.get(function, refused)
        assert refusal_of(session, partial(act, session, apart.actor, it)) == expected, function
        # What is to be decided anew is for who decided.
        decider = cast.jurist_moderator.actor
        other = decider if function is undoing.rework else administrator
        assert refusal_of(session, partial(act, session, other, it)) == "done", function
    seen = Seen(cases[State.DECIDED].id, 1, cases[State.DECIDED].decision)
    for action in Action:
        found = refusal_of(session, partial(acts.act, session, apart.actor, seen, action, CHOICES))
        organises = acts.can_ask(administrator, action)
        assert found == (refused if organises else "contribution.unknown"), action


CHOICES: Final = {
    "reasons": ["sources"],
    "points": [],
    "words": "Citez vos sources.",
    "words_language": "fr",
    "to": 1,
    "note": "Hm.",
}
GUARDS: Final = {
    "organised",
    "must_have_a_say",
    "can_organise",
    "may_organise",
    "can_see_workload",
    "can_handle",
    "can_follow",
    "can_release",
}
READS: Final = {"queries", "workload", "policy", "labels", "views", "conditions"}


def test_every_operation_of_an_organiser_is_tried() -> None:
    found = {
        function
        for room in ("app.contributions", "app.moderation")
        for module in modules(room)
        for function in functions(module)
        if names(function) & GUARDS
    }
    assert found - {organising.organised, organising.must_have_a_say} == set(ACTS) | OTHERS


def modules(room: str) -> Iterator[ModuleType]:
    for info in walk_packages(import_module(room).__path__, f"{room}."):
        if info.name.rpartition(".")[2] not in READS:
            yield import_module(info.name)


def functions(module: ModuleType) -> Iterator[FunctionType]:
    """Its public ones that take a session and who acts."""
    for name, value in vars(module).items():
        own = isinstance(value, FunctionType) and value.__module__ == module.__name__
        if own and not name.startswith("_") and [*signature(value).parameters][:2] == TAKEN:
            yield value


TAKEN: Final = ["session", "actor"]


def names(function: FunctionType) -> set[str]:
    """What it calls, itself or by the private functions of its module."""
    found = {*mentioned(function.__code__)}
    around = function.__globals__
    while (
        private := {
            inner
            for name in found
            if name.startswith("_") and isinstance(around.get(name), FunctionType)
            for inner in mentioned(around[name].__code__)
        }
        - found
    ):
        found |= private
    return found


def mentioned(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return {*code.co_names}.union(*map(mentioned, inner))


def test_in_conflict_kept_decisions_are_announced_by_another(
    session: Session, cast: Cast, edition: Edition
) -> None:
    edition.decides_together = True
    cast = two_hats(session, cast)
    both = cast.moderator.actor
    theirs, free = (make_contribution(session, cast.author, edition=edition) for _ in range(2))
    declare(session, both, theirs.id, ConflictKind.RIVALRY)
    made = {
        each.id: brought(session, cast, each, State.DECIDED).decision for each in (theirs, free)
    }
    assert [each.number for each in releasing.kept(session, both, edition)] == [1]
    assert releasing.release(session, both, edition.id) == 1
    assert [id for _edition, id in releasing.due(session)] == [made[free.id]]
    administrator = cast.administrator.actor
    assert [each.number for each in releasing.kept(session, administrator, edition)] == [1]
    assert releasing.release(session, administrator, edition.id) == 1
    assert len(releasing.due(session)) == 2
