"""Two versions of a draft made into one, over the version that both began from.

What only one of them changed is taken as it is, field by field and in the body block by block;
what both changed is for a person to choose.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any, Final

from app.contributions.essay import EssayInput
from app.contributions.saving.operations import essay_of
from app.documents.align import align, regions
from app.documents.profile import MAX_LABEL
from app.documents.text import normalise

MOST_BLOCKS: Final = 2_000
"""Beyond that, nobody could choose block by block; the body is one block then."""
PARAGRAPHS: Final = frozenset({"abstract", "summary"})
_BLOCKS: Final = re.compile(r"\n(?:[ \t]*\n)+|\n(?=\[\^[^\]\n]+\]:)")
_NOTE: Final = re.compile(r"\[\^([^\]\n]+)\]:[ \t]*(.*)")
_INDENTS: Final = ("    ", "\t")
_LABEL: Final = re.compile(rf"\[\^([^\]\n]{{1,{MAX_LABEL}}})\]")


class Choice(StrEnum):
    """What becomes of something that both changed."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Clash:
    """What both changed.

    Attributes:
        name: of the field; ``extra.sector`` for one of the track's own; ``body.3`` for the body's
            third clash, its footnotes being counted with it.
        mine, theirs: the values; of the body, the text of the blocks ("" where it was deleted).
        joined: the text that keeps both; None where only one can be.
    """

    name: str
    mine: Any
    theirs: Any
    joined: str | None = None

    @property
    def usual(self) -> Choice:
        """What is taken unless somebody chooses: where both can be kept, nothing gets lost."""
        return Choice.MINE if self.joined is None else Choice.BOTH

    def settle(self, choice: str | None) -> Any:
        """The value that choice gives."""
        match choice if choice in {*Choice} else self.usual:
            case Choice.THEIRS:
                return self.theirs
            case Choice.BOTH if self.joined is not None:
                return self.joined
        return self.mine


@dataclass(frozen=True, slots=True)
class Passage:
    """Part of the merged body: settled (``text``), or a clash.

    Attributes:
        source: who changed it; None where nobody did, or both alike.
        called: the label without a reference to which this footnote, which one of them took
            away, is left out; "" for all else.
    """

    text: str = ""
    source: Choice | None = None
    clash: Clash | None = None
    called: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome so far.

    Attributes:
        columns: by name, every field's value; of those that clash, the present one ("theirs").
        fields: clashes of fields. ``body``: the parts of the body in order.
        taken: names of the fields that only the other version changed.
    """

    columns: dict[str, Any]
    fields: tuple[Clash, ...]
    body: tuple[Passage, ...]
    taken: tuple[str, ...]

    @property
    def clashes(self) -> list[Clash]:
        """Everything that is to be chosen, in order."""
        return [*self.fields, *(each.clash for each in self.body if each.clash)]

    def outcome(self, choices: Mapping[str, str]) -> EssayInput:
        """The essay, with what was chosen by clash's name."""
        columns = self.columns | {"extra": dict(self.columns["extra"])}
        for clash in self.fields:
            value = clash.settle(choices.get(clash.name))
            field, _, key = clash.name.partition(".")
            if key:
                columns[field][key] = value
            else:
                columns[field] = value
        parts, called = list[str](), {""}
        for each in self.body:
            part = each.clash.settle(choices.get(each.clash.name)) if each.clash else each.text
            if part and each.called in called:
                parts.append(part)
                called.update(_LABEL.findall(part))
        columns["body"] = _join(*parts)
        return essay_of(columns)


