"""Doing what was posted: in a transaction, and a refusal is put where whoever posted sees it."""

from collections.abc import Callable

from flask import flash
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.core.errors import Conflict, Invalid
from app.web.database import transaction
from app.web.forms import Form
from app.web.messages import words

Act = Callable[[Session], object]


def done(act: Act) -> bool:
    """Of a button: whether it was done; where it was refused, the next page says why."""
    try:
        with transaction() as session:
            act(session)
    except (Conflict, Invalid) as error:
        flash(words(error), "error")
        return False
    return True


def saved(form: Form, act: Act) -> bool:
    """Of a form in order: whether it was done; what a rule refused stands in the form then."""
    try:
        with transaction() as session:
            act(session)
    except Invalid as error:
        form.reject(error)
        return False
    return True


def answered(form: Form, act: Act) -> bool:
    """The same where the page stays: what has happened meanwhile is said above the words, too."""
    try:
        return saved(form, act)
    except Conflict as error:
        form.form_errors.append(words(error))
        return False


def has_words(form: Form) -> bool:
    """Whether a text was posted, which another page would not have."""
    return form.is_submitted() and any(
        isinstance(field, TextAreaField) and (field.data or "").strip() for field in form
    )


def settled(
    form: Form, act: Act, *, said: str, to: Response, too_late: Response
) -> Response | None:
    """Of a form on a page of its own: where it leads once it was posted; None while it is shown.

    To ``to``, saying so, when it was done, to ``too_late``, saying why, when something else has
    happened meanwhile. What a rule refused stands in the form. Raises Conflict where words would
    be lost on the way: the page of the error has them.
    """
    if not form.validate_on_submit():
        return None
    try:
        if not saved(form, act):
            return None
    except Conflict as error:
        if has_words(form):
            raise
        flash(words(error), "error")
        return too_late
    flash(said, "success")
    return to
