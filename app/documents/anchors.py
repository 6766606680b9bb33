"""Headings that keep one name in every language: ``## Sources and facts {#sources}``.

Only the site's own pages have them: an essay's headings are its authors' words alone.
Source: the heading identifiers of PHP Markdown Extra and of pandoc.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from markdown_it.token import Token

from app.documents.parse import Document, parse

NAME: Final = r"[a-z][a-z0-9-]{0,39}"
_ANCHOR: Final = re.compile(rf"\s*\{{#({NAME})\}}\s*\Z")


def anchored(document: Document, prefix: str) -> Document:
    """The same text, in which each heading's anchor is its id, behind ``prefix``, and no word.

    Where two headings have the same one, the first keeps it.
    """
    tokens, known = list(document.tokens), set[str]()
    for place, heading, words, name in _headings(document.tokens):
        tokens[place + 1] = words
        if name not in known:
            tokens[place] = heading.copy(attrs={**heading.attrs, "id": f"{prefix}-{name}"})
            known.add(name)
    return replace(document, tokens=tuple(tokens))


@lru_cache(maxsize=32)
def anchors(text: str) -> Mapping[str, str]:
    """The words of the headings that have an anchor, by it, in their order."""
    found: dict[str, str] = {}
    for _place, _heading, words, name in _headings(parse(text).tokens):
        found.setdefault(name, "".join(child.content for child in words.children or ()))
    return found


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, Token, Token, str]]:
    """Place, opening token and words of each heading that has an anchor, and the anchor."""
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words = tokens[place + 1]
        last = words.children[-1] if words.children else None
        if last is None or last.type != "text" or not (found := _ANCHOR.search(last.content)):
            continue
        kept = last.copy(content=last.content[: found.start()])
        children = [*(words.children or [])[:-1], *([kept] if kept.content else [])]
        yield place, token, words.copy(children=children), found[1]
