"""What is wrong with a text, as a code and data, never as translated words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the author should mend.

    Attributes:
        code: a stable identifier, ``subject.what`` (``footnote.undefined``).
        line: counted from 1 in the normalised text; None when it belongs to no line.
        data: values the words need (labels, limits), by name.
    """

    code: str
    line: int | None = None
    data: Mapping[str, str | int] = field(default_factory=dict)
