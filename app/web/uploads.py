"""Addresses that take files: there, and only there, a request may be larger than a form."""

from typing import Final

from flask import Flask, request

_LARGEST: Final[dict[str, int]] = {}
_FORM_BYTES: Final = 64 * 1024
"""What a form adds to the file it sends."""


def allow(endpoint: str, most_bytes: int) -> None:
    """Let requests to an endpoint carry a file of that size."""
    _LARGEST[endpoint] = most_bytes + _FORM_BYTES


def init_app(app: Flask) -> None:
    """Set the limit before anything, the forgery check for example, reads the form."""
    app.before_request(_widen)


def _widen() -> None:
    if largest := _LARGEST.get(request.endpoint or ""):
        request.max_content_length = largest
