"""Who has what in hand."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim that has not run out: whose it is, and until when."""

    name: str
    mine: bool
    until: datetime
