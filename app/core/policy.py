"""Who acts, and what roles there are. Each room's ``policy`` builds its ``can_*`` on these."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.core.languages import CODES


class Role(StrEnum):
    """What a person may come for. Everybody with an account is a contributor."""

    CONTRIBUTOR = "contributor"
    MODERATOR = "moderator"
    TRANSLATOR = "translator"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


#: Who runs the organisers' desk. ``app.web.people.organisers`` keeps its pages to them.
ORGANISERS: Final = (Role.ORGANISER, Role.ADMINISTRATOR)


class TrackCode(StrEnum):
    """The two ways in, the same in every edition."""

    JURIST = "jurist"
    DIGITAL_ACTOR = "digital_actor"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or, with ``id`` None, nobody or the system) on whose behalf an operation runs.

    Attributes:
        id: of the account, None for a visitor and for the system.
        roles: held now.
        reads: codes of the languages a moderator reads.
        serves: tracks a moderator serves.
        translates: (source, target) pairs of a translator.
        ui_language: what the person is addressed in.
        is_system: true for jobs and migrations, which no person started.
    """

    id: int | None
    roles: frozenset[Role] = frozenset()
    reads: frozenset[str] = frozenset()
    serves: frozenset[TrackCode] = frozenset()
    translates: frozenset[tuple[str, str]] = frozenset()
    ui_language: str = "en"
    is_system: bool = False

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds one of these roles."""
        return not self.roles.isdisjoint(roles)


NOBODY = Actor(id=None)
SYSTEM = Actor(
    id=None,
    roles=frozenset(Role),
    reads=frozenset(CODES),
    serves=frozenset(TrackCode),
    is_system=True,
)


def can_organise(actor: Actor) -> bool:
    """Run the organisers' desk: editions, tracks, questions, pages, essays, volumes."""
    return actor.has(*ORGANISERS)
