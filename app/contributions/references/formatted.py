"""An essay's references as readers will see them, made before a transaction needs them.

Formatting starts a child process, which takes up to two seconds: a transaction only compares what
was formatted with what it finds (``docs/decisions/001-transactions.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.core.errors import Conflict
from app.core.languages import CODES
from app.core.policy import TrackCode
from app.documents.references.formatting import Style, reference_list
from app.documents.references.items import Item

STYLES: Final = {TrackCode.JURIST: Style.LEGAL, TrackCode.DIGITAL_ACTOR: Style.AUTHOR_DATE}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A list of references, and what it was made of.

    Attributes:
        text: in the text format; "" where there are no references.
    """

    items: tuple[Item, ...] = ()
    language: str = ""
    track: str = ""
    text: str = ""

    @classmethod
    def of(cls, items: Sequence[Item], language: str, track: str) -> "Formatted":
        """Format them as that track does; never inside a writing transaction."""
        if not items or language not in CODES:  # the operation refuses the language in words
            return cls()
        style = STYLES[TrackCode(track)]
        text = reference_list(items, language=language, style=style)
        return cls(tuple(items), language, track, text)

    def text_of(self, items: Sequence[Item], language: str, track: str) -> str:
        """The list, if it is of these. Raises Conflict (``references.changed``)."""
        if not items:
            return ""
        if (self.items, self.language, self.track) != (tuple(items), language, track):
            raise Conflict("references.changed")
        return self.text


NO_REFERENCES: Final = Formatted()
