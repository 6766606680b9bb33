"""The contribution a page of the writing desk is about, for those who write it."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _

from app.contributions import policy, queries
from app.contributions.models import Contribution
from app.contributions.states import WRITABLE
from app.web.database import db
from app.web.people import actor


def writable(contribution_id: int) -> Contribution:
    """Somebody's own, if it can be written; else they are led to its page, with a word on why.

    Raises NotFound for a stranger.
    """
    contribution = queries.own(db, actor(), contribution_id)
    if not policy.can_write(actor(), contribution):
        if contribution.state in WRITABLE:
            flash(_("You can read this essay, but its owner has not let you change it."), "info")
        else:
            flash(_("This essay has been submitted; it can’t be changed now."), "info")
        address = url_for("contributions.show", contribution_id=contribution_id)
        abort(redirect(address, 303))
    return contribution
