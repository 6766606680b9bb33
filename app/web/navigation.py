"""The links of every page's head and foot: what this reader may open, in their language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flask import Flask, current_app, g, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from app.core.languages import DEFAULT, LANGUAGES, Language
from app.core.policy import Actor, Role, can_organise
from app.web import people
from app.web.language import absolute, below, current, tail


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the main navigation: where it leads and who sees it."""

    endpoint: str
    label: LazyString
    seen_by: Callable[[Actor], bool]
    anchor: str | None = None


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
    Entry("library.home", _l("Contribute"), lambda actor: actor.id is None, anchor="contribute"),
    Entry("contributions.mine", _l("My contributions"), lambda actor: actor.id is not None),
    Entry("moderation.queue", _l("Moderation"), lambda actor: actor.has(Role.MODERATOR)),
    Entry(
        "organise.desk",
        _l("Organisers’ desk"),
        can_organise,
    ),
)

PAGES = (
    ("about", _l("About")),
    ("charter", _l("Charter")),
    ("moderation", _l("Moderation rules")),
    ("privacy", _l("Privacy")),
    ("accessibility", _l("Accessibility")),
)

NUMBERS: Final = Entry("moderation.transparency", _l("Moderation in numbers"), lambda actor: True)


MOST_FRAMES: Final = 1_000
"""Kept ready: behind some proxies a visitor can name the folder the site lies in, ever another."""

_MARKED: Final = frozenset(entry.endpoint for entry in MAIN if not entry.anchor)
# What stands, in a ready-made part of the frame, for the beginning of the page's own address, up to
# the language, and for what follows the language.
_BASE: Final = "\ue000"
_REST: Final = "\ue001"


def init_app(app: Flask) -> None:
    """Make the frame's parts known to templates."""
    app.extensions["jsi_frames"] = {}
    app.jinja_env.globals.update(
        masthead=masthead,
        menu=menu,
        footer=footer,
        ready=ready,
        alternates=alternates,
        navigation=navigation,
        footer_pages=footer_pages,
        switcher=switcher,
        page_addresses=page_addresses,
        has_page=has_page,
    )


def has_page(endpoint: str) -> bool:
    """Whether the application has that page."""
    return endpoint in current_app.view_functions


def masthead() -> Markup:
    """The head of the page: its name, languages, the way in for a visitor."""
    part = _ready("web/masthead.html")
    return Markup(part.replace(_REST, quote(tail(), safe="/")))  # noqa: S704 - quoted


def menu() -> Markup:
    """The main links of the page."""
    return Markup(_ready("web/menu.html"))  # noqa: S704 - ready HTML


def footer() -> Markup:
    """The foot of the page."""
    return Markup(_ready("web/footer.html"))  # noqa: S704 - ready HTML


def ready(template: str) -> Markup:
    """A part that is the same on every page that has it, for each language and set of roles."""
    return Markup(_ready(template))  # noqa: S704 - ready HTML


def alternates() -> Markup:
    """The page's absolute addresses in the ten languages, as links in its head."""
    base, rest = escape(absolute(request.script_root)), escape(tail())
    part = _ready("web/alternates.html")
    return Markup(part.replace(_BASE, str(base)).replace(_REST, str(rest)))  # noqa: S704 - escaped


def _ready(template: str) -> str:
    """A part of the frame, rendered once for each language and set of roles.

    It is the same on every page, and its thirty addresses and words cost more than an essay.
    """
    if "frame" not in g:
        g.frame = _frame()
    parts: dict[str, str] = g.frame
    if template not in parts:
        parts[template] = render_template(template)
    return parts[template]


def _frame() -> dict[str, str]:
    """Where the frame's parts for such a reader of such a page are kept."""
    actor = people.actor()
    here = request.endpoint if request.endpoint in _MARKED else None
    key = (request.script_root, current().code, actor.roles, actor.id is None, here)
    frames: dict[object, dict[str, str]] = current_app.extensions["jsi_frames"]
    if key not in frames:
        if len(frames) >= MOST_FRAMES:
            frames.clear()
        frames[key] = {}
    return frames[key]


def navigation() -> Iterator[Link]:
    """The main links for this reader."""
    actor = people.actor()
    for entry in MAIN:
        if has_page(entry.endpoint) and entry.seen_by(actor):
            here = request.endpoint == entry.endpoint and not entry.anchor
            yield Link(url_for(entry.endpoint, _anchor=entry.anchor), str(entry.label), here)


def footer_pages() -> Iterator[Link]:
    """The site's own pages."""
    for slug, label in PAGES if has_page("library.page") else ():
        yield Link(url_for("library.page", slug=slug), str(label))
    if has_page(NUMBERS.endpoint):
        yield Link(url_for(NUMBERS.endpoint), str(NUMBERS.label))


def switcher() -> Iterator[tuple[Language, str]]:
    """The ten languages, each with the address that remembers it and opens this page in it."""
    for each in LANGUAGES.values():
        yield each, f"{below('language', each.code)}?to={below(_REST, each.code)}"


def page_addresses() -> tuple[str, list[tuple[str, str]]]:
    """This page's absolute address, and (language tag, address) of it in all ten languages."""
    alternates = [(each.tag, f"{_BASE}/{each.code}/{_REST}") for each in LANGUAGES.values()]
    usual = ("x-default", f"{_BASE}/{DEFAULT}/{_REST}")
    return f"{_BASE}/{current().code}/{_REST}", [*alternates, usual]
