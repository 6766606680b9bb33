"""One action on all that a search finds: chosen, looked at, confirmed, watched, stopped."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from limits import parse
from werkzeug.wrappers import Response

from app.contributions.labels import TRACKS
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.core.policy import ORGANISERS, Role, can_organise
from app.moderation.bulk import operations, queries, tracks
from app.moderation.bulk.acts import Action, offered
from app.moderation.bulk.forms import BulkForm
from app.moderation.bulk.labels import (
    ACTIONS,
    ITEM_STATES,
    MEANINGS,
    RUN_STATES,
    TONES,
    reasons_of,
)
from app.moderation.bulk.models import ItemState
from app.moderation.bulk.queries import ItemLine, RunLine
from app.moderation.claims.queries import moderators
from app.moderation.labels import NAMES
from app.moderation.search.filters import filters
from app.moderation.search.forms import SearchForm
from app.web import limits
from app.web.addresses import row_number
from app.web.database import db, transaction
from app.web.errors import page as error_page
from app.web.language import PREFIX, current
from app.web.messages import words
from app.web.people import actor, needs, signed_in

ALL: Final = f"{PREFIX}/moderation/all/"
RUNS: Final = f"{ALL}runs/"
ONE_RUN: Final = f"{RUNS}<int:run_id>/"
STARTS: Final = parse("60 per hour")
DESK: Final = (Role.MODERATOR, *ORGANISERS)
Answer = str | Response | tuple[str, int]


def register(blueprint: Blueprint) -> None:
    """Add these addresses to the room's blueprint."""
    add = blueprint.add_url_rule
    add(ALL, view_func=bulk, methods=["GET", "POST"])
    add(RUNS, view_func=bulk_runs)
    add(ONE_RUN, view_func=bulk_run)
    add(f"{ONE_RUN}start", view_func=start_bulk_run, methods=["POST"])
    add(f"{ONE_RUN}without", view_func=leave_out_of_bulk_run, methods=["POST"])
    add(f"{ONE_RUN}stop", view_func=stop_bulk_run, methods=["POST"])


def _said_where_gone(view: Callable[[int], Answer]) -> Callable[[int], Answer]:
    """Not there, or somebody else's: the same answer, which says when one is removed."""

    @wraps(view)
    def answer(run_id: int) -> Answer:
        try:
            return view(run_id)
        except NotFound as error:
            return error_page(404, words(error))

    return answer


@needs(*DESK)
def bulk() -> Answer:
    """Choose what to do to all that is found. Nothing is done before it was looked at."""
    search = SearchForm.of(request.args)
    if search.is_built:
        return redirect(url_for("moderation.bulk", q=search.line or None))
    form = _form(search)
    if form.validate_on_submit() and not search.errors:
        try:
            return _prepare(search, form)
        except Invalid as error:
            form.reject(error)
    return _choose(search, form), 422 if search.errors else form.status


def _form(search: SearchForm) -> BulkForm:
    """The form, as it was for one's run that ``like`` names."""
    me, form = actor(), BulkForm()
    asked = offered(me)
    people = [(each.id, each.name or each.email) for each in moderators(db)]
    found = [] if search.errors else tracks.of_search(db, me, search.search)
    form.offer(asked, people, reasons_of(found, lambda reason: reason.is_offered))
    if not form.is_submitted() and not form.restored:
        form.words_language.data = current().code
        if like := request.args.get("like", type=row_number):
            try:
                run = queries.run(db, me, like)
            except NotFound as error:
                flash(words(error), "error")
            else:
                form.show(run.action, run.choices)
    return form


def _choose(search: SearchForm, form: BulkForm) -> str:
    me = actor()
    organises = can_organise(me)
    return render_template(
        "moderation/bulk/choose.html",
        search=search,
        form=form,
        number=0 if search.errors else queries.count(db, me, search.search),
        most=queries.MOST,
        found=[] if search.errors else queries.first(db, me, search.search),
        filters=filters(
            db,
            me,
            search,
            everywhere=organises,
            all_states="" if organises else _("Waiting in the queue"),
        ),
        **_labels(),
    )


def _prepare(search: SearchForm, form: BulkForm) -> Response:
    limits.spend(STARTS, "bulk", actor().id)
    with transaction() as session:
        run = operations.prepare(
            session, actor(), Action(form.action.data), search.search, form.choices
        )
        run_id = run.id
    return _to(run_id)


@needs(*DESK)
def bulk_runs() -> str:
    """What one has had done to many at once."""
    runs, after = queries.runs(db, actor(), before=request.args.get("before", type=row_number))
    return render_template("moderation/bulk/runs.html", runs=runs, after=after, **_labels())


@signed_in
@_said_where_gone
def bulk_run(run_id: int) -> Answer:
    """What would be done, to be confirmed; then how far it is, and what was answered.

    With ``part`` only that, to keep it fresh.
    """
    me = actor()
    run = queries.run(db, me, run_id)
    if run.is_expired:
        return _anew(run, Conflict("bulk.too_old"))
    only = request.args.get("only", type=ItemState)
    after = request.args.get("after", type=row_number)
    items, later = queries.items(db, me, run_id, only=only, after=after)
    name = "progress" if "part" in request.args else "run"
    return render_template(
        f"moderation/bulk/{name if run.is_confirmed else 'confirm'}.html",
        run=run,
        receiver=queries.receiver(db, run),
        reasons=reasons_of(tracks.of_run(db, run_id)) if run.choices.get("reasons") else {},
        items=items,
        only=only,
        after=after,
        later=later,
        place="contributions.organise_one" if can_organise(me) else "moderation.item",
        said=_said,
        **_labels(),
    )


@signed_in
@_said_where_gone
def start_bulk_run(run_id: int) -> Answer:
    """What was looked at is to be done."""
    run = queries.run(db, actor(), run_id)
    try:
        with transaction() as session:
            operations.confirm(session, actor(), run_id)
    except Conflict as error:
        return _anew(run, error)
    return _to(run_id)


@signed_in
@_said_where_gone
def leave_out_of_bulk_run(run_id: int) -> Answer:
    """Those that were ticked aren't to be part of it."""
    ids = request.form.getlist("contribution", type=row_number)
    with transaction() as session:
        operations.leave_out(session, actor(), run_id, ids)
    return _to(run_id, after=request.args.get("after", type=row_number))


@signed_in
@_said_where_gone
def stop_bulk_run(run_id: int) -> Answer:
    """Do no more of it."""
    with transaction() as session:
        was_open = operations.stop(session, actor(), run_id)
    if was_open:
        flash(_("It has been stopped. What was done until then stays done."), "success")
    return _to(run_id)


def _anew(run: RunLine, error: Conflict) -> Response:
    """To what the search finds now, with the choices of that run."""
    flash(words(error), "error")
    return redirect(url_for("moderation.bulk", q=run.search or None, like=run.id), 303)


def _to(run_id: int, **values: Any) -> Response:
    return redirect(url_for("moderation.bulk_run", run_id=run_id, **values), 303)


def _said(item: ItemLine) -> str:
    """The answer to one contribution, in words."""
    data: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name == "until" else value
        for name, value in item.data.items()
    }
    return words(DomainError(item.code, **data))


def _labels() -> dict[str, Any]:
    return {
        "actions": ACTIONS,
        "meanings": MEANINGS,
        "run_states": RUN_STATES,
        "tones": TONES,
        "item_states": ITEM_STATES,
        "names": NAMES,
        "tracks": TRACKS,
    }
