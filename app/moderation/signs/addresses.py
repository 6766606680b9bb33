"""Where the links of a text lead, and what is worth a look about it; nothing asks the network.

Source for letters that look like others: Unicode UTS #39, through ICU.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final

import icu

#: Services whose addresses say nothing of where they lead.
SHORTENERS: Final = frozenset(
    {
        "bit.ly",
        "bitly.com",
        "buff.ly",
        "cutt.ly",
        "dlvr.it",
        "goo.gl",
        "goo.su",
        "is.gd",
        "lnkd.in",
        "ow.ly",
        "rb.gy",
        "rebrand.ly",
        "s.id",
        "shorturl.at",
        "short.io",
        "snip.ly",
        "t.co",
        "t.ly",
        "tiny.cc",
        "tiny.one",
        "tinyurl.com",
        "trib.al",
        "t.cn",
        "url.cn",
        "urlz.fr",
        "v.gd",
        "vk.cc",
        "clck.ru",
        "dwz.cn",
        "suo.im",
        "me2.do",
        "han.gl",
    }
)
MANY: Final = 40
#: For a text with that many links: one to so many words, or fewer.
WORDS_TO_A_LINK: Final = 40
MANY_TO_ONE: Final = 15
MOST_SHOWN: Final = 5
MOST_HOSTS: Final = 1_000
_LONGEST: Final = 253

Sign = dict[str, Any]


def signs(hosts: Iterable[str], length: int) -> Iterator[Sign]:
    """What is noticed about these hosts in a text of that length.

    ``link_short``, ``link_numeric`` and ``link_script`` with the ``hosts``; ``links_many`` with
    their ``number``; ``links_one_host`` with the ``host``, its ``number`` and that of ``all``.
    """
    found = Counter(host for host in hosts if len(host) <= _LONGEST)
    number = found.total()
    for kind, watched in WATCHED.items():
        if seen := [host for host in list(found)[:MOST_HOSTS] if watched(host)]:
            yield {"kind": kind, "hosts": seen[:MOST_SHOWN], "number": len(seen)}
    if number >= MANY and number * WORDS_TO_A_LINK > length:
        yield {"kind": "links_many", "number": number}
    for host, times in found.most_common(1):
        if times >= MANY_TO_ONE and times * 2 > number:
            yield {"kind": "links_one_host", "host": host, "number": times, "all": number}


def shortens(host: str) -> bool:
    """Whether it is a known service for short addresses."""
    return host.removeprefix("www.") in SHORTENERS


def is_numeric(host: str) -> bool:
    """Whether it is an address in numbers, which a name would tell more of."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def misleads(host: str) -> bool:
    """Whether a part of it mixes scripts, or is of another script and looks like Latin letters."""
    return any(_misleads(_decoded(label)) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode") or label
    except (UnicodeError, ValueError, OverflowError):
        return label


def _misleads(label: str) -> bool:
    if label.isascii():
        # What says that it is encoded, and is not, is seen by nobody as it is meant.
        return label.startswith("xn--")
    checker = _checker()
    # 0: nothing found. The skeleton of a word is what it looks like.
    skeleton = checker.getSkeleton(0, label)
    return bool(checker.check(label)) or (_has_no_latin(label) and skeleton.isascii())


def _has_no_latin(label: str) -> bool:
    return not any(char.isascii() and char.isalpha() for char in label)


@cache
def _checker() -> Any:
    checker = icu.SpoofChecker()
    checker.setChecks(icu.USpoofChecks.RESTRICTION_LEVEL)
    checker.setRestrictionLevel(icu.URestrictionLevel.HIGHLY_RESTRICTIVE)
    return checker


#: By kind of sign: whether a host deserves it.
WATCHED: Final[dict[str, Callable[[str], bool]]] = {
    "link_short": shortens,
    "link_numeric": is_numeric,
    "link_script": misleads,
}
