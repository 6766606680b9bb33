"""Taking in hand and letting go."""

from collections.abc import Callable

from flask import Blueprint, flash, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict
from app.core.policy import Role
from app.moderation.addresses import ONE, to_item, to_queue
from app.moderation.claims import operations
from app.moderation.claims.models import Claim
from app.moderation.search.forms import SearchForm
from app.web.acts import done
from app.web.database import transaction
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, needs, signed_in
from app.web.templating import moment


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(f"{PREFIX}/moderation/next", view_func=take_next, methods=["POST"])
    add(f"{ONE}claim", view_func=claim, methods=["POST"])
    add(f"{ONE}renew", view_func=renew, methods=["POST"])
    add(f"{ONE}release", view_func=release, methods=["POST"])
    add(f"{ONE}release-and-next", view_func=release_and_next, methods=["POST"])


@needs(Role.MODERATOR)
def take_next() -> Response:
    """Take in hand what has waited longest, of what the queue was narrowed to."""
    form = SearchForm.of(request.form)
    if form.errors:
        return to_queue()
    with transaction() as session:
        claim = operations.claim_next(session, actor(), form.search)
    if claim is None:
        nothing = _("There is nothing left to take in hand.")
        found_nothing = _("Nothing that this search finds is left to take in hand.")
        flash(found_nothing if form.search else nothing, "info")
        return to_queue()
    return to_item(claim.contribution_id)


@signed_in
def claim(contribution_id: int) -> Response:
    """Take in hand."""
    done(lambda session: operations.claim(session, actor(), contribution_id))
    return to_item(contribution_id)


@signed_in
def renew(contribution_id: int) -> Response:
    """Hold it longer, since an open page says that the moderator is at work: for a script.

    Answers ``until`` (ISO 8601), the same in words as ``shown``, and ``seconds`` until then; 409
    with a ``message`` where it is not the moderator's any more.
    """
    return renewed(lambda session: operations.renew(session, actor(), contribution_id))


def renewed(renew: Callable[[Session], Claim]) -> Response:
    """The answer to a script that has something in hand for longer."""
    try:
        with transaction() as session:
            until = renew(session).expires_at
    except Conflict as error:
        answer = jsonify(message=words(error))
        answer.status_code = 409
        return answer
    seconds = int((until - clock.now()).total_seconds())
    return jsonify(until=until.isoformat(), shown=moment(until), seconds=seconds)


@signed_in
def release(contribution_id: int) -> Response:
    """Let go of it."""
    if not done(lambda session: operations.release(session, actor(), contribution_id)):
        return to_item(contribution_id)
    flash(_("The essay is back in the queue."), "success")
    return to_queue()


@signed_in
def release_and_next(contribution_id: int) -> Response:
    """Let go of it and take in hand what has waited longest besides, of the same search."""
    form = SearchForm.of(request.form)
    if form.errors:
        return to_item(contribution_id)
    try:
        with transaction() as session:
            claim = operations.release_and_next(session, actor(), contribution_id, form.search)
    except Conflict as error:
        flash(words(error), "error")
        return to_item(contribution_id)
    if claim is None:
        flash(_("The essay is back in the queue. Nothing else is left."), "info")
        return to_queue()
    flash(_("The essay is back in the queue. This is the next one."), "success")
    return to_item(claim.contribution_id)
