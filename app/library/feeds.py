"""For machines: the newest essays as Atom, the site map, what crawlers may visit.

Sources: RFC 4287 (Atom), sitemaps.org (at most 50,000 addresses in one file), RFC 9309 (robots).
"""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from flask import Blueprint, abort, render_template, stream_with_context, url_for
from werkzeug.wrappers import Response

from app.core.languages import CODES
from app.library import listing
from app.web import headers
from app.web.database import db
from app.web.language import PREFIX, absolute

NEWEST_IN_FEED: Final = 30
ADDRESSES_IN_MAP: Final = 40_000
_PLACES: Final = ("library.home", "library.questions", "library.contributions")
_XMLNS: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def register(blueprint: Blueprint) -> None:
    """Put these addresses among the reading room's."""
    blueprint.add_url_rule(f"{PREFIX}/feed.atom", view_func=feed)
    blueprint.add_url_rule("/robots.txt", view_func=robots)
    blueprint.add_url_rule("/sitemap.xml", view_func=sitemap)
    blueprint.add_url_rule("/sitemap/pages.xml", view_func=sitemap_pages)
    blueprint.add_url_rule("/sitemap/essays-<int:part>.xml", view_func=sitemap_essays)


def feed() -> Response:
    """The newest essays, each in its own language."""
    xml = render_template(
        "library/feed.xml", entries=listing.newest(db, most=NEWEST_IN_FEED), absolute=absolute
    )
    response = headers.public(xml)
    response.content_type = "application/atom+xml; charset=utf-8"
    return response


def robots() -> Response:
    """What crawlers may visit: what is public."""
    lines = [
        "User-agent: *",
        *(f"Disallow: /{code}/{desk}" for code in CODES for desk in ("my/", "language", "login")),
        f"Sitemap: {absolute(url_for('library.sitemap'))}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap() -> Response:
    """The parts of the site map."""
    parts = range(listing.last_id(db) // ADDRESSES_IN_MAP + 1)
    addresses = [
        url_for("library.sitemap_pages"),
        *(url_for("library.sitemap_essays", part=part) for part in parts),
    ]
    body = "".join(f"<sitemap><loc>{_shown(each)}</loc></sitemap>\n" for each in addresses)
    return _xml(iter([f"<sitemapindex {_XMLNS}>\n{body}</sitemapindex>\n"]))


def sitemap_pages() -> Response:
    """The lists and the home page in every language."""
    addresses = [url_for(place, lang=code) for place in _PLACES for code in CODES]
    body = "".join(f"<url><loc>{_shown(each)}</loc></url>\n" for each in addresses)
    return _xml(iter([f"<urlset {_XMLNS}>\n{body}</urlset>\n"]))


def sitemap_essays(part: int) -> Response:
    """Part of the published essays, each at its address in its own language."""
    above = part * ADDRESSES_IN_MAP
    if above > listing.last_id(db):
        abort(404)
    return _xml(stream_with_context(_essays(above)))


def _essays(above: int) -> Iterator[str]:
    yield f"<urlset {_XMLNS}>\n"
    for each in listing.addresses(db, above=above, up_to=above + ADDRESSES_IN_MAP):
        address = url_for("library.contribution", lang=each.language, number=each.number)
        changed = each.rendered_at.isoformat()
        yield f"<url><loc>{_shown(address)}</loc><lastmod>{changed}</lastmod></url>\n"
    yield "</urlset>\n"


def _shown(path: str) -> str:
    return escape(absolute(path))


def _xml(parts: Iterator[str]) -> Response:
    def whole() -> Iterator[str]:
        yield _DECLARATION
        yield from parts

    response = Response(whole(), content_type="application/xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
