"""Where the scenes at the moderators' desk play."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from obstore.store import ObjectStore

from app.accounts.models import Account
from app.contributions.models import Contribution
from app.core import clock
from app.core.policy import Actor
from app.demonstration.content import desk
from app.editions.models import Edition, Question


@dataclass(frozen=True)
class Stage:
    """Where the scenes play: the edition, its people, the essays that were there before.

    Attributes:
        brought: essays by name; those of the scenes are added.
        words: what is said, by scene.
        today: the moment from which days are counted back.
    """

    store: ObjectStore
    edition: Edition
    questions: Mapping[str, Question]
    people: Mapping[str, Account]
    brought: dict[str, Contribution]
    words: dict[str, Any] = field(default_factory=desk)
    today: datetime = field(default_factory=clock.now)

    def ago(self, days: float) -> AbstractContextManager[None]:
        """Within it, it is so many days ago."""
        return clock.standing_at(self.today - timedelta(days=days))

    def actor(self, who: str) -> Actor:
        """One of the demonstration's people."""
        return self.people[who].actor

    def essay(self, name: str) -> int:
        """Id of the essay with that name."""
        return self.brought[name].id