def _join(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def merge(base: EssayInput | None, theirs: EssayInput, mine: EssayInput) -> Merge:
    """``theirs`` is what is stored, ``mine`` what was to be saved over it.

    Without a base, whatever differs was changed by both.
    """
    old = base.columns() if base else {}
    stored, posted = theirs.columns(), mine.columns()
    extra = {"extra": dict(stored["extra"])}
    result, clashes, taken = stored | extra, list[Clash](), list[str]()
    for name, was, there, here in _each(old, stored, posted):
        if here in (there, was):
            if there not in (was, here):
                taken.append(name)
        elif there == was:
            _put(result, name, here)
        elif name == "keywords":
            result[name] = _together(was or [], there, here)
        else:
            joined = _join(there, here) if name in PARAGRAPHS else None
            clashes.append(Clash(name, here, there, joined))
    body = tuple(_passages(old.get("body", ""), stored["body"], posted["body"]))
    return Merge(result, tuple(clashes), body, tuple(taken))


def _each(
    old: dict[str, Any], stored: dict[str, Any], posted: dict[str, Any]
) -> Iterator[tuple[str, Any, Any, Any]]:
    """Of every field but the body: its name and its value in the three versions."""
    for name, there in stored.items():
        if name == "extra":
            keys = sorted({*there, *posted[name]})
            parts = [old.get(name, {}), there, posted[name]]
            for key in keys:
                was, now, here = (part.get(key, "") for part in parts)
                yield f"{name}.{key}", was, now, here
        elif name != "body":
            yield name, old.get(name), there, posted[name]


def _put(columns: dict[str, Any], name: str, value: Any) -> None:
    field, _, key = name.partition(".")
    if key:
        columns[field][key] = value
    else:
        columns[field] = value


def _together(was: list[str], there: list[str], here: list[str]) -> list[str]:
    """A list of words with what each side added, without what each took away."""
    kept = [word for word in there if word in here or word not in was]
    return kept + [word for word in here if word not in there and word not in was]


def _passages(base: str, theirs: str, mine: str) -> Iterator[Passage]:
    texts = _same_labels(base, theirs, mine)
    old, there, here = ([each for each in blocks(text) if not _NOTE.match(each)] for text in texts)
    if max(len(old), len(there), len(here)) > MOST_BLOCKS:
        old, there, here = [_join(*old)], [_join(*there)], [_join(*here)]
    number = 0
    for region in regions(old, there, here):
        other, own = (
            part[span.start : span.stop]
            for part, span in ((there, region.first), (here, region.second))
        )
        if not (region.by_first and region.by_second):
            text, source = (own, Choice.MINE) if region.by_second else (other, Choice.THEIRS)
            yield Passage(_join(*text), source if region.by_first or region.by_second else None)
            continue
        for step in align(other, own):
            left = _join(*other[step.old.start : step.old.stop])
            right = _join(*own[step.new.start : step.new.stop])
            if step.same:
                yield Passage(left)
            else:
                number += 1
                yield Passage(clash=Clash(f"body.{number}", right, left, _join(left, right)))
    yield from _footnotes(texts, number)


def _footnotes(texts: tuple[str, str, str], number: int) -> Iterator[Passage]:
    """Each footnote's text on its own: their order means nothing."""
    old, there, here = (_notes(text) for text in texts)
    for label in {**there, **here}:
        was, other, own = (notes.get(label, "") for notes in (old, there, here))
        called = label if was and not (other and own) else ""
        if own in (other, was):
            yield Passage(other or was, Choice.THEIRS if other != was else None, called=called)
        elif other == was:
            yield Passage(own or was, Choice.MINE, called=called)
        else:
            number += 1
            more = _NOTE.sub(r"\2", own, count=1)
            joined = f"{other}\n\n    {more}" if other and own else other or own
            yield Passage(clash=Clash(f"body.{number}", own, other, joined))


def blocks(text: str) -> list[str]:
    """The blocks of a text, in its own words: what empty lines part, and each footnote's text."""
    found = list[list[str]]()
    for part in _BLOCKS.split(normalise(text)):
        block = part.strip("\n")
        if found and _NOTE.match(found[-1][0]) and block.startswith(_INDENTS):
            found[-1].append(block)  # a footnote's further paragraph
        elif block.strip():
            found.append([block])
    return [_join(*parts) for parts in found]


def _same_labels(base: str, theirs: str, mine: str) -> tuple[str, str, str]:
    """The three texts with each footnote named alike in all of them, and no two by one name.

    Labels are mere numbers that follow the order of the notes: one more at the beginning renames
    all, and two people's new notes get the same. Notes are told by their text (of several that
    say "Ibid.", by which of them it is); a note of the base whose text was changed is told by its
    label.
    """
    old = _texts(base)
    names = {text: label for label, text in old.items()}
    given = set(old)
    used = {*old, *_texts(theirs), *_texts(mine)}
    free = (label for label in map(str, count(1)) if label not in used)
    renamed = []
    for text in (theirs, mine):
        new = _texts(text)
        labels = {label: names[note] for label, note in new.items() if note in names}
        taken = set(labels.values())
        for label, note in new.items():
            if label in labels:
                continue
            if label in old and label not in taken:
                labels[label] = label
            else:
                labels[label] = names[note] = next(free) if label in given else label
                used.add(labels[label])
                given.add(labels[label])
            taken.add(labels[label])
        renamed.append(_relabelled(text, labels))
    return base, renamed[0], renamed[1]


def _relabelled(text: str, labels: dict[str, str]) -> str:
    return _LABEL.sub(lambda found: f"[^{labels.get(found[1], found[1])}]", text)


def _notes(text: str) -> dict[str, str]:
    """Label to block of each footnote."""
    return {found[1]: block for block in blocks(text) if (found := _NOTE.match(block))}


def _texts(text: str) -> dict[str, tuple[str, int]]:
    """Label to text of each footnote, and how many before it say the same."""
    seen = Counter[str]()
    found = {}
    for label, block in _notes(text).items():
        note = _NOTE.sub(r"\2", block, count=1)
        found[label] = note, seen[note]
        seen[note] += 1
    return found
