"""Who may open and who may write what: every route, by everybody, over HTTP.

The routes are those the application has, so one that is added is refused here until it is put into
``tests/access.py``.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.config import Settings
from tests.access import ACCESS, EVERYBODY, HIDDEN, MAY, POSTS, Access
from tests.factories import Cast
from tests.http import Browser
from tests.world import World

#: How a route that was let through answers: shown, sent on, refused for what the form lacks.
DONE: Final = {200, 302, 303, 400, 409, 422}


@pytest.fixture
def world(app: Flask, db: Session, people: Cast, settings: Settings) -> Iterator[World]:
    made = World(app, db, people, settings.data_dir / "app.db")
    yield made
    made.close()


@pytest.fixture
def person(browser: Callable[..., Browser], db: Session, world: World) -> Callable[..., Browser]:
    """Somebody of ``EVERYBODY``, signed in."""

    def find(name: str) -> Browser:
        if name == "visitor":
            return browser()
        return browser(f"{name.replace('_', '.')}@example.org")

    return find


def routes(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule


def access(rule: Rule, method: str) -> Access:
    known = ACCESS[rule.endpoint]
    return POSTS.get(rule.endpoint, known) if method == "POST" else known


def verdict(name: str, needed: Access, answer: TestResponse) -> str:
    """What is wrong with that answer; "" when nothing is."""
    to_sign_in = answer.location is not None and "/login" in answer.location
    if name in MAY[needed]:
        if needed is Access.PUBLIC:
            right = answer.status_code in DONE or answer.status_code == 404
        else:
            right = answer.status_code in DONE and not to_sign_in
    elif needed is Access.DEMONSTRATION or (needed in HIDDEN and name != "visitor"):
        right = answer.status_code == 404
    elif name == "visitor" and answer.is_json:
        right = answer.status_code == 401
    elif name == "visitor":
        right = answer.status_code in {302, 303} and to_sign_in
    else:
        right = answer.status_code == 403
    return "" if right else f"{answer.status_code} {answer.location or ''}"


def test_every_route_says_whom_it_is_for(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS)


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_page_opens_for_those_it_is_for(
    world: World, person: Callable[..., Browser], name: str
) -> None:
    client = person(name).client
    wrong = {}
    for rule in routes(world.app, "GET"):
        needed = access(rule, "GET")
        answer = client.get(world.address(rule), buffered=True)
        if found := verdict(name, needed, answer) or _kept_wrongly(name, needed, answer):
            wrong[rule.endpoint] = found
        if name not in MAY[needed] and (changed := world.changes()):
            wrong[rule.endpoint] = f"wrote {changed}"
        world.restore()
    assert not wrong


def _kept_wrongly(name: str, needed: Access, answer: TestResponse) -> str:
    """Pages for somebody are kept by nobody; public ones by no proxy once a name stands on them."""
    kept = answer.headers["Cache-Control"]
    if needed is not Access.PUBLIC:
        return "" if kept == "private, no-store" else kept
    personal = name != "visitor" and answer.mimetype == "text/html"
    return kept if personal and "public" in kept else ""


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_form_is_taken_from_those_it_is_for(
    world: World, person: Callable[..., Browser], name: str
) -> None:
    somebody = person(name)
    token = {"csrf_token": somebody.token("/en/account" if somebody.signed_in else "/en/login")}
    cookies = somebody.client.get_cookie("session")
    wrong = {}
    for rule in routes(world.app, "POST"):
        needed = access(rule, "POST")
        assert cookies is not None
        somebody.client.set_cookie("session", cookies.value)
        answer = somebody.client.post(world.address(rule), data=token)
        if found := verdict(name, needed, answer):
            wrong[rule.endpoint] = found
        if name not in MAY[needed] and (changed := world.changes()):
            wrong[rule.endpoint] = f"wrote {changed}"
        world.restore()
    assert not wrong


@pytest.mark.parametrize(
    "form",
    [
        {"data": {}},
        {"data": {"csrf_token": "forged"}},
        {"json": {"csrf_token": "forged"}},
        {"data": "x", "content_type": "text/plain"},
    ],
    ids=["none", "forged", "json", "text"],
)
def test_nothing_is_taken_without_the_forgery_token(
    world: World, person: Callable[..., Browser], form: dict[str, Any]
) -> None:
    people = {name: person(name) for name in ("visitor", "author", "moderator", "administrator")}
    wrong = {}
    for rule in routes(world.app, "POST"):
        name = next(each for each in people if each in MAY[access(rule, "POST")])
        answer = people[name].client.post(world.address(rule), **form)
        if answer.status_code not in {400, 415} or world.changes():
            wrong[rule.endpoint] = f"{name}: {answer.status_code}, wrote {world.changes()}"
        world.restore()
    assert not wrong


def test_a_post_from_another_site_leaves_nothing_behind(world: World) -> None:
    """Nor a session, which would sign the person out, nor words in a form they open later."""
    for rule in routes(world.app, "POST"):
        answer = world.app.test_client().post(
            world.address(rule), data={"title": "planted"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code in {400, 401}, rule.endpoint
        assert "Set-Cookie" not in answer.headers, rule.endpoint
