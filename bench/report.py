"""What was measured, as lines of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure has to reach: at least ``least``, at most ``most``; ``goal`` is better yet."""

    least: float | None = None
    most: float | None = None
    goal: float | None = None

    def is_reached(self, value: float) -> bool:
        """Whether the value is good enough."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def __str__(self) -> str:
        bounds = [f">= {self.least:g}"] if self.least is not None else []
        bounds += [f"<= {self.most:g}"] if self.most is not None else []
        return " ".join(bounds) + (f" (goal {self.goal:g})" if self.goal is not None else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, what it has to reach (if anything), and what else was seen."""

    what: str
    value: float
    unit: str = ""
    target: Target | None = None
    details: str = ""

    @property
    def figure(self) -> str:
        """The value with its unit; ratios with two places."""
        places = 0 if self.value >= 100 or float(self.value).is_integer() else 2
        return f"{self.value:.{places}f} {self.unit}".strip()

    @property
    def verdict(self) -> str:
        """What is asked and whether it is reached; nothing where nothing is asked."""
        if self.target is None:
            return ""
        return (
            f"{self.target}: {'reached' if self.target.is_reached(self.value) else 'NOT REACHED'}"
        )


_NONE: Final = "-"


def table(title: str, lines: Iterable[Line]) -> str:
    """The lines under a title, in columns; their details below each."""
    shown = list(lines)
    first = max((len(line.what) for line in shown), default=0)
    second = max((len(line.figure) for line in shown), default=0)
    rows = [title, "-" * len(title)]
    for line in shown:
        rows.append(
            f"{line.what:<{first}}  {line.figure:>{second}}  {line.verdict or _NONE}".rstrip(" -")
        )
        if line.details:
            rows.append(f"{'':<{first}}    {line.details}")
    return "\n".join(rows) + "\n"
