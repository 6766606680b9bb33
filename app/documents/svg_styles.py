"""The little of CSS that drawing programs write into SVG: plain rules, turned into attributes.

Known are ``*``, names of elements, classes and ids, alone or as ``name.class``, in lists; no
combinators, no at-rules. Source: CSS Syntax 3; Selectors 4, 17 (specificity).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_RULES: Final = 1000
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}\s*")
_SELECTOR: Final = re.compile(r"(\*|[A-Za-z][\w-]*)?(?:\.([\w-]+)|#([\w.:-]+))?")
_FONT: Final = re.compile(
    r"(?:(italic|oblique)\s+)?(?:(bold|[1-9]00)\s+)?([\d.]{1,9}(?:px|pt|em)?)(?:/\S+)?\s+(\S.*)"
)
_FONT_PARTS: Final = ("font-style", "font-weight", "font-size", "font-family")
_IMPORTANT: Final = re.compile(r"\s*!\s*important\s*$", re.IGNORECASE)


class UnknownStyle(ValueError):
    """A rule that can't be turned into attributes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a selector asks for (empty where it doesn't) and the values it sets."""

    element: str
    class_name: str
    id: str
    values: dict[str, str]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Specificity: the higher wins."""
        return bool(self.id), bool(self.class_name), bool(self.element)

    def fits(self, element: str, classes: frozenset[str], name: str) -> bool:
        return (
            self.element in ("", element)
            and (not self.class_name or self.class_name in classes)
            and self.id in ("", name)
        )


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a style sheet. Raises UnknownStyle for whatever is not plain."""
    rest = _COMMENT.sub("", sheet).strip()
    position = found = 0
    while position < len(rest):
        rule = _RULE.match(rest, position)
        if not rule:
            raise UnknownStyle(rest[position : position + 40])
        for selector in rule[1].split(","):
            parts = _SELECTOR.fullmatch(selector.strip())
            found += 1
            if not parts or not parts[0] or found > MAX_RULES:
                raise UnknownStyle(selector[:40])
            element = "" if parts[1] in (None, "*") else parts[1]
            yield Rule(element, parts[2] or "", parts[3] or "", declarations(rule[2]))
        position = rule.end()


def declarations(style: str) -> dict[str, str]:
    """The values of a ``style`` attribute by property."""
    values: dict[str, str] = {}
    for each in _COMMENT.sub("", style).split(";"):
        name, _, value = (part.strip() for part in each.partition(":"))
        value = _IMPORTANT.sub("", value)
        if name == "font" and (font := _FONT.fullmatch(value)):
            values |= {
                name: part for name, part in zip(_FONT_PARTS, font.groups(), strict=True) if part
            }
        elif value:
            values[name] = value
    return values


def styled(found: Iterable[Rule], element: str, classes: str, name: str) -> dict[str, str]:
    """What the rules set for such an element."""
    names = frozenset(classes.split())
    fitting = [rule for rule in found if rule.fits(element, names, name)]
    values: dict[str, str] = {}
    for rule in sorted(fitting, key=lambda rule: rule.rank):
        values |= rule.values
    return values
