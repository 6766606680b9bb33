"""The organisers' desk: what it leads to, and the figures rooms show there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.core.policy import Actor, Role, can_organise
from app.web import people
from app.web.navigation import has_page


@dataclass(frozen=True, slots=True)
class Card:
    """A room's place on the desk: where it leads, what for, and who sees it."""

    endpoint: str
    label: LazyString
    hint: LazyString
    seen_by: Callable[[Actor], bool]

    @property
    def address(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, and the list it counts (empty where there is none)."""

    number: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A small table of numbers, in words of the reader's language.

    Attributes:
        columns: heads of the columns of numbers. ``rows``: head and numbers of each row.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Figure]]]


Provider = Callable[[Session], Sequence[Figures]]
_PROVIDERS: Final = "jsi_figures"


CARDS: Final = (
    Card(
        "organise.editions",
        _l("Editions"),
        _l("Calls and their dates, tracks, themes and questions."),
        can_organise,
    ),
    Card(
        "contributions.organise",
        _l("All contributions"),
        _l("Every essay that was submitted, with its state and history."),
        can_organise,
    ),
    Card(
        "moderation.workload",
        _l("Who moderates what"),
        _l("What waits, what moderators have in hand, and what they have decided."),
        can_organise,
    ),
    Card(
        "proceedings.organise_volumes",
        _l("Volumes"),
        _l("Add accepted essays to a volume, build it and publish it."),
        can_organise,
    ),
    Card(
        "moderation.reports",
        _l("Reports by readers"),
        _l("Published essays that readers have reported."),
        can_organise,
    ),
    Card(
        "accounts.people",
        _l("People"),
        _l("Appoint moderators, translators and organisers."),
        can_organise,
    ),
    Card(
        "pages.index",
        _l("Pages of the site"),
        _l("About, charter, moderation rules, privacy and accessibility."),
        can_organise,
    ),
    Card(
        "notifications.mails",
        _l("E-mails"),
        _l("E-mails that wait or could not be sent."),
        lambda actor: actor.has(Role.ADMINISTRATOR),
    ),
)


def add_figures(app: Flask, provider: Provider) -> None:
    """Let a room show figures on the desk."""
    app.extensions.setdefault(_PROVIDERS, []).append(provider)


def cards() -> Iterator[Card]:
    """What the desk leads this reader to."""
    return (card for card in CARDS if has_page(card.endpoint) and card.seen_by(people.actor()))


def figures(session: Session) -> list[Figures]:
    """All rooms' figures."""
    providers: list[Provider] = current_app.extensions.get(_PROVIDERS, [])
    return [table for provider in providers for table in provider(session)]
