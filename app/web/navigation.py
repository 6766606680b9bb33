"""The links of every page's head and foot: what this reader may open, in their language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.core.policy import Actor, Role
from app.web import people


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the main navigation: where it leads and who sees it."""

    endpoint: str
    label: LazyString
    seen_by: Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Link:
    """One link as a template shows it."""

    address: str
    label: str
    here: bool = False


MAIN = (
    Entry("library.questions", _l("Questions"), lambda actor: True),
    Entry("library.contributions", _l("Contributions"), lambda actor: True),
    Entry("proceedings.volumes", _l("Proceedings"), lambda actor: True),
    Entry("contributions.mine", _l("My contributions"), lambda actor: actor.id is not None),
    Entry("moderation.queue", _l("Moderation"), lambda actor: actor.has(Role.MODERATOR)),
    Entry(
        "organise.desk",
        _l("Organisers’ desk"),
        lambda actor: actor.has(Role.ORGANISER, Role.ADMINISTRATOR),
    ),
)

PAGES = (
    ("about", _l("About")),
    ("charter", _l("Charter")),
    ("moderation", _l("Moderation rules")),
    ("privacy", _l("Privacy")),
    ("accessibility", _l("Accessibility")),
)


def init_app(app: Flask) -> None:
    """Make the two lists known to templates."""
    app.jinja_env.globals.update(
        navigation=navigation, footer_pages=footer_pages, has_page=has_page
    )


def has_page(endpoint: str) -> bool:
    """Whether the application has that page."""
    return endpoint in current_app.view_functions


def navigation() -> Iterator[Link]:
    """The main links for this reader."""
    actor = people.actor()
    for entry in MAIN:
        if has_page(entry.endpoint) and entry.seen_by(actor):
            yield Link(
                url_for(entry.endpoint), str(entry.label), request.endpoint == entry.endpoint
            )


def footer_pages() -> Iterator[Link]:
    """The site's own pages."""
    for slug, label in PAGES if has_page("library.page") else ():
        yield Link(url_for("library.page", slug=slug), str(label))
