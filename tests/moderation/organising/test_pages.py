"""Organisers in conflict with an essay: they open no page of it, and find it in no list.

Pages and forms are found in the code, so that whatever is added is refused here until it is tried.
"""

import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Final

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.contributions import queries as contribution_queries
from app.contributions.models import Contribution
from app.contributions.states import State
from app.core import clock
from app.editions.models import Edition
from app.moderation.bulk import queries as bulk
from app.moderation.claims import operations as claiming
from app.moderation.claims import workload
from app.moderation.conflicts.models import Conflict, ConflictKind
from app.moderation.conflicts.queries import is_apart
from app.moderation.search.language import EVERYTHING
from tests.access import ACCESS, Access
from tests.factories import Cast, make_contribution, make_edition
from tests.http import Browser
from tests.moderation.conflicts.conftest import CONFLICTING, Conflicting
from tests.moderation.organising.test_conflicts import STATES, brought, two_hats

ROOT: Final = "/en/organise/contributions/"
SAID: Final = "You have a conflict of interest with this essay"
OWN: Final = "You are an author of this essay"


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
    "moderation.declare_organised": (State.SUBMITTED, {"conflict_kind": "rivalry"}),
    "moderation.messages_organised": (
        State.SUBMITTED,
        {"audience": "moderators", "message": "Hm.", "message_language": "fr"},
    ),
    "moderation.case": (State.PUBLISHED, {"outcome": "removed", "reason": "Yes."}),
    "moderation.reverse_case": (State.REMOVED, {}),
}
#: An organiser's other pages about one essay.
PAGES: Final = {
    "contributions.organise_one",
    "contributions.compare_organised",
    "contributions.revision_organised",
    "moderation.record_organised",
}
ABOUT_ONE: Final = {"contribution_id", "decision_id", "appeal_id", "case_id"}


def test_every_page_and_form_of_an_organiser_is_tried(app: Flask) -> None:
    found = {
        rule.endpoint: "POST" in (rule.methods or ())
        for rule in app.url_map.iter_rules()
        if ACCESS[rule.endpoint] in {Access.ORGANISERS, Access.CASE} and ABOUT_ONE & rule.arguments
    }
    assert found == dict.fromkeys(FORMS, True) | dict.fromkeys(PAGES, False)


def _own(session: Session, cast: Cast, edition: Edition) -> Contribution:
    return make_contribution(session, cast.moderator, edition=edition)


@pytest.mark.parametrize(("make", "said"), [(CONFLICTING["declared"], SAID), (_own, OWN)])
def test_in_conflict_no_page_is_opened_and_no_form_taken(
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
    for endpoint in PAGES:
        [rule] = app.url_map.iter_rules(endpoint)
        for state, it in cases.items():
            ids = {"lang": "en", "contribution_id": it.id, "number": 1}
            address = adapter.build(endpoint, {name: ids[name] for name in rule.arguments})
            answer = apart.get(address)
            assert answer.status_code == 403, (endpoint, state)
            assert said in answer.text, (endpoint, state)
            assert it.essay.title not in answer.text, (endpoint, state)
            assert other.get(address).status_code == 200, (endpoint, state)
    db.expire_all()
    assert {state: it.essay.state for state, it in cases.items()} == before


@pytest.mark.parametrize("kind", CONFLICTING)
def test_in_conflict_no_list_of_the_organisers_names_it(
    session: Session, cast: Cast, edition: Edition, kind: str
) -> None:
    cast = two_hats(session, cast)
    it = CONFLICTING[kind](session, cast, edition)
    free = make_contribution(session, cast.stranger, edition=edition)
    for each in (it, free):
        claiming.give(session, each.id, cast.other_moderator.id, clock.now() + timedelta(hours=1))
    shown = ((cast.administrator.actor, {it.id, free.id}), (cast.moderator.actor, {free.id}))
    for who, expected in shown:
        found = contribution_queries.organised(session, who, [is_apart()])
        assert {row.id for row in found.rows} == expected
        assert {*session.scalars(bulk.found(who, EVERYTHING, Contribution.id))} == expected
        assert {row.id for row in workload.workload(session, who).in_hand} == expected


def test_in_conflict_no_page_of_a_list_names_it(
    db: Session, people: Cast, browser: Callable[..., Browser]
) -> None:
    cast, edition = two_hats(db, people), make_edition(db)
    it, free = (
        make_contribution(db, cast.author, edition=edition, title=title, state=State.WITHDRAWN)
        for title in ("Zu nah", "Weit weg")
    )
    db.add(
        Conflict(
            account_id=cast.moderator.id,
            contribution_id=it.id,
            kind=ConflictKind.RIVALRY.value,
        )
    )
    db.commit()
    apart, other = browser(cast.moderator.email), browser("organiser@example.org")
    for address in (ROOT, "/en/organise/extensions/?author=author@example.org"):
        listed = apart.get(address).text
        assert free.number in listed
        assert it.number not in listed
        assert it.number in other.get(address).text
    archive = BytesIO(apart.get("/en/organise/contributions.zip").data)
    names = zipfile.ZipFile(archive).namelist()
    assert any(free.number in name for name in names)
    assert not any(it.number in name for name in names)
