"""Organisers in conflict with an essay: what becomes of it, and who decides on it, is for others.

What organisers do is found in the code, so that whatever is added is refused here until it is
tried: every operation that asks for an organiser, every action on many, every form of theirs.
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
from flask import Flask
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
from tests.access import ACCESS, Access
from tests.factories import Cast, make_account, make_contribution, make_edition, make_essay
from tests.http import Browser
from tests.moderation.conflicts.conftest import CONFLICTING, Conflicting
from tests.moderation.test_operations import refusal_of

ROOT: Final = "/en/organise/contributions/"
SAID: Final = "You have a conflict of interest with this essay"
OWN: Final = "You are an author of this essay"


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


#: By route: the state, and what is sent. Each is an organiser's form about one essay.
FORMS: Final[dict[str, tuple[State, dict[str, str]]]] = {
    "contributions.release": (State.ACCEPTED, {}),
    "contributions.correct": (State.PUBLISHED, {"title": "x"}),
    "contributions.correct_references": (State.PUBLISHED, {"text": "[]", "note": "x"}),
    "contributions.remove": (State.PUBLISHED, {"reason": "A court order."}),
    "contributions.restore": (State.REMOVED, {}),
    "contributions.extend": (State.WITHDRAWN, {"until": "2099-01-01T00:00", "reason": "Ill."}),
    "moderation.assign": (State.SUBMITTED, {"to": "1"}),
    "moderation.assign_appeal": (State.REJECTED, {"to": "1"}),
    "moderation.undo_organised": (State.DECIDED, {"words": "Too early."}),
    "moderation.lift_conflict": (State.SUBMITTED, {}),
    "moderation.messages_organised": (
        State.SUBMITTED,
        {"audience": "moderators", "message": "Hm.", "message_language": "fr"},
    ),
    "moderation.case": (State.PUBLISHED, {"outcome": "removed", "reason": "Yes."}),
    "moderation.reverse_case": (State.REMOVED, {}),
}
ABOUT_ONE: Final = {"contribution_id", "decision_id", "appeal_id", "case_id"}


def test_every_form_of_an_organiser_is_tried(app: Flask) -> None:
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and ACCESS[rule.endpoint] in {Access.ORGANISERS, Access.CASE}
        and ABOUT_ONE & rule.arguments
    }
    assert found == set(FORMS)


def _own(session: Session, cast: Cast, edition: Edition) -> Contribution:
    return make_contribution(session, cast.moderator, edition=edition)


@pytest.mark.parametrize(("make", "said"), [(CONFLICTING["declared"], SAID), (_own, OWN)])
def test_in_conflict_no_form_is_offered_nor_taken(
    app: Flask,
    db: Session,
    people: Cast,
    browser: Callable[..., Browser],
    make: Conflicting,
    said: str,
) -> None:
    cast, edition = two_hats(db, people), make_edition(db)
    cases = {state: brought(db, cast, make(db, cast, edition), state) for state in STATES}
    db.commit()
    apart, other = browser(cast.moderator.email), browser("organiser@example.org")
    before = {state: it.essay.state for state, it in cases.items()}
    adapter = app.url_map.bind("localhost")
    for endpoint, (state, fields) in FORMS.items():
        it = cases[state]
        ids = {
            "lang": "en",
            "contribution_id": it.id,
            "decision_id": it.decision,
            "appeal_id": it.appeal,
            "case_id": it.case,
            "account_id": it.moderator,
        }
        [rule] = app.url_map.iter_rules(endpoint)
        address = adapter.build(endpoint, {name: ids[name] for name in rule.arguments})
        methods = {"POST", "GET"} & (rule.methods or set())
        for method in methods:
            answer = apart.post(address, fields) if method == "POST" else apart.get(address)
            assert answer.status_code in {403, 404}, (endpoint, method)
            if answer.status_code == 403:
                assert said in answer.text, (endpoint, method)
        if "GET" in methods:
            assert other.get(address).status_code == 200, endpoint
        page = apart.get(f"{ROOT}{it.id}/")
        assert said in page.text
        assert address not in page.text, endpoint
    db.expire_all()
    assert {state: it.essay.state for state, it in cases.items()} == before


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
