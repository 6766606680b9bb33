"""Where the links of a text lead, or can't, as far as that shows without asking the network.

Sources: RFC 3986 (addresses), RFC 1123 and RFC 5890 (host names), RFC 6068 (mailto).
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from app.documents.parse import Document, parse
from app.documents.problem import Problem

MOST: Final = 20
_SHOWN: Final = 100
# Letters of any script, as browsers take them; underscores, which some hosts have all the same.
_LABEL: Final = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_MAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def broken(text: str | Document) -> tuple[Problem, ...]:
    """The first of them, each as ``link.malformed`` with its line and the ``link``."""
    found = []
    seen: set[str] = set()
    for href, line in _links(parse(text)):
        if href not in seen and not _leads_somewhere(href):
            found.append(Problem("link.malformed", line, {"link": unquote(href)[:_SHOWN]}))
            if len(found) == MOST:
                break
        seen.add(href)
    return tuple(found)


def hosts(text: str | Document) -> Iterator[str]:
    """The host of each link, as often as it is linked to, in lower case; none of mail addresses."""
    for href, _line in _links(parse(text)):
        try:
            host = unquote(urlsplit(href).hostname or "")
        except ValueError:
            continue
        if host:
            yield host.lower().rstrip(".")


def _links(document: Document) -> Iterator[tuple[str, int | None]]:
    tokens = [*document.tokens, *(token for note in document.notes for token in note.tokens)]
    for token in tokens:
        line = token.map[0] + 1 if token.map else None
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"]), line
            elif child.type in ("softbreak", "hardbreak") and line is not None:
                line += 1


def _leads_somewhere(href: str) -> bool:
    try:
        parts = urlsplit(href)
        if parts.scheme.lower() == "mailto":
            address = unquote(parts.path)
            return bool(_MAIL.fullmatch(address)) and _is_host(address.rpartition("@")[2])
        return parts.port != 0 and _is_host(unquote(parts.hostname or ""))
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    """Whether it is a host name of several parts, or an address in numbers."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return True
    name = name.rstrip(".")
    labels = name.split(".")
    return (
        len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdecimal()
    )
