"""Footnotes of pages that a word processor saved: links there and back become notes.

Pandoc knows the footnotes of no such page. What is recognised are the names of Word (``_ftn1`` and
``_ftnref1``, ``_edn1`` …), LibreOffice (``sdfootnote1sym`` and ``sdfootnote1anc``) and Google's
documents (``ftnt1`` and ``ftnt_ref1``). ``static/editor/paste.js`` does so for what is pasted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from app.documents.tree import Element

_THERE: Final = re.compile(r"#(?:(_ftn|_edn|ftnt)([0-9]+)|(sd(?:foot|end)note)([0-9]+)sym)")
_BACK: Final = re.compile(
    r"#(?:(_ftn|_edn)ref([0-9]+)|(ftnt)_ref([0-9]+)|(sd(?:foot|end)note)([0-9]+)anc)"
)
_AROUND: Final = {"Superscript", "Strong", "Emph", "Span"}
_BLANK: Final = {"Space", "SoftBreak"}

Notes = dict[str, list[Element]]


def gathered(blocks: Sequence[Element]) -> list[Element]:
    """The blocks with each footnote where the text refers to it.

    What nothing refers to, or only another footnote does, stays a paragraph.
    """
    notes: Notes = {}
    called = {_name(_THERE, link) for link in _links(blocks)}
    kept = _without(blocks, called, notes)
    if not notes:
        return list(blocks)
    kept = _placed(kept, notes)
    return [*kept, *(block for note in notes.values() for block in note)]


def _name(pattern: re.Pattern[str], link: Element) -> str:
    found = pattern.fullmatch(link["c"][2][0])
    return "".join(filter(None, found.groups())) if found else ""


def _links(content: Any) -> Iterator[Element]:
    if isinstance(content, dict):
        if content.get("t") == "Link":
            yield content
        yield from _links(content.get("c"))
    elif isinstance(content, list):
        for each in content:
            yield from _links(each)


def _without(blocks: Iterable[Element], called: set[str], notes: Notes) -> list[Element]:
    """The blocks without footnotes, which are put into ``notes``."""
    kept: list[Element] = []
    for block in blocks:
        inner = block["c"][1] if block["t"] == "Div" else [block]
        names = [name for each in inner if (name := _note_of(each)) in called - {"", *notes}]
        if len(names) == 1 and _note_of(inner[0]) == names[0]:
            notes[names[0]] = [_without_link(inner[0]), *inner[1:]]
            if kept and kept[-1]["t"] == "HorizontalRule":
                kept.pop()  # which set the notes apart
        elif block["t"] == "Div":
            attributes, inner = block["c"]
            kept.append({"t": "Div", "c": [attributes, _without(inner, called, notes)]})
        else:
            kept.append(block)
    return kept


def _note_of(block: Element) -> str:
    """The name of the footnote that a paragraph begins, by the link back; else ""."""
    first = block["c"][0] if block["t"] in {"Para", "Plain"} and block["c"] else None
    while first and first["t"] in _AROUND:
        inner = first["c"][1] if first["t"] == "Span" else first["c"]
        first = inner[0] if len(inner) == 1 else None
    return _name(_BACK, first) if first and first["t"] == "Link" else ""


def _without_link(paragraph: Element) -> Element:
    words = list(paragraph["c"][1:])
    while words and words[0]["t"] in _BLANK:
        del words[0]
    if words and words[0]["t"] == "Str":
        words[0] = {"t": "Str", "c": words[0]["c"].lstrip()}
    return {"t": paragraph["t"], "c": words}


def _placed(content: Any, notes: Notes) -> Any:
    """The same tree with notes for the links to them; each note is taken from ``notes``."""
    if isinstance(content, list):
        return [_placed(each, notes) for each in content]
    if not isinstance(content, dict):
        return content
    if content.get("t") == "Link" and (note := notes.pop(_name(_THERE, content), None)):
        return {"t": "Note", "c": note}
    return {name: _placed(each, notes) for name, each in content.items()}
