"""What was written when a session had expired is there after the sign-in, on every page."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.config import Settings
from tests.access import ACCESS, MAY, Access
from tests.factories import PASSWORD, Cast
from tests.http import Browser, Open
from tests.test_strangers import routes
from tests.world import World

PEOPLE = ("author", "moderator", "organiser", "administrator")
WRITTEN = ".//textarea[@name] | .//input[(@type='text' or not(@type)) and @name]"


@pytest.fixture
def world(app: Flask, db: Session, people: Cast, settings: Settings) -> Iterator[World]:
    made = World(app, db, people, settings.data_dir / "app.db")
    yield made
    made.close()


def forms(page: Browser, address: str) -> Iterator[Any]:
    """The forms on a page that are sent back to it and have something to write in."""
    if page.get(address).status_code == 200:
        for form in page.tree.xpath("//main//form[@method='post']"):
            to = form.get("action") or address
            if to.partition("?")[0] == address and form.xpath(WRITTEN):
                yield form


def signs_in_again(visitor: Browser, name: str, way: str) -> str:
    """Where it leads."""
    fields = {
        "email": f"{name}@example.org",
        "password": PASSWORD,
        "csrf_token": visitor.token(way),
    }
    return str(visitor.client.post(way, data=fields).location)


def test_no_words_are_lost_over_a_sign_in(world: World, browser: Open) -> None:
    signed_in = {name: browser(f"{name}@example.org") for name in PEOPLE}
    kept, lost = set(), set()
    for rule in routes(world.app, "POST"):
        needed = ACCESS[rule.endpoint]
        if "GET" not in rule.methods or needed is Access.PUBLIC or "security." in rule.endpoint:
            continue
        name = next(each for each in PEOPLE if each in MAY[needed])
        address = world.address(rule)
        for form in forms(signed_in[name], address):
            written = {field.get("name"): "Words & more." for field in form.xpath(WRITTEN)}
            visitor, asked = browser(), f"{address}?q=lang:fr"
            sent = visitor.client.post(asked, data=dict(form.form_values()) | written)
            assert signs_in_again(visitor, name, sent.location) == asked
            visitor.get(asked)
            values = dict(chain(*(each.form_values() for each in visitor.tree.forms)))
            missing = {each for each in written if values.get(each, "").strip() != "Words & more."}
            (lost if missing else kept).add(rule.endpoint)
        world.restore()
    assert not lost
    assert len(kept) > 30, sorted(kept)


def test_words_whose_form_is_not_taken_are_shown(client: FlaskClient) -> None:
    """A visitor's, or those for an address that shows no form."""
    words = {"words": "What I have seen."}
    for address in ("/en/contributions/2017-J-001/report/", "/en/organise/volumes/x/sections"):
        answer = client.post(address, data=words)
        assert (answer.status_code, "What I have seen." in answer.text) == (400, True), address
        foreign = client.post(address, data=words, headers={"Sec-Fetch-Site": "cross-site"})
        assert (foreign.status_code, "What I have seen." in foreign.text) == (400, False)
