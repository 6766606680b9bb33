"""Every action on an essay at the desks, by every state of it and every person.

What is an action is found in the code. Each is tried with what it needs besides the permission
given to whoever tries: a claim on the essay, an appeal, a case of reports. So that somebody holds
it is never what lets them in. By organisers in conflict: ``organising/test_conflicts``.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from inspect import signature
from pkgutil import walk_packages
from types import FunctionType
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.contributions.states import State
from app.core.policy import Actor
from app.editions.models import Edition, Track
from app.moderation.appeals import operations as appealing
from app.moderation.claims import operations as claiming
from app.moderation.organising import operations as organising
from tests.access import ACCESS, Access
from tests.factories import Cast, make_edition
from tests.http import Browser
from tests.moderation.table.actions import (
    ACTIONS,
    Action,
)
from tests.moderation.table.scenes import (
    MODERATORS,
    PEOPLE,
    Scene,
    appealed,
    drawn,
    everybody,
    in_hand,
    reported,
    scene,
)
from tests.moderation.test_operations import refusal_of

#: What operations have in common: they hold the essay and say for whom it is there.
STEPS: Final = {
    claiming.entrusted,
    claiming.must_hold,
    appealing.answerable,
    organising.organised,
}
READS: Final = {"queries", "policy", "foreseeing", "preparing", "inserting", "declared", "views"}
ABOUT_ONE: Final = {
    *("contribution_id", "decision_id", "take_down_id"),
    *("appeal_id", "case_id", "number"),
}


def differing(session: Session, it: Scene, state: State, people: tuple[str, ...]) -> dict[Any, Any]:
    """By action and person: what was found, and what had been expected instead."""
    wrong = {}
    for name, action in ACTIONS.items():
        for person in people:
            who = it.people[person]
            by = action.theirs.get(person)
            expected = by[state] if by else action.others

            def act(action: Action = action, who: Actor = who) -> None:
                action.act(session, who, it, action.given(session, who, it))

            found = refusal_of(session, act)
            if found != expected:
                wrong[name, person] = (found, expected)
    return wrong


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_state_and_person(
    session: Session, cast: Cast, edition: Edition, state: State
) -> None:
    it = scene(session, cast, edition, state, everybody(session, cast))
    assert not differing(session, it, state, PEOPLE)
    # Who may be told nothing of the authors can do no less.
    is_own = Track.edition_id == edition.id, Track.code == it.essay.track
    session.scalars(select(Track).where(*is_own)).one().is_blind = True
    session.flush()
    assert not differing(session, it, state, MODERATORS)


def test_every_action_is_somebodys_in_some_state() -> None:
    never = [
        name
        for name, action in ACTIONS.items()
        if not any("done" in by.values() for by in action.theirs.values())
    ]
    assert not never


def test_every_operation_about_an_essay_is_an_action() -> None:
    found = {
        function
        for info in walk_packages(import_module("app.moderation").__path__, "app.moderation.")
        if info.name.rpartition(".")[2] not in READS
        for function in about_one(info.name)
    }
    assert found - STEPS == {action.operation for action in ACTIONS.values()}


def about_one(name: str) -> Iterator[FunctionType]:
    """Its public functions that take a session, who acts, and an essay by an id."""
    module = import_module(name)
    for label, value in vars(module).items():
        if not isinstance(value, FunctionType) or value.__module__ != name or label[0] == "_":
            continue
        takes = [*signature(value).parameters]
        if takes[:2] == ["session", "actor"] and ABOUT_ONE & set(takes):
            yield value


#: What the forms of each answer to those whose business they are not.
FORMS: Final = {Access.ENTRUSTED: 404, Access.CASE: 404, Access.ORGANISERS: 403, Access.OWNER: 404}
WITHOUT: Final = ("stranger", "former", "wrong_track", "declared", "organiser_apart")
#: Last, since who has it in hand may let go of it.
LETTING_GO: Final = ("moderation.release", "moderation.release_and_next")


@pytest.fixture
def watching(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Whose ``data_version`` is another one whenever anybody else has written."""
    with closing(sqlite3.connect(settings.data_dir / "app.db")) as connection:
        yield connection


def version(watching: sqlite3.Connection) -> Any:
    return watching.execute("PRAGMA data_version").fetchone()


def test_every_form_by_state_is_refused_to_those_without_a_part(
    app: Flask,
    db: Session,
    people: Cast,
    browser: Callable[..., Browser],
    watching: sqlite3.Connection,
) -> None:
    edition, accounts = make_edition(db), everybody(db, people)
    addresses = {}
    for state in State:
        it = scene(db, people, edition, state, accounts)
        in_hand(db, it.people["former"], it)
        addresses[state] = forms(app, ids(db, it, accounts["declared"].id))
    db.commit()
    wrong = {}
    for person in WITHOUT:
        somebody = browser(accounts[person].email)
        token = {"csrf_token": somebody.token("/en/account")}
        for state, found in addresses.items():
            for endpoint, address in found:
                before = version(watching)
                answer = somebody.client.post(address, data=token).status_code
                wrote = version(watching) != before
                expected = FORMS[ACCESS[endpoint]], False
                if person == "organiser_apart" and state is State.DRAFT and answer == 404:
                    # A draft is no organiser's to know of, before anything else is asked.
                    expected = 404, False
                if person == "former" and endpoint == LETTING_GO[0]:
                    expected = 303, True
                if (answer, wrote) != expected:
                    wrong[person, state.value, endpoint] = (answer, wrote)
    assert not wrong


def ids(db: Session, it: Scene, declared: int) -> dict[str, Any]:
    """What the addresses about it name."""
    nobody = it.people["visitor"]
    return {
        "lang": "en",
        "contribution_id": it.id,
        "decision_id": drawn(db, nobody, it),
        "appeal_id": appealed(db, nobody, it),
        "case_id": reported(db, nobody, it),
        "account_id": declared,
    }


def forms(app: Flask, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Endpoints and addresses of all forms of the desk, and of organisers, about that essay."""
    adapter = app.url_map.bind("localhost")
    found = [
        (rule.endpoint, adapter.build(rule.endpoint, {n: values[n] for n in rule.arguments}))
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and ABOUT_ONE & rule.arguments
        and rule.arguments <= values.keys()
        and (rule.endpoint.startswith("moderation.") or ACCESS[rule.endpoint] is Access.ORGANISERS)
    ]
    assert len(found) > 25
    return sorted(found, key=lambda each: each[0] in LETTING_GO)
