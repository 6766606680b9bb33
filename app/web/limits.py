"""How often one address may try what could be abused."""

from math import ceil
from time import time
from typing import NoReturn

from flask import Flask, abort
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem

limiter = Limiter(get_remote_address, strategy="fixed-window")


def init_app(app: Flask) -> None:
    """Connect to where attempts are counted; who wants to limit something asks by themselves."""
    # No view declares a limit. Known to the application already, the extension doesn't search for
    # one at every request, which would cost a tenth of an essay's page.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)


def spend(limit: RateLimitItem, *whom: str | int | None) -> None:
    """Count one use of what is limited; refuse (429) where there were too many."""
    names = [str(each) for each in whom]
    if limiter.enabled and not limiter.limiter.hit(limit, *names):
        refuse(limit, *names)


def refuse(limit: RateLimitItem, *whom: str) -> NoReturn:
    """Answer 429, which says when to try again."""
    seconds = limiter.limiter.get_window_stats(limit, *whom).reset_time - time()
    abort(429, retry_after=max(1, ceil(seconds)))
