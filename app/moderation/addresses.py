"""Addresses that the parts of the desk share."""

from typing import Final

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.web.language import PREFIX

ONE: Final = f"{PREFIX}/moderation/<int:contribution_id>/"


def to_item(contribution_id: int) -> Response:
    """Send the browser to an essay's page at the desk."""
    return redirect(url_for("moderation.item", contribution_id=contribution_id), 303)
