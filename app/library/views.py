"""What everybody may read: home, questions, essays, the site's own pages."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.core import clock
from app.core.policy import TrackCode
from app.editions import charter
from app.library import citation, feeds, frames, listing, programme, queries, tombstones
from app.library.listing import Filters, Place
from app.web import headers
from app.web.database import db, reader
from app.web.language import PREFIX, absolute, current
from app.web.navigation import PAGES
from app.web.templating import spoken

NEWEST_ON_HOME = 5

blueprint = Blueprint("library", __name__)
feeds.register(blueprint)


def _tracks() -> dict[str, str]:
    """The tracks' names, put into the page's language once rather than for each line of a list."""
    return {code: str(name) for code, name in TRACKS.items()}


def _themes(known: Mapping[str, listing.Choice]) -> dict[str, Markup]:
    return {code: spoken(theme.title) for code, theme in known.items()}


@blueprint.get(f"{PREFIX}/")
def home() -> Response:
    """What this is, the two ways in, what is asked, what is new."""
    found = programme.programmes(db, current().code, clock.now())
    current_ones = [each for each in found if each.call.is_open or each.call.is_to_come]
    html = render_template(
        "library/home.html",
        programmes=current_ones or found[:1],
        entries=listing.newest(db, most=NEWEST_ON_HOME),
        themes=_themes(listing.choices(db, current().code).themes),
        tracks=_tracks(),
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/questions/")
def questions() -> Response:
    """Everything that is and was asked, by edition and theme."""
    html = render_template(
        "library/questions.html",
        programmes=programme.programmes(db, current().code, clock.now()),
        tracks=_tracks(),
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/questions/<slug>/")
def question(slug: str) -> Response:
    """Theme, question, context, and the essays that answer it, by track."""
    found = programme.question_page(db, slug, current().code, clock.now())
    if found is None:
        abort(404)
    html = render_template(
        "library/question.html",
        question=found,
        answers={code: listing.answers(db, found.id, code) for code in TrackCode},
        tracks=_tracks(),
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/contributions/")
def contributions() -> Response:
    """The published essays, newest first, fifty at a time."""
    rows, code, filters = reader(), current().code, Filters.of(request.args)
    known = listing.choices(rows, code)
    asked = listing.question(rows, filters.question, code) if filters.question else None
    after = Place.parse(request.args["after"]) if request.args.get("after") else None
    html = render_template(
        "library/contributions.html",
        part=listing.narrowed(rows, filters, known, asked=asked, after=after),
        filters=filters,
        known=known,
        themes=_themes(known.themes),
        asked=asked,
        is_first=after is None,
        tracks=_tracks(),
    )
    return headers.public(html)


@blueprint.get(f"{PREFIX}/contributions/<number>/")
def contribution(number: str) -> Response | tuple[str, int]:
    """One essay; what is left of it where it was removed."""
    rows, code = reader(), current().code
    if request.if_none_match and (mark := queries.essay_mark(rows, number)):
        answer = headers.unchanged(mark)
        if answer is not None:
            return answer
    if found := queries.ready(rows, number, code, frames.made_for()):
        mark, text, frame = found.mark, found.html, frames.unpacked(found.frame)
    elif essay := queries.essay(rows, number, code):
        mark, text, frame = essay.mark, essay.html, frames.make(essay)
    else:
        return _removed(number)
    html = render_template(
        "library/contribution.html",
        text=Markup(text),  # noqa: S704 - cleaned when it was published
        **frames.parts(frame)._asdict(),
    )
    return headers.public(html, etag=mark)


def _removed(number: str) -> tuple[str, int]:
    tombstone = tombstones.tombstone(reader(), number, current().code)
    if tombstone is None:
        abort(404)
    html = render_template(
        "library/removed.html",
        tombstone=tombstone,
        charter=charter.rules(reader()) if tombstone.rule else {},
        address=absolute(url_for("library.contribution", number=number)),
        names=citation.cited_names(tombstone.authors, text=tombstone.language, page=current()),
    )
    return html, 410


@blueprint.get(f"{PREFIX}/pages/<slug>/")
def page(slug: str) -> Response:
    """One of the site's own pages, to which every page's foot leads, written or not."""
    label = dict(PAGES).get(slug) or abort(404)
    found = queries.site_page(db, slug, current().code)
    if found is None:
        return headers.public(render_template("library/unwritten.html", title=label))
    return headers.public(render_template("library/page.html", page=found))
