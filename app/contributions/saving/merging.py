"""Two versions of a draft made into one, over the version that both began from.

What only one of them changed is taken as it is, field by field and in the body block by block;
what both changed is for a person to choose. Three-way merge as in diff3 (Khanna, Kunal and Pierce,
"A Formal Investigation of Diff3", 2007), by the library merge3.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from merge3 import Merge3

from app.contributions.essay import EssayInput
from app.contributions.saving.operations import essay_of
from app.documents.text import normalise

MOST_BLOCKS: Final = 2_000
"""Beyond that, comparing block by block could take too long; the body is one block then."""
PARAGRAPHS: Final = frozenset({"abstract", "summary"})
_BLOCKS: Final = re.compile(r"\n(?:[ \t]*\n)+|\n(?=\[\^[^\]\n]+\]:)")
_NOTE: Final = re.compile(r"\[\^([^\]\n]+)\]:[ \t]*(.*)")
_INDENTS: Final = ("    ", "\t")
_LABEL: Final = re.compile(r"\[\^([^\]\n]+)\]")


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
        called: the mark (``[^3]``) without which this footnote, which one of them took away, is
            left out; "" for all else.
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
        text = ""
        for each in self.body:
            part = each.clash.settle(choices.get(each.clash.name)) if each.clash else each.text
            if part and each.called in text:
                text = _join(text, part)
        columns["body"] = text
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
    merger, number = Merge3(old, there, here), 0
    for region in merger.reprocess_merge_regions(merger.merge_regions()):
        match region:
            case ("unchanged", first, last):
                yield Passage(_join(*old[first:last]))
            case ("same", first, last):
                yield Passage(_join(*there[first:last]))
            case ("a", first, last):
                yield Passage(_join(*there[first:last]), Choice.THEIRS)
            case ("b", first, last):
                yield Passage(_join(*here[first:last]), Choice.MINE)
            case (_, _, _, a_first, a_last, b_first, b_last):
                number += 1
                other, own = _join(*there[a_first:a_last]), _join(*here[b_first:b_last])
                yield Passage(clash=Clash(f"body.{number}", own, other, _join(other, own)))
    yield from _footnotes(texts, number)


def _footnotes(texts: tuple[str, str, str], number: int) -> Iterator[Passage]:
    """Each footnote's text on its own: their order means nothing."""
    old, there, here = (_notes(text) for text in texts)
    for label in {**there, **here}:
        was, other, own = (notes.get(label, "") for notes in (old, there, here))
        called = f"[^{label}]" if was and not (other and own) else ""
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
    found = list[str]()
    for part in _BLOCKS.split(normalise(text)):
        block = part.strip("\n")
        if found and _NOTE.match(found[-1]) and block.startswith(_INDENTS):
            found[-1] += f"\n\n{block}"  # a footnote's further paragraph
        elif block.strip():
            found.append(block)
    return found


def _same_labels(base: str, theirs: str, mine: str) -> tuple[str, str, str]:
    """The three texts with each footnote named alike in all of them, and no two by one name.

    Labels are mere numbers that follow the order of the notes: one more at the beginning renames
    all, and two people's new notes get the same. Notes are told by their text; a note of the base
    whose text was changed is told by its label.
    """
    old = _texts(base)
    names = {text: label for label, text in old.items()}
    used = {*old, *_texts(theirs), *_texts(mine)}
    renamed = []
    for text in (theirs, mine):
        new = _texts(text)
        labels = {label: names[note] for label, note in new.items() if note in names}
        for label, note in new.items():
            if label in labels:
                continue
            if label in old and label not in labels.values():
                labels[label] = label
                continue
            labels[label] = _free(used) if label in names.values() else label
            names[note] = labels[label]
            used.add(labels[label])
        renamed.append(_relabelled(text, labels))
    return base, renamed[0], renamed[1]


def _relabelled(text: str, labels: dict[str, str]) -> str:
    return _LABEL.sub(lambda found: f"[^{labels.get(found[1], found[1])}]", text)


def _notes(text: str) -> dict[str, str]:
    """Label to block of each footnote."""
    return {found[1]: block for block in blocks(text) if (found := _NOTE.match(block))}


def _texts(text: str) -> dict[str, str]:
    """Label to text of each footnote."""
    return {label: _NOTE.sub(r"\2", block, count=1) for label, block in _notes(text).items()}


def _free(used: set[str]) -> str:
    number = 1
    while str(number) in used:
        number += 1
    return str(number)
