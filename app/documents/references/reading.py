"""What an author pastes – BibTeX, RIS, CSL-JSON or plain lines – as items.

Whatever can't be read is given back as text with its line, so that nothing is lost. BibTeX, whose
fields are LaTeX, is read by pandoc in its sandbox; where it refuses a part, the entries are tried
in ever smaller groups, within a limit of time. The other forms are read here.

Source: the "RIS Format Specifications" of Research Information Systems, 2011.
"""

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.documents import pandoc
from app.documents.characters import normalise
from app.documents.references import ris
from app.documents.references.items import MOST, Item, Unusable, clean, unmarked, unstructured

LONGEST_PASTE: Final = 500_000
SECONDS: Final = 10.0
"""For all of a paste; one call of pandoc has half of that."""

_DEEPEST: Final = 40
_BIBTEX: Final = re.compile(r"^[ \t]*@[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_RIS: Final = re.compile(r"^[ \t]*TY[ \t]+-", re.MULTILINE)
_HEAD: Final = re.compile(r"@([A-Za-z]+)\s*\{\s*([^\s,{}]*)")
_BRACES: Final = re.compile(r"[{}]")
_MARKER: Final = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}[.)](?=\s)|[-–•*](?=\s))\s*")
_DEFINITIONS: Final = frozenset({"string", "preamble", "comment"})


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what was pasted; ``readable`` where it looks like an entry."""

    text: str
    kind: str = ""
    key: str = ""
    readable: bool = True


@dataclass(slots=True)
class Reading:
    """What became of a paste.

    Attributes:
        items: those that could be read, in order.
        left: the text of what could not, to be shown in the field again.
        lines: in ``left``, the lines (from 1) at which an unread part begins.
        too_many: whether there were more than an essay may have; the rest is in ``left``.
    """

    items: list[Item] = field(default_factory=list)
    left: str = ""
    lines: list[int] = field(default_factory=list)
    too_many: bool = False

    def leave(self, text: str) -> None:
        """Keep a part that could not be read."""
        if self.left:
            self.left += "\n"
        self.lines.append(self.left.count("\n") + 1)
        self.left += text.strip("\n")

    def take(self, part: str, raw: dict[str, Any] | str | None, taken: set[str]) -> None:
        """Keep an item; where it is none, the text it was made from."""
        if len(taken) >= MOST:
            self.too_many = True
            return self.leave(part)
        try:
            if raw is None:
                return self.leave(part)
            item = (
                unstructured(raw, taken=taken) if isinstance(raw, str) else clean(raw, taken=taken)
            )
        except Unusable:
            return self.leave(part)
        taken.add(item["id"])
        self.items.append(item)
        return None


def read(text: str, *, taken: Sequence[str] = ()) -> Reading:
    """Read a paste of at most ``LONGEST_PASTE`` characters (a longer one is left as it is).

    ``taken`` are the identifiers of the references that are there already.
    """
    reading, used = Reading(), set(taken)
    text = normalise(text)
    if len(text) > LONGEST_PASTE:
        reading.leave(text)
        return reading
    for part, raw in _found(text):
        reading.take(part, raw, used)
    return reading


def _found(text: str) -> Iterator[tuple[str, dict[str, Any] | str | None]]:
    """Each part of the text, with what it says; None where that can't be read."""
    if text.lstrip()[:1] in {"[", "{"} and (found := _json(text)) is not None:
        yield from found
    elif _BIBTEX.search(text):
        yield from _bibtex(text)
    elif _RIS.search(text):
        yield from ris.records(text)
    else:
        for row in text.splitlines():
            if row.strip():
                yield row, _MARKER.sub("", row).strip()


def _json(text: str) -> list[tuple[str, dict[str, Any] | None]] | None:
    """The items of a CSL-JSON text; None where it is no JSON (a line may begin with a bracket)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    items = data if isinstance(data, list) else [data]
    return [
        (json.dumps(each, ensure_ascii=False), unmarked(each) if isinstance(each, dict) else None)
        for each in items
    ]


def _bibtex(text: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    parts = list(_entries(text))
    entries = [part for part in parts if part.readable and part.kind not in _DEFINITIONS]
    head = "\n".join(part.text for part in parts if part.kind == "string")
    search = _Search(head, time.monotonic() + SECONDS)
    # What is beyond the limit is not even tried.
    search.read(entries[: MOST + 1])
    for part in parts:
        if part.kind not in _DEFINITIONS:
            yield part.text, search.items.get(id(part))


def _entries(text: str) -> Iterator[Part]:
    """The text cut at its entries; what stands between them is no entry."""
    place = 0
    seen: set[str] = set()
    for head in _HEAD.finditer(text):
        if head.start() < place:
            continue  # inside an entry
        yield from _between(text[place : head.start()])
        end = _closing(text, head.start())
        kind, key = head[1].lower(), head[2]
        if end is None:  # up to the next line that begins an entry
            following = _BIBTEX.search(text, head.end())
            place = following.start() if following else len(text)
            yield Part(text[head.start() : place], kind="broken", readable=False)
            continue
        place = end
        readable = kind in _DEFINITIONS or (bool(key) and key not in seen)
        seen.add(key)
        yield Part(text[head.start() : end], kind, key, readable)
    yield from _between(text[place:])


def _between(text: str) -> Iterator[Part]:
    kept = "\n".join(
        row for row in text.splitlines() if row.strip(" \t,") and not row.lstrip().startswith("%")
    )
    if kept:
        yield Part(kept, readable=False)


def _closing(text: str, start: int) -> int | None:
    """Where the entry that begins there ends; None where it doesn't, or is nested too deeply."""
    depth = 0
    for brace in _BRACES.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
        if depth > _DEEPEST:
            return None
    return None


class _Search:
    """Reads entries with pandoc, in halves where it refuses the whole."""

    def __init__(self, head: str, deadline: float) -> None:
        self.items: dict[int, dict[str, Any]] = {}
        self._head = head
        self._deadline = deadline

    def read(self, parts: Sequence[Part]) -> None:
        """Find the items of those entries."""
        left = self._deadline - time.monotonic()
        if not parts or left <= 0:
            return
        source = "\n".join([self._head, *(_protected(part.text) for part in parts)])
        try:
            data = pandoc.convert(
                source.encode(errors="replace"),
                reads="biblatex",
                to="csljson",
                timeout=min(left, SECONDS / 2),
            )
        except pandoc.PandocError:
            if len(parts) > 1:
                middle = len(parts) // 2
                self.read(parts[:middle])
                self.read(parts[middle:])
            return
        made = {str(item.get("id")): item for item in json.loads(data)}
        for part in parts:
            if part.key in made:
                self.items[id(part)] = unmarked(made[part.key])


def _protected(entry: str) -> str:
    """The entry in a language whose titles pandoc leaves as they are written.

    English ones it would put into sentence case, and “Nicaragua v United States” is a name.
    """
    return entry[:-1].rstrip().rstrip(",") + ", langid = {german}}"
