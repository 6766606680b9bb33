"""What the demonstration's editions ask for, and when what happened in them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.contributions.essay import LICENCES
from app.core.policy import TrackCode
from app.moderation.decisions.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition's rules and calendar.

    Attributes:
        written: when the first of its essays was; then one a day.
        waits: after how many days they were decided on, in turn.
        blind: the tracks whose moderators aren't told who wrote an essay.
    """

    prefix: str
    opens_at: datetime
    closes_at: datetime | None
    written: datetime
    waits: tuple[int, ...]
    blind: frozenset[TrackCode] = frozenset()


EDITIONS: Final = {
    "2017": Plan(
        prefix="2017",
        opens_at=datetime(2017, 4, 7, 8, tzinfo=UTC),
        closes_at=datetime(2017, 7, 1, 8, tzinfo=UTC),
        written=datetime(2017, 5, 2, 9, tzinfo=UTC),
        waits=(69, 12, 41, 26),
    ),
    "standing": Plan(
        prefix="S",
        opens_at=datetime(2017, 7, 1, 8, tzinfo=UTC),
        closes_at=None,
        written=datetime(2025, 9, 1, 9, tzinfo=UTC),
        waits=(35,),
        blind=frozenset({TrackCode.DIGITAL_ACTOR}),
    ),
}
THEMES: Final = ("prevention", "response", "governance")
BOTH: Final = (TrackCode.JURIST, TrackCode.DIGITAL_ACTOR)
QUESTIONS: Final = {
    "2017-state-measures": ("2017", "prevention", BOTH),
    "2017-suppliers-duties": ("2017", "prevention", (TrackCode.DIGITAL_ACTOR,)),
    "2017-private-response": ("2017", "response", BOTH),
    "2017-countermeasures": ("2017", "response", (TrackCode.JURIST,)),
    "2017-new-structure": ("2017", "governance", BOTH),
    "2017-private-actors-place": ("2017", "governance", BOTH),
    "due-diligence-today": ("standing", "prevention", (TrackCode.JURIST,)),
    "security-by-design": ("standing", "prevention", (TrackCode.DIGITAL_ACTOR,)),
    "attribution-evidence": ("standing", "response", BOTH),
    "norms-into-practice": ("standing", "governance", BOTH),
}
LENGTHS: Final = {TrackCode.JURIST: (500, 6_000), TrackCode.DIGITAL_ACTOR: (300, 4_000)}
CHARACTERS: Final = {TrackCode.JURIST: (800, 12_000), TrackCode.DIGITAL_ACTOR: (600, 8_000)}
REQUIRED: Final = {
    TrackCode.JURIST: ("abstract", "question", "field_of_law", "jurisdiction"),
    TrackCode.DIGITAL_ACTOR: ("abstract", "question", "sector", "role"),
}
#: A track's own reason, with what it is offered for and the rule of the charter it rests on; the
#: messages prepared for its moderators.
OWN_REASONS: Final = {
    TrackCode.JURIST: ("law-in-force", (Verdict.CHANGES, Verdict.REJECT), "sources"),
    TrackCode.DIGITAL_ACTOR: ("disclosure", (Verdict.CHANGES, Verdict.REJECT), "prudence"),
}
MESSAGES: Final = {
    TrackCode.JURIST: {"sources": Verdict.CHANGES, "another-question": Verdict.REJECT},
    TrackCode.DIGITAL_ACTOR: {"evidence": Verdict.CHANGES, "another-question": Verdict.REJECT},
}


def call(slug: str) -> dict[str, Any]:
    """What :func:`app.editions.operations.change_edition` sets."""
    plan = EDITIONS[slug]
    return {
        "slug": slug,
        "prefix": plan.prefix,
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "time_zone": "Europe/Paris",
        "is_open": True,
        "release_later": False,
    }


def rules(slug: str, track: TrackCode) -> dict[str, Any]:
    """What :func:`app.editions.operations.change_track` sets."""
    return {
        "min_length": LENGTHS[track][0],
        "max_length": LENGTHS[track][1],
        "min_characters": CHARACTERS[track][0],
        "max_characters": CHARACTERS[track][1],
        "required_fields": REQUIRED[track],
        "licences": LICENCES,
        "is_blind": track in EDITIONS[slug].blind,
    }
