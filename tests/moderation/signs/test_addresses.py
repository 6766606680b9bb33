"""Links worth a look, and those that aren't."""

import pytest

from app.documents.links import hosts
from app.moderation.signs import addresses


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("bit.ly", "link_short"),
        ("www.tinyurl.com", "link_short"),
        ("203.0.113.9", "link_numeric"),
        ("2001:db8::1", "link_numeric"),
        ("pаypal.com", "link_script"),  # with a Cyrillic а
        ("xn--pypal-4ve.com", "link_script"),  # the same, as browsers send it
        ("раура.com", "link_script"),  # all Cyrillic, looks Latin
        ("xn--.com", "link_script"),
    ],
)
def test_signs_of_a_host(host: str, kind: str) -> None:
    (sign,) = addresses.signs([host, "example.org"], 1_000)
    assert sign == {"kind": kind, "hosts": [host], "number": 1}


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "www.un.org",
        "orbit.lyon.fr",
        "münchen.de",
        "xn--mnchen-3ya.de",
        "президент.рф",
        "xn--d1abbgf6aiiy.xn--p1ai",
        "例子.中国",
        "مثال.إختبار",
        "한국.kr",
        "ελλάδα.gr",
    ],
)
def test_signs_leave_an_honest_host_alone(host: str) -> None:
    assert not list(addresses.signs([host], 1_000))


def test_signs_of_many_links_depend_on_the_length() -> None:
    found = [f"site{number}.org" for number in range(addresses.MANY)]
    assert list(addresses.signs(found, 1_000)) == [{"kind": "links_many", "number": 40}]
    assert not list(addresses.signs(found, 6_000))
    assert not list(addresses.signs(found[1:], 1_000))


def test_signs_of_many_links_to_one_host() -> None:
    found = ["shop.example"] * addresses.MANY_TO_ONE
    expected = {"kind": "links_one_host", "host": "shop.example", "number": 15, "all": 20}
    assert list(addresses.signs([*found, *"abcde"], 3_000)) == [expected]
    assert not list(addresses.signs(found[1:], 3_000))
    others = [f"site{number}.org" for number in range(15)]
    assert not list(addresses.signs([*found, *others], 3_000))


def test_signs_show_the_first_few_hosts() -> None:
    (sign,) = addresses.signs([f"10.0.0.{number}" for number in range(9)], 1_000)
    assert sign["number"] == 9
    assert len(sign["hosts"]) == addresses.MOST_SHOWN


def test_hosts_of_links_are_those_of_the_web() -> None:
    text = (
        "See [one](https://Example.ORG./a), <http://user@10.0.0.1:80/>, [mail](mailto:a@b.org), "
        "[again](https://example.org).\n"
    )
    assert list(hosts(text)) == ["example.org", "10.0.0.1", "example.org"]
