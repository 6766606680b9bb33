"""Numbers and hosts in addresses: what no row and no machine of ours can be is refused early."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.web.addresses import is_here, is_local, row_number, splits
from tests.factories import Cast
from tests.http import Browser

HUGE = ("2147483648", "9" * 20, "9" * 5000)


@pytest.mark.parametrize(
    ("value", "number"), [("0", 0), ("7", 7), ("٣", 3), ("2147483647", 2**31 - 1)]
)
def test_row_number_takes_what_a_row_can_have(value: str, number: int) -> None:
    assert row_number(value) == number


@pytest.mark.parametrize("value", ["", "-1", "1e3", "²", " 1", "1\n", *HUGE])
def test_row_number_refuses_everything_else(value: str) -> None:
    with pytest.raises(ValueError, match="no row"):
        row_number(value)


@pytest.mark.parametrize("number", HUGE)
def test_a_page_of_a_number_no_row_can_have_is_404(
    browser: Callable[..., Browser], people: Cast, number: str
) -> None:
    author, organiser = browser("author@example.org"), browser("organiser@example.org")
    assert author.get(f"/en/my/contributions/{number}/").status_code == 404
    assert author.post(f"/en/my/contributions/{number}/discard").status_code == 404
    assert organiser.get(f"/en/organise/people/{number}/").status_code == 404


@pytest.mark.parametrize("number", ["-1", "x", *HUGE])
def test_a_list_after_no_such_number_is_its_beginning(
    browser: Callable[..., Browser], people: Cast, number: str
) -> None:
    author, administrator = browser("author@example.org"), browser("administrator@example.org")
    assert author.get(f"/en/my/contributions/?after={number}").status_code == 200
    assert administrator.get(f"/en/organise/contributions/?after={number}").status_code == 200
    assert administrator.get(f"/en/organise/mail/?before={number}").status_code == 200


@pytest.mark.parametrize("address", ["/fr/", "/fr/contributions/?a=b&c=%C3%A9"])
def test_is_local_takes_pages_of_this_site(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "fr/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\r\nX: y"),
        *("///evil.example", "https://evil.example", "https:evil.example", "//[", "/é", "/a b"),
        "javascript:alert(1)",
    ],
)
def test_is_local_refuses_what_leads_elsewhere_or_nowhere(
    client: FlaskClient, address: str
) -> None:
    assert not is_local(address)
    answer = client.get(f"/fr/language?to={quote(address, safe='')}")
    assert (answer.status_code, answer.location) == (303, "/fr/")


@pytest.mark.parametrize("address", ["//[", "/\\[", "//a\\[", "//\u2100"])
def test_a_way_back_that_is_no_address_is_refused(
    app: Flask, browser: Callable[..., Browser], people: Cast, address: str
) -> None:
    assert not splits(address)
    visitor = browser()
    for place in ({"query_string": {"next": address}}, {}):
        fields = {"email": "author@example.org", "password": "x" * 12, "next": address}
        assert visitor.post("/en/login", fields, **place).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "127.0.0.1:80", "[::1]:5000"])
def test_is_here_knows_this_machine(host: str) -> None:
    assert is_here(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "localhost@evil.example", "[", "10.0.0.1"],
)
def test_is_here_knows_no_other_machine(host: str) -> None:
    assert not is_here(host)


def test_the_demonstration_answers_to_no_other_name(settings: Settings) -> None:
    client = create_app(replace(settings, demo=True)).test_client()
    assert client.get("/en/", headers={"Host": "127.0.0.1:5000"}).status_code == 200
    assert client.get("/en/mailbox/", headers={"Host": "evil.example"}).status_code == 400


def test_the_demonstration_answers_to_the_name_it_was_given(settings: Settings) -> None:
    named = replace(settings, demo=True, base_url="https://demo.example")
    client = create_app(named).test_client()
    assert client.get("/en/", headers={"Host": "demo.example"}).status_code == 200
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400


def test_without_the_demonstration_any_name_will_do(client: FlaskClient) -> None:
    assert client.get("/en/", headers={"Host": "papers.example"}).status_code == 200
