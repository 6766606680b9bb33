"""How often one address may try what could be abused."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, strategy="fixed-window")


def init_app(app: Flask) -> None:
    """Watch the limits that views declare."""
    limiter.init_app(app)
