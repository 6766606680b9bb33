"""Addresses that the parts of the desk share."""

from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.moderation.search.language import MOST_CHARACTERS
from app.web.language import PREFIX

ONE: Final = f"{PREFIX}/moderation/<int:contribution_id>/"


def came_by() -> str | None:
    """The search that narrowed the queue one works through; addresses and forms carry it on.

    One that is too long for a search is dropped: it could be too long for an address, too.
    """
    line = request.values.get("q", "")
    return line if 0 < len(line) <= MOST_CHARACTERS else None


def to_item(contribution_id: int) -> Response:
    """Send the browser to an essay's page at the desk."""
    return redirect(url_for("moderation.item", contribution_id=contribution_id, q=came_by()), 303)


def to_queue() -> Response:
    """Send the browser to the queue, narrowed as it was."""
    return redirect(url_for("moderation.queue", q=came_by()), 303)
