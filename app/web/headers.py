"""Headers on every answer: what a page may load, and what may be kept of it."""

from hashlib import sha256
from typing import Final

from flask import Flask, make_response, request, session
from werkzeug.wrappers import Response

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
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if "Cache-Control" not in headers:
        # Unless a view says otherwise, a page is the person's own.
        headers["Cache-Control"] = "private, no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def public(html: str, *, etag: str) -> Response:
    """A page any reader may see, revalidated on each visit so that a correction shows at once.

    The tag covers the content (``etag``), the language and who looks on, so a page made for a
    signed-in person is never taken for a visitor's.
    """
    response = make_response(html)
    response.headers["Cache-Control"] = (
        "private, no-cache" if people.is_signed_in() else "public, no-cache"
    )
    response.vary.add("Cookie")
    response.set_etag(page_tag(etag))
    return response.make_conditional(request)


def page_tag(etag: str) -> str:
    """The tag of a page with that content for this reader."""
    reader = f"{people.actor()}" if people.is_signed_in() else ""
    return sha256(f"{etag}|{current().code}|{reader}".encode()).hexdigest()[:32]


def unchanged(etag: str) -> Response | None:
    """A 304 where the reader already has that page, before any work is put into it."""
    if "_flashes" in session or not request.if_none_match.contains(page_tag(etag)):
        return None
    return public("", etag=etag)
