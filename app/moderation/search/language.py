"""One language for finding contributions: in lists, for bulk actions, for exports, in links.

``track:jurist lang:ar,fr age:>3d -is:claimed reason:sources "peace treaty"``: terms side by side
must all hold; values set apart by commas are alternatives; a minus turns a term round; words
without a key are looked for in titles. The keys are the same in every language, so that a link
means the same to whoever follows it; each has a control in the form, too.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.contributions.states import NUMBERED
from app.core.errors import Invalid, Several
from app.core.languages import CODES
from app.core.policy import TrackCode

#: A search is a line somebody types or a link; nobody needs more.
MOST_CHARACTERS: Final = 500

_TERM: Final = re.compile(
    r"""(?P<minus>-?)(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>(?(key)[^\s"]*|[^\s"]+)))"""
)
_AGE: Final = re.compile(r"(?P<sign>[<>])(?P<number>\d{1,4})(?P<unit>[hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")

#: What ``is:`` can say.
FLAGS: Final = ("claimed", "free", "mine", "resubmitted", "appealed")


def is_code(value: str) -> bool:
    """Whether it can be a slug, a code or a number at all."""
    return _CODE.fullmatch(value) is not None


def age(value: str) -> tuple[str, timedelta]:
    """``>`` or ``<``, and how long, of ``>3d``. Raises ValueError."""
    found = _AGE.fullmatch(value)
    if found is None:
        raise ValueError(value)
    return found["sign"], int(found["number"]) * _UNITS[found["unit"]]


def _is_age(value: str) -> bool:
    return _AGE.fullmatch(value) is not None


#: Each key, and whether a value can follow it. "" is the key of plain words.
KEYS: Final[Mapping[str, Callable[[str], bool]]] = {
    "": bool,
    "track": {*TrackCode}.__contains__,
    "lang": {*CODES}.__contains__,
    "age": _is_age,
    "is": {*FLAGS}.__contains__,
    "state": {*NUMBERED}.__contains__,
    "reason": is_code,
    "edition": is_code,
    "theme": is_code,
    "question": is_code,
    "number": is_code,
    "author": bool,
}


#: Sorts after every letter.
LAST: Final = "\U0010ffff"

#: Keys whose value is text, not one or more codes.
_TEXTS: Final = frozenset({"", "author"})


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: the key, the values of which one must fit, and whether it is turned round."""

    key: str
    values: tuple[str, ...]
    is_negated: bool = False

    def __str__(self) -> str:
        text = ",".join(self.values)
        if self.key in _TEXTS and not re.fullmatch(r"[^\s\":-][^\s\":]*", text):
            text = f'"{text}"'
        return ("-" if self.is_negated else "") + (f"{self.key}:" if self.key else "") + text


@dataclass(frozen=True, slots=True)
class Search:
    """Terms that must all hold; none finds everything. Its text is what links and forms carry."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def __bool__(self) -> bool:
        return bool(self.terms)

    @classmethod
    def parse(cls, text: str) -> "Search":
        """Read it. Raises Several: what is unknown or wrong, each with the ``term`` it is in."""
        if len(text) > MOST_CHARACTERS:
            raise Several([Invalid("text.too_long", field="q", limit=MOST_CHARACTERS)])
        terms, wrong = [], []
        for found in _TERM.finditer(text):
            key, quoted = found["key"] or "", found["quoted"]
            single = quoted is not None or key in _TEXTS
            whole = quoted if quoted is not None else found["plain"]
            values = (whole.strip(),) if single else tuple(filter(None, whole.split(",")))
            if key not in KEYS:
                wrong.append(Invalid("search.unknown_key", field="q", term=found[0]))
            elif not values or not all(map(KEYS[key], values)):
                wrong.append(Invalid("search.unknown_value", field="q", term=found[0]))
            else:
                terms.append(Term(key, values, found["minus"] == "-"))
        if wrong:
            raise Several(wrong)
        return cls(tuple(terms))

    @property
    def coded(self) -> "Search":
        """The same without names and words, for a record that keeps everything for good."""
        return Search(tuple(term for term in self.terms if term.key not in _TEXTS))

    def only(self, key: str) -> str:
        """The one value a form's control can show for that key, "" where there is no such one."""
        values = [term.values for term in self.terms if term.key == key and not term.is_negated]
        return values[0][0] if len(values) == 1 and len(values[0]) == 1 else ""

    def with_(self, controls: Mapping[str, str]) -> "Search":
        """The same with what a form's controls say instead of what it said for their keys.

        Raises Several for a value that can't be.
        """
        wrong = [
            Invalid("search.unknown_value", field=key, term=value)
            for key, value in controls.items()
            if value and not KEYS[key](value)
        ]
        if wrong:
            raise Several(wrong)
        kept = [term for term in self.terms if term.is_negated or term.key not in controls]
        added = [Term(key, (value,)) for key, value in controls.items() if value]
        return Search((*kept, *added))

    def allowed(self, key: str, all_: Iterable[str]) -> list[str]:
        """Of these values those that the terms of that key leave."""
        left = list(all_)
        for term in self.terms:
            if term.key == key:
                left = [value for value in left if (value in term.values) != term.is_negated]
        return left


EVERYTHING: Final = Search()
