"""Headers on every answer: what a page may load, and what may be kept of it."""

from hashlib import sha256
from typing import Final

from flask import Flask, current_app, get_flashed_messages, make_response, request, session
from werkzeug.wrappers import Response

from app.config import ROOT
from app.web import people
from app.web.language import current

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    app.extensions["jsi_release"] = _release()
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        # The address holds the content's hash (templating.asset).
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if "Cache-Control" not in headers:
        # Unless a view says otherwise, a page is the person's own.
        headers["Cache-Control"] = "private, no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def public(html: str, *, etag: str | None = None) -> Response:
    """A page any reader may see, revalidated on each visit so that a correction shows at once.

    The tag covers the content (``etag``, else the page itself), the language, who looks on and this
    release of the site, so a page made for a signed-in person is never taken for a visitor's. A
    page that shows a message or sets a cookie is this reader's alone, and is not kept.
    """
    response = make_response(html)
    response.vary.add("Cookie")
    if get_flashed_messages() or session.modified:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    kind = "private" if people.is_signed_in() else "public"
    response.headers["Cache-Control"] = f"{kind}, no-cache"
    response.set_etag(page_tag(response.get_data() if etag is None else etag.encode()))
    return response.make_conditional(request) if request.if_none_match else response


def page_tag(content: bytes) -> str:
    """The tag of a page with that content for this reader."""
    digest = sha256(content)
    release = current_app.extensions["jsi_release"]
    digest.update(f"|{release}|{current().code}|{_reader()}".encode())
    return digest.hexdigest()[:32]


def _reader() -> str:
    """What of a page depends on who looks on: the menus, the name, the forgery token."""
    if not people.is_signed_in():
        return ""
    return f"{people.actor()}|{people.identity().name}|{session.get('csrf_token')}"


def unchanged(etag: str) -> Response | None:
    """A 304 where the reader already has that page, before any work is put into it."""
    if "_flashes" in session or not request.if_none_match.contains(page_tag(etag.encode())):
        return None
    return public("", etag=etag)


def _release() -> str:
    """A digest of what pages are made of: another release must not be answered with a 304."""
    digest = sha256()
    for pattern in ("app/**/*.py", "templates/**/*", "translations/**/*.mo", "static/*"):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def is_opened() -> bool:
    """Whether somebody opens this page to read it: no look ahead, and no part of another page.

    Sources: https://www.w3.org/TR/fetch-metadata/ (``Sec-Purpose``, ``Sec-Fetch-Dest``); older
    browsers say ``Purpose`` or ``X-Moz``.
    """
    ahead = any(
        "prefetch" in request.headers.get(name, "").lower()
        for name in ("Sec-Purpose", "Purpose", "X-Moz")
    )
    is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method == "GET" and is_page and not ahead
