"""An open page saves by itself: answers for a script, refusals included."""

from typing import Any, Final

from flask import Blueprint, abort, jsonify, request
from flask_wtf.csrf import CSRFError, generate_csrf
from limits import parse
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.contributions import queries
from app.contributions.editor import Editor
from app.contributions.forms import version_of
from app.contributions.labels import length_of
from app.contributions.models import Draft
from app.contributions.saving import operations as saving
from app.contributions.views import open_editor
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, Several
from app.core.languages import LANGUAGES
from app.documents.measure import count
from app.web import errors, limits
from app.web.database import db, transaction
from app.web.language import PREFIX
from app.web.messages import words
from app.web.people import actor, is_signed_in

#: A page saves at most every two seconds, and seldom so often.
OFTEN: Final = parse("120 per minute")

blueprint = Blueprint("autosave", __name__)


@blueprint.post(f"{PREFIX}/my/contributions/<int:contribution_id>/autosave")
def save(contribution_id: int) -> Response:
    """Save what an open page holds; its form as the editor would post it.

    Fields besides: ``page``, a random name of the open page; ``account``, whose page it is; and
    ``part``, where only texts that were changed since the page's last save are sent, which is
    several times cheaper.
    Answers ``version`` and ``saved_at`` (ISO 8601); else ``code`` and ``message``, with 422 also
    ``errors`` (``field``, ``message``), with 409 the stored ``version``, with 400 for a token that
    is of another session a new ``csrf_token``.
    """
    if not is_signed_in():
        abort(401)
    limits.spend(OFTEN, "autosave", actor().id)
    if request.form.get("account", str(actor().id)) != str(actor().id):
        raise Forbidden("account.other")
    if "part" in request.form:
        draft = _save_texts(contribution_id)
        return jsonify(version=draft.version, saved_at=draft.saved_at.isoformat())
    editor = open_editor(queries.own(db, actor(), contribution_id))
    if not editor.form.validate_on_submit():
        return _unfit(editor)
    try:
        draft = editor.save(editor.essay(), as_typed=True)
    except Invalid as error:
        editor.form.reject(error)
        return _unfit(editor)
    return jsonify(version=draft.version, saved_at=draft.saved_at.isoformat())


@blueprint.get(f"{PREFIX}/my/contributions/<int:contribution_id>/length")
def length(contribution_id: int) -> Response:
    """How long what was saved last is: ``length``, in the page's words."""
    if not is_signed_in():
        abort(401)
    limits.spend(OFTEN, "length", actor().id)
    contribution = queries.own(db, actor(), contribution_id)
    if contribution.draft is None:
        abort(404)
    language = LANGUAGES[contribution.draft.language]
    return jsonify(length=length_of(count(contribution.draft.body, language.code), language))


def _save_texts(id: int) -> Draft:
    texts = {name: request.form[name] for name in saving.TEXTS if name in request.form}
    seen, page = version_of(request.form.get("version")), request.form.get("page", "")
    try:
        with transaction() as session:
            return saving.save_texts(session, actor(), id, texts, seen_version=seen, page=page)
    except Conflict as error:
        if error.code == "draft.changed_elsewhere":
            with transaction() as session:
                saving.put_texts_aside(session, actor(), id, texts, seen_version=seen, page=page)
        raise


def _unfit(editor: Editor) -> Response:
    found = [{"field": id, "message": said} for id, said in editor.form.error_list]
    return _said(422, "invalid", "\n".join(each["message"] for each in found), errors=found)


def _said(status: int, code: str, message: str, **more: Any) -> Response:
    answer = jsonify(code=code, message=message, **more)
    answer.status_code = status
    return answer


@blueprint.errorhandler(DomainError)
def _refused(error: DomainError) -> Response:
    more: dict[str, Any] = {}
    if isinstance(error, Conflict) and "version" in error.data:
        more["version"] = error.data["version"]
    if isinstance(error, Invalid):
        each = error.errors if isinstance(error, Several) else [error]
        found = [{"field": one.field or "", "message": words(one)} for one in each]
        said = "\n".join(one["message"] for one in found)
        return _said(422, "invalid", said, errors=found)
    return _said(errors.status_of(error), error.code, words(error), **more)


@blueprint.errorhandler(CSRFError)
def _forged(_error: CSRFError) -> Response:
    if not is_signed_in():
        return _said(401, "signed_out", errors.titles()[401][1])
    # The person has signed in again in another tab, and so has another token. Only a page of this
    # site can read it here.
    token = generate_csrf()
    return _said(400, "token", errors.titles()[400][1], csrf_token=token, account=actor().id)


@blueprint.errorhandler(HTTPException)
def _failed(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 413:
        errors.take_what_is_sent()
    title, explanation = errors.titles().get(status, errors.titles()[500])
    return _said(status, "signed_out" if status == 401 else "http", f"{title}. {explanation}")


@blueprint.errorhandler(IntegrityError)
def _second(_error: IntegrityError) -> Response:
    db.rollback()
    return _said(409, "conflict", errors.titles()[409][1])
